import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock, Http } from '../../forge/ports';
import { epochMs } from '../../shared/instant';
import type { CheckLine, ConnectionAddress, Credential } from '../directory';
import type { Door } from '../door';
import { readLine, tokenLines } from '../self-test';
import { gatherUpTo } from './collect';
import { groupRules, groups, users } from './schemas';
import { type OktaKey, oktaToken } from './token';

const ROLE = 'and give the application an administrator role that may read it';

export async function selfTest(
  parts: { sdk: Client; door: Door; address: ConnectionAddress; credential: Credential },
  deps: { http: Http; clock: Clock },
): Promise<CheckLine[]> {
  const { sdk, door, address, credential } = parts;
  const lines: CheckLine[] = [];
  if (credential.kind === 'okta-key') lines.push(...(await keyLines(address, credential, deps)));
  if (lines[0]?.ok === false) return lines;
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
    readLine('Read people (okta.users.read)', people, {
      found: 'People can be read.',
      mend: `Grant the scope okta.users.read, ${ROLE}.`,
    }),
    readLine('Read groups (okta.groups.read)', seen, {
      found: (some) => (some.length ? 'Groups can be read.' : 'No group is visible to the app.'),
      mend: `Grant the scope okta.groups.read, ${ROLE}.`,
    }),
    readLine('Read group rules (okta.groups.read)', rules, {
      found: 'Groups that a rule fills are recognised.',
      mend: 'Without them the app cannot tell which groups a rule fills, and takes them all for writable.',
    }),
  ];
}

/** Okta may leave out scopes that were not granted, and issue a token all the same. */
async function keyLines(
  address: ConnectionAddress,
  key: OktaKey,
  deps: { http: Http; clock: Clock },
): Promise<CheckLine[]> {
  const answer = await oktaToken(address, key, deps);
  const lines = tokenLines('Access token (Public key)', answer, epochMs(deps.clock.now()));
  const granted = answer.result.ok ? answer.result.value.scopes : undefined;
  if (!granted) return lines;
  const mayChange = granted.includes('okta.groups.manage');
  const sentence = mayChange
    ? 'The application may change who is in a group, within its administrator role.'
    : 'Grant the scope okta.groups.manage under Okta API Scopes; until then nothing can be granted or ended.';
  return [...lines, { name: 'Change members (okta.groups.manage)', ok: mayChange, sentence }];
}
