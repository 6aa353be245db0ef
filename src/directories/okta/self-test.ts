/**
 * The checklist of a connection to Okta: token and clock, each scope by its name, what the
 * administrator role lets it read, the change on a test group, what is left out, what is granted
 * beyond need.
 */
import { epochMs } from '../../shared/instant';
import type { CheckLine, ConnectionAddress } from '../directory';
import type { DirectoryDeps } from '../registry';
import { changeLine, readLine, tokenLines } from '../self-test';
import type { TokenAnswer } from '../token-request';
import { gatherUpTo } from './pages';
import { dialect } from './failures';
import { groupRules, groups, users } from './schemas';
import { GROUPS, MEMBERS, NEEDED, PEOPLE } from './scopes';
import { optionalLines } from './self-test-optional';
import { grantedAlone, SCOPES_TAB, type TestParts } from './self-test-parts';
import { powerOf, tokenOwnerLine } from './self-test-power';
import { type OktaKey, oktaToken } from './token';

const ROLE_TAB =
  'In the Admin Console, open the application and its tab Admin roles, and assign a role';

const WHAT: Readonly<Record<(typeof NEEDED)[number], string>> = {
  [PEOPLE]: 'people are found',
  [GROUPS]: 'groups are read',
  [MEMBERS]: 'members are added and removed',
};

export async function selfTest(parts: TestParts, deps: DirectoryDeps): Promise<CheckLine[]> {
  const { sdk, door, credential, address, directory, test } = parts;
  const lines: CheckLine[] = [];
  if (credential.kind === 'okta-key') {
    const answer = await oktaToken(address, credential, deps);
    const nowMs = epochMs(deps.clock.now());
    lines.push(
      ...tokenLines('Access token (Public key)', answer, nowMs, mendToken(answer, credential)),
    );
    lines.push(...(await scopeLines(address, credential, deps, answer)));
    if (!answer.result.ok) return lines;
  } else {
    lines.push(await tokenOwnerLine(parts));
  }
  const people = await door.run(
    async () => gatherUpTo(1, await sdk.userApi.listUsers({ limit: 1 })),
    users,
  );
  const seen = await door.run(
    async () => gatherUpTo(1, await sdk.groupApi.listGroups({ limit: 1 })),
    groups,
  );
  const rules = await door.run(
    async () => gatherUpTo(1, await sdk.groupApi.listGroupRules({ limit: 1 })),
    groupRules,
  );
  return [
    ...lines,
    readLine({ id: 'read-people', name: `Read people (${PEOPLE})` }, people, {
      found: 'People can be read.',
      mend: `${ROLE_TAB} with the permission View users and their details, for all users.`,
    }),
    readLine({ id: 'read-groups', name: `Read groups (${GROUPS})` }, seen, {
      found: (some) => (some.length ? 'Groups can be read.' : 'No group is visible to the app.'),
      mend: `${ROLE_TAB} with the permission View groups, for the groups of your catalog.`,
    }),
    readLine({ id: 'read-rules', name: `Read group rules (${GROUPS})` }, rules, {
      found: 'Groups that a rule fills are recognised.',
      mend: `${ROLE_TAB} that may view group rules. Without it the app cannot tell which groups a rule fills.`,
    }),
    await changeLine(
      directory,
      test,
      `${ROLE_TAB} with the permissions Manage group membership and Edit users' group membership, for the groups of your catalog and the test group; grant the scope ${MEMBERS}.`,
    ),
    ...(await optionalLines(parts, deps)),
    rateLine(people.ok ? people.value.answer.headers : undefined),
    await powerOf(parts, deps),
  ];
}

/** Okta may leave out scopes that were not granted, and issue a token all the same. */
async function scopeLines(
  address: ConnectionAddress,
  key: OktaKey,
  deps: DirectoryDeps,
  { result }: TokenAnswer,
): Promise<CheckLine[]> {
  if (!result.ok && result.error.code !== 'scope-missing') return [];
  const listed = result.ok ? result.value.scopes : undefined;
  return Promise.all(
    NEEDED.map(async (scope): Promise<CheckLine> => {
      const naming = { id: `scope-${scope}`, name: `Scope ${scope}` };
      const granted = listed
        ? { is: listed.includes(scope), said: undefined, requestId: undefined }
        : await grantedAlone(address, key, deps, scope);
      if (granted.is) {
        return { ...naming, state: 'passed', sentence: `Granted: with it ${WHAT[scope]}.` };
      }
      return {
        ...naming,
        state: 'failed',
        sentence: `Not granted to the application: with it ${WHAT[scope]}.`,
        mend: `${SCOPES_TAB}, and grant ${scope}.`,
        said: granted.said ?? `The token was issued without ${scope}.`,
        ...(granted.requestId !== undefined && { requestId: granted.requestId }),
      };
    }),
  );
}

function mendToken({ oauthError }: TokenAnswer, key: OktaKey): string {
  if (oauthError === 'invalid_scope') {
    return `${SCOPES_TAB}, and grant ${NEEDED.join(', ')}.`;
  }
  return `In the Admin Console, open the application > General > Client Credentials: it must use Public key / Private key, hold the active key ${key.keyId.slice(0, 12)}…, and its client id must be the one entered here. If the line about the clock failed as well, mend that first.`;
}

function rateLine(headers: Headers | undefined): CheckLine {
  const naming = { id: 'rate-limit', name: 'Rate limit' };
  const left = headers && dialect.headroom?.(headers, 0);
  if (!left) {
    return {
      ...naming,
      state: 'not-tested',
      sentence: 'Okta did not say what is left of its limit.',
    };
  }
  const share = Math.round((100 * left.remaining) / left.limit);
  const sentence = `${left.remaining} of ${left.limit} calls a minute are left for lists of people (${share} %).`;
  if (share > 50) return { ...naming, state: 'passed', sentence };
  return {
    ...naming,
    state: 'warning',
    sentence,
    mend: 'In the Admin Console, under Reports > Rate limits, see what else uses it, and raise the share of this application under its tab Application rate limits.',
  };
}
