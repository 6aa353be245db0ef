/**
 * The checklist of a connection to Google: token and clock, each scope by its name, what the role
 * lets it read, the change on a test group, what is left out, and what is granted beyond need.
 */
import { epochMs } from '../../shared/instant';
import type { CheckLine } from '../directory';
import { changeLine, readLine, tokenLines } from '../self-test';
import type { TokenAnswer } from '../token-request';
import { groupsPage, usersPage } from './schemas';
import { GROUPS, MEMBERS, NEEDED, PEOPLE, urlsOf } from './scopes';
import { optionalLines } from './self-test-optional';
import type { TestDeps, TestParts } from './self-test-parts';
import { powerOf } from './self-test-power';
import { googleToken } from './token';

const DELEGATION =
  'In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, edit the client id of the service account';
const ROLE =
  'In the Admin console, under Account > Admin roles, give the service account, or the administrator it acts for, a role';

const WHAT: Readonly<Record<(typeof NEEDED)[number], string>> = {
  [PEOPLE]: 'people are found',
  [GROUPS]: 'groups are read',
  [MEMBERS]: 'members are added and removed',
};

export async function selfTest(parts: TestParts, deps: TestDeps): Promise<CheckLine[]> {
  const { google, address, credential, directory, test } = parts;
  const answer = await googleToken(credential, NEEDED, deps);
  const nowMs = epochMs(deps.clock.now());
  const lines = tokenLines('Access token (service account)', answer, nowMs, mendToken(answer));
  lines.push(...(await scopeLines(parts, deps, answer)));
  const change = () =>
    changeLine(
      directory,
      test,
      `${ROLE} with the Admin API privilege Groups > Update, and authorize the scope ${MEMBERS}.`,
    );
  if (!answer.result.ok) {
    return answer.result.error.code === 'scope-missing' ? [...lines, await change()] : lines;
  }
  const customer = address.tenant;
  const people = await google.door.run(
    async () => (await google.api.users.list({ customer, maxResults: 1 })).data,
    usersPage,
  );
  const groups = await google.door.run(
    async () => (await google.api.groups.list({ customer, maxResults: 1 })).data,
    groupsPage,
  );
  const someGroup = groups.ok ? groups.value.value.groups?.[0]?.id : undefined;
  return [
    ...lines,
    readLine({ id: 'read-people', name: `Read people (${PEOPLE})` }, people, {
      found: 'People can be read.',
      mend: `${ROLE} with the Admin API privilege Users > Read; check the customer id as well.`,
    }),
    readLine({ id: 'read-groups', name: `Read groups (${GROUPS})` }, groups, {
      found: 'Groups can be read.',
      mend: `${ROLE} with the Admin API privilege Groups > Read; check the customer id as well.`,
    }),
    await change(),
    ...(await optionalLines(parts, deps, someGroup)),
    {
      id: 'rate-limit',
      name: 'Rate limit',
      state: 'passed',
      sentence:
        'No call of this test was refused for having asked too often. Google tells no more than that: 2,400 queries a minute are usual for each administrator or service account.',
    },
    {
      id: 'key',
      name: 'Key of the service account',
      state: 'passed',
      sentence: `The key that begins with ${credential.keyId.slice(0, 8)} is in use. Google never ends a key by itself: replace it once a year and delete the old one in the Cloud console.`,
    },
    await powerOf(parts, deps),
  ];
}

/** Acting for an administrator, which scopes are authorized; a service account by itself may ask for any. */
async function scopeLines(
  { credential }: TestParts,
  deps: TestDeps,
  { result }: TokenAnswer,
): Promise<CheckLine[]> {
  if (credential.subject === undefined) return [];
  if (!result.ok && result.error.code !== 'scope-missing') return [];
  return Promise.all(
    NEEDED.map(async (scope): Promise<CheckLine> => {
      const naming = { id: `scope-${scope}`, name: `Scope ${scope}` };
      const alone = result.ok ? result : (await googleToken(credential, [scope], deps)).result;
      if (alone.ok) {
        return { ...naming, state: 'passed', sentence: `Authorized: with it ${WHAT[scope]}.` };
      }
      const { detail, said } = alone.error;
      return {
        ...naming,
        state: 'failed',
        sentence:
          alone.error.code === 'scope-missing'
            ? `Not authorized for the service account: with it ${WHAT[scope]}.`
            : detail,
        mend: `${DELEGATION} and add ${urlsOf([scope]).join()}. It can take a day until Google follows.`,
        ...(alone.error.class === 'retryable' && { passing: true as const }),
        ...(said !== undefined && { said }),
      };
    }),
  );
}

function mendToken({ oauthError }: TokenAnswer): string {
  if (oauthError === 'unauthorized_client') {
    return `${DELEGATION}, or add it, with these scopes: ${urlsOf(NEEDED).join(', ')}. Better: leave the administrator to act for empty and give the service account a role of its own.`;
  }
  if (oauthError === 'invalid_grant') {
    return 'Check in the Cloud console, under IAM & Admin > Service accounts > Keys, that this key still exists, and that the administrator to act for is spelled like their primary address and is not suspended. If the line about the clock failed as well, mend that first.';
  }
  return 'Make a new key in the Cloud console, under IAM & Admin > Service accounts > Keys, and paste its whole JSON file.';
}
