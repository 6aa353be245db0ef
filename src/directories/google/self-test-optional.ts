/** What a company may leave out, and what the app then does not see or cannot do. */
import type { CheckLine } from '../directory';
import { failedLine, readLine } from '../self-test';
import { activities, cloudGroup, roleAssignments } from './schemas';
import { ENDS, KINDS, REPORTS, ROLES, SECURITY } from './scopes';
import type { TestDeps, TestParts } from './self-test-parts';
import { googleToken } from './token';

const authorize = (scope: string) =>
  `Authorize the scope ${scope}, and give the role the privilege that goes with it.`;

export async function optionalLines(
  parts: TestParts,
  deps: TestDeps,
  someGroup: string | undefined,
): Promise<CheckLine[]> {
  return [
    await roleLine(parts),
    await kindLine(parts, someGroup),
    await reportLine(parts),
    await sessionLine(parts, deps),
    ...(parts.address.nativeExpiry === true ? [await endLine(parts, deps)] : []),
  ];
}

async function roleLine({ roles, address }: TestParts): Promise<CheckLine> {
  const naming = { id: 'admin-roles', name: `Recognise administrator groups (${ROLES})` };
  const customer = address.tenant;
  const read = await roles.door.run(
    async () => (await roles.api.roleAssignments.list({ customer, maxResults: 1 })).data,
    roleAssignments,
  );
  const found = 'Groups that carry an administrator role are recognised.';
  const line = readLine(naming, read, { found, mend: authorize(ROLES) });
  return without(line, 'Without it the app does not see that a group gives administrator rights.');
}

async function kindLine({ kinds }: TestParts, group: string | undefined): Promise<CheckLine> {
  const naming = { id: 'group-kinds', name: `Recognise dynamic and locked groups (${KINDS})` };
  const missing = 'Without it groups that a query fills are taken for writable.';
  if (group === undefined)
    return { ...naming, state: 'not-tested', sentence: 'There is no group to look at.' };
  const read = await kinds.door.run(
    async () => (await kinds.api.groups.get({ name: `groups/${group}` })).data,
    cloudGroup,
  );
  const found = 'Groups that a query fills, and locked ones, are recognised.';
  return without(readLine(naming, read, { found, mend: authorize(KINDS) }), missing);
}

async function reportLine({ reports }: TestParts): Promise<CheckLine> {
  const naming = { id: 'activity', name: `Use of applications (${REPORTS})` };
  const asked = { userKey: 'all', applicationName: 'token', maxResults: 1 };
  const read = await reports.door.run(
    async () => (await reports.api.activities.list(asked)).data,
    activities,
  );
  const found = 'When an application was last used can be read.';
  const line = readLine(naming, read, { found, mend: authorize(REPORTS) });
  return without(line, 'Without it the app cannot tell when an application was last used.');
}

async function sessionLine({ credential }: TestParts, deps: TestDeps): Promise<CheckLine> {
  const naming = { id: 'end-sessions', name: `End sessions (${SECURITY})` };
  const { result } = await googleToken(credential, [SECURITY], deps);
  if (!result.ok) {
    const line = failedLine(naming, result.error, authorize(SECURITY));
    return without(line, 'Without it the app cannot sign people out of Google.');
  }
  const sentence = 'People can be signed out of Google when a policy asks for it.';
  if (credential.subject !== undefined) return { ...naming, state: 'passed', sentence };
  // A service account that acts for itself is given any scope: its role decides.
  const unsure = 'Whether the role allows to sign people out shows only when it is done.';
  return { ...naming, state: 'not-tested', sentence: unsure };
}

async function endLine({ credential }: TestParts, deps: TestDeps): Promise<CheckLine> {
  const naming = { id: 'native-expiry', name: `Ends of memberships (${ENDS})` };
  const { result } = await googleToken(credential, [ENDS], deps);
  if (!result.ok) {
    const mend = `${authorize(ENDS)} Or switch the native expiry of the connection off.`;
    return failedLine(naming, result.error, mend);
  }
  const sentence =
    'Google may be asked to end memberships by itself; whether its edition does so shows only with the first grant.';
  return { ...naming, state: 'not-tested', sentence };
}

function without(line: CheckLine, consequence: string): CheckLine {
  if (line.state !== 'failed') return line;
  return { ...line, state: 'warning', sentence: `${line.sentence} ${consequence}` };
}
