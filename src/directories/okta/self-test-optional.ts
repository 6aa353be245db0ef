/** What a company may leave out, and what the app then does not see or cannot do. */
import type { CheckLine } from '../directory';
import { failedLine, type Naming, readLine } from '../self-test';
import { READ_LOGS } from './activity';
import { READ_APPS } from './apps';
import { gatherUpTo } from './pages';
import { apps, logEvents } from './schemas';
import { grant, type TestDeps, type TestParts } from './self-test-parts';
import { END_SESSIONS } from './sessions';
import { oktaToken } from './token';

export async function optionalLines(parts: TestParts, deps: TestDeps): Promise<CheckLine[]> {
  return [await appLine(parts), await logLine(parts), await sessionLine(parts, deps)];
}

async function appLine({ forApps }: TestParts): Promise<CheckLine> {
  const naming = { id: 'apps', name: `Read applications (${READ_APPS})` };
  const read = await forApps.door.run(
    async () => gatherUpTo(1, await forApps.sdk.applicationApi.listApplications({ limit: 1 })),
    apps,
    'answer',
  );
  const found = 'Applications and the groups assigned to them can be read.';
  return optional(
    readLine(naming, read, { found, mend: mend(READ_APPS, 'view applications') }),
    read.ok ? undefined : read.error.failure.code,
    'the catalog proposes applications and their groups',
  );
}

async function logLine({ logs }: TestParts): Promise<CheckLine> {
  const naming = { id: 'activity', name: `Use of applications (${READ_LOGS})` };
  const read = await logs.door.run(
    async () => gatherUpTo(1, await logs.sdk.systemLogApi.listLogEvents({ limit: 1 })),
    logEvents,
    'answer',
  );
  const found = 'When an application was last used can be read, 90 days back.';
  return optional(
    readLine(naming, read, { found, mend: mend(READ_LOGS, 'view the System Log') }),
    read.ok ? undefined : read.error.failure.code,
    'the app sees when an application was last used',
  );
}

/** Only its scope can be looked at: to try it would sign somebody out. */
async function sessionLine({ address, credential }: TestParts, deps: TestDeps): Promise<CheckLine> {
  const naming: Naming = { id: 'end-sessions', name: `End sessions (${END_SESSIONS})` };
  if (credential.kind === 'okta-token') {
    const sentence = 'Whether the token may sign people out shows only when it is done.';
    return { ...naming, state: 'not-tested', sentence };
  }
  const { result } = await oktaToken(address, credential, deps, [END_SESSIONS]);
  if (!result.ok) {
    const line = failedLine(naming, result.error, mend(END_SESSIONS, 'clear user sessions'));
    return optional(line, result.error.code, 'people can be signed out when a policy asks for it');
  }
  const sentence =
    'The scope to sign people out is granted; whether the role allows it shows only when it is done.';
  return { ...naming, state: 'passed', sentence };
}

const mend = (scope: string, right: string) =>
  `${grant(scope)} The administrator role must allow to ${right} as well.`;

/** Without the scope it was not wanted; with it, something is in the way. */
function optional(line: CheckLine, code: string | undefined, gives: string): CheckLine {
  if (line.state !== 'failed') return line;
  if (code === 'scope-missing') {
    const sentence = `The scope is not granted; with it ${gives}.`;
    return { ...line, state: 'not-tested', sentence };
  }
  return { ...line, state: 'warning', sentence: `${line.sentence} With it ${gives}.` };
}
