/**
 * The checklist of a connection to Okta: token and clock, each scope by its name, what the
 * administrator role lets it read, the change on a test group, what a company may leave out, how much
 * it may ask, and what it may do beyond need.
 */
import { epochMs } from '../../shared/instant';
import type { CheckLine, ConnectionAddress, TestMembership } from '../directory';
import { changeLine, failedLine, readLine, tokenLines } from '../self-test';
import type { TokenAnswer } from '../token-request';
import { dialect } from './failures';
import { gatherUpTo } from './pages';
import { groupRules, groups, users } from './schemas';
import { optionalLines } from './self-test-optional';
import { APP, grant, type TestDeps, type TestParts } from './self-test-parts';
import { powerLines } from './self-test-power';
import { type OktaKey, oktaToken, SCOPES } from './token';

const ROLE = `${APP} and give it, under Admin roles, a role that may`;

const WHAT: Readonly<Record<(typeof SCOPES)[number], string>> = {
  'okta.users.read': 'people and their groups are read',
  'okta.groups.read': 'groups and group rules are read',
  'okta.groups.manage': 'members are added and removed',
};

export async function selfTest(
  parts: TestParts,
  deps: TestDeps,
  test: TestMembership | undefined,
): Promise<CheckLine[]> {
  const { main, credential, directory } = parts;
  const { sdk, door } = main;
  const lines: CheckLine[] = [];
  if (credential.kind === 'okta-key') {
    const { passed, told } = await keyLines(parts.address, credential, deps);
    lines.push(...told);
    if (!passed) return lines;
  }
  const people = await door.run(
    async () => gatherUpTo(1, await sdk.userApi.listUsers({ limit: 1 })),
    users,
    'answer',
  );
  if (credential.kind === 'okta-token') {
    const refused = !people.ok && people.error.failure.code === 'credential-refused';
    lines.push(
      refused ? failedLine(TOKEN, people.error.failure, NEW_TOKEN) : { ...TOKEN, ...IN_USE },
    );
    if (refused) return lines;
  }
  const seen = await door.run(
    async () => gatherUpTo(1, await sdk.groupApi.listGroups({ limit: 1 })),
    groups,
  );
  const rules = await door.run(
    async () => gatherUpTo(1, await sdk.groupApi.listGroupRules({ limit: 1 })),
    groupRules,
  );
  const answer = seen.ok ? seen.value.answer : undefined;
  return [
    ...lines,
    readLine({ id: 'read-people', name: 'Read people (okta.users.read)' }, people, {
      found: 'People can be read.',
      mend: `${ROLE} view users (okta.users.read); scopes alone open nothing.`,
    }),
    readLine({ id: 'read-groups', name: 'Read groups (okta.groups.read)' }, seen, {
      found: (some) =>
        some.length > 0
          ? 'Groups can be read.'
          : 'Okta shows no group: the resource set of the administrator role names none.',
      mend: `${ROLE} view groups (okta.groups.read); scopes alone open nothing.`,
    }),
    readLine({ id: 'group-rules', name: 'Read group rules (okta.groups.read)' }, rules, {
      found: 'Groups that a rule fills are recognised.',
      mend: `${ROLE} view group rules. Without it groups that a rule fills are taken for writable.`,
    }),
    await changeLine(
      directory,
      test,
      `${APP}, grant okta.groups.manage under Okta API Scopes, and give it, under Admin roles, a role that may manage group membership (okta.groups.members.manage and okta.users.groupMembership.manage), with the group in its resource set.`,
    ),
    ...(await optionalLines(parts, deps)),
    headroomLine(answer?.headers, deps),
    ...(await powerLines(parts, deps)),
  ];
}

const TOKEN = { id: 'token', name: 'API token' };
const IN_USE = {
  state: 'warning',
  sentence:
    'The API token works. It has all rights of the administrator who made it, and dies 30 days after its last use or when that administrator is deactivated.',
  mend: 'Better: make an API service application with a key pair, and give it only the scopes and the role it needs.',
} as const;
const NEW_TOKEN =
  'Make a new token in the Okta Admin Console under Security > API > Tokens. A token dies 30 days after its last use, with its administrator, and outside the network zone it was made for.';

/** Okta may leave out scopes that were not granted and issue a token all the same, or refuse it whole. */
async function keyLines(
  address: ConnectionAddress,
  key: OktaKey,
  deps: TestDeps,
): Promise<{ passed: boolean; told: CheckLine[] }> {
  const answer = await oktaToken(address, key, deps);
  const told = tokenLines('Access token', answer, epochMs(deps.clock.now()), mendToken(answer));
  const { result } = answer;
  if (!result.ok && result.error.code !== 'scope-missing') return { passed: false, told };
  const listed = result.ok ? result.value.scopes : undefined;
  for (const scope of SCOPES) {
    const naming = { id: `scope-${scope}`, name: `Scope ${scope}` };
    const alone = listed ? undefined : (await oktaToken(address, key, deps, [scope])).result;
    if (listed?.includes(scope) || alone?.ok) {
      told.push({ ...naming, state: 'passed', sentence: `Granted: with it ${WHAT[scope]}.` });
    } else if (alone?.ok === false && alone.error.code !== 'scope-missing') {
      told.push(failedLine(naming, alone.error, grant(scope)));
    } else {
      const said = alone?.ok === false ? alone.error.said : undefined;
      told.push({
        ...naming,
        state: 'failed',
        sentence: `Not granted to the application: with it ${WHAT[scope]}.`,
        mend: grant(scope),
        ...(said !== undefined && { said }),
      });
    }
  }
  return { passed: result.ok, told };
}

function mendToken({ oauthError, result }: TokenAnswer): string {
  if (!result.ok && result.error.code === 'scope-missing') {
    return `${APP} and grant, under Okta API Scopes, the scopes that the next lines name.`;
  }
  if (oauthError === 'invalid_dpop_proof' || oauthError === 'use_dpop_nonce') {
    return `Okta did not take the proof of possession. If the line about the clock failed, mend that first; else untick "Require Demonstrating Proof of Possession" under General, and tell us.`;
  }
  return `${APP}: under General, client authentication must be "Public key / Private key" with the key that this connection shows, and the application must be active. If the line about the clock failed as well, mend that first.`;
}

/** Below this share of the minute, other users of the organization are near its limit. */
const TIGHT = 0.2;

function headroomLine(headers: Headers | undefined, { clock }: TestDeps): CheckLine {
  const naming = { id: 'rate-limit', name: 'Rate limit' };
  const nowMs = epochMs(clock.now());
  const told = headers && dialect.headroom?.(headers, nowMs);
  if (!told) {
    return { ...naming, state: 'not-tested', sentence: 'Okta did not tell what is left.' };
  }
  const { limit, remaining, resetsAt } = told;
  const seconds = Math.max(0, Math.ceil((resetsAt - nowMs) / 1000));
  const sentence = `Of ${limit} calls a minute for lists of groups ${remaining} are left, and all again in ${seconds} seconds. How many calls may run at once Okta tells only when it is too many.`;
  if (remaining >= limit * TIGHT) return { ...naming, state: 'passed', sentence };
  const mend =
    'See under Reports > Rate limits what else uses them, or raise the share of this application.';
  return { ...naming, state: 'warning', sentence, mend };
}
