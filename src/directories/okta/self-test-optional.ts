/** What the app can do without, and what would be gained with it. */
import type { CheckLine } from '../directory';
import type { DirectoryDeps } from '../registry';
import { readLine } from '../self-test';
import { gatherUpTo } from './collect';
import { applications, logEvents } from './schemas';
import { APPS, LOGS, SESSIONS } from './scopes';
import { grantedAlone, SCOPES_TAB, type TestParts } from './self-test-parts';

export async function optionalLines(parts: TestParts, deps: DirectoryDeps): Promise<CheckLine[]> {
  const { forApps, logs } = parts;
  const apps = await optional(
    parts,
    deps,
    APPS,
    'read-apps',
    'the catalog fills itself from the applications of Okta',
    () =>
      forApps.door.run(
        async () => gatherUpTo(1, await forApps.sdk.applicationApi.listApplications({ limit: 1 })),
        applications,
        'answer',
      ),
  );
  const log = await optional(
    parts,
    deps,
    LOGS,
    'read-log',
    'the app can tell when somebody last used an application',
    () =>
      logs.door.run(
        async () => gatherUpTo(1, await logs.sdk.systemLogApi.listLogEvents({ limit: 1 })),
        logEvents,
        'answer',
      ),
  );
  return [apps, log, await sessionsLine(parts, deps)];
}

async function optional<T>(
  parts: TestParts,
  deps: DirectoryDeps,
  scope: string,
  id: string,
  gain: string,
  read: () => Promise<Parameters<typeof readLine<T>>[1]>,
): Promise<CheckLine> {
  const naming = { id, name: `Optional: ${scope}` };
  const missing: CheckLine = {
    ...naming,
    state: 'not-tested',
    sentence: `Not granted. With it ${gain}.`,
    mend: `If you want that: ${SCOPES_TAB}, and grant ${scope}.`,
  };
  if (parts.credential.kind === 'okta-key') {
    const granted = await grantedAlone(parts.address, parts.credential, deps, scope);
    if (!granted.is) return missing;
  }
  const line = readLine(naming, await read(), {
    found: `Granted: ${gain}.`,
    mend: `The scope ${scope} is granted; give the application an administrator role that covers it, or take the scope away.`,
  });
  return line.state === 'failed' ? { ...line, state: 'warning' } : line;
}

async function sessionsLine(parts: TestParts, deps: DirectoryDeps): Promise<CheckLine> {
  const naming = { id: 'end-sessions', name: `Optional: ${SESSIONS}` };
  const gain = 'people can be signed out of Okta when a privileged role ends';
  const granted =
    parts.credential.kind === 'okta-token' ||
    (await grantedAlone(parts.address, parts.credential, deps, SESSIONS)).is;
  if (granted) return { ...naming, state: 'passed', sentence: `Granted: ${gain}.` };
  return {
    ...naming,
    state: 'not-tested',
    sentence: `Not granted. With it ${gain}; it would also allow changing people.`,
    mend: `If you want that: ${SCOPES_TAB}, and grant ${SESSIONS}.`,
  };
}
