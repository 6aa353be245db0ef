/** What the credential may do beyond need. */
import type { CheckLine } from '../directory';
import type { DirectoryDeps } from '../registry';
import { failedLine, powerLine } from '../self-test';
import { gatherUpTo } from './collect';
import { groups, roles, user } from './schemas';
import { MORE_THAN_NEEDED, TOO_MUCH } from './scopes';
import { grantedAlone, SCOPES_TAB, type TestParts } from './self-test-parts';

const POWER = { id: 'power', name: 'No more rights than needed' };

export async function powerOf(parts: TestParts, deps: DirectoryDeps): Promise<CheckLine> {
  const { credential } = parts;
  const mend =
    credential.kind === 'okta-key'
      ? `${SCOPES_TAB}, and revoke what is named; on the tab Admin roles, keep only a custom role on the groups of your catalog.`
      : 'Use an application with a key of its own instead of an API token.';
  const refused: string[] = [];
  const warned: string[] = [];
  if (credential.kind === 'okta-key') {
    for (const [scope, allows] of Object.entries(TOO_MUCH))
      if ((await grantedAlone(parts.address, credential, deps, scope)).is)
        refused.push(`${scope} (it could ${allows})`);
    for (const [scope, allows] of Object.entries(MORE_THAN_NEEDED))
      if ((await grantedAlone(parts.address, credential, deps, scope)).is)
        warned.push(`${scope} (it could ${allows})`);
  } else if (await ownerIsSuper(parts)) {
    refused.push('the API token acts as a super administrator');
  }
  if (await seesEveryone(parts)) {
    warned.push('its administrator role is not limited to the groups of your catalog');
  }
  const none =
    'No scope beyond need is granted. Which administrator role the application has cannot be seen from here.';
  return powerLine(POWER, { refused, warned }, { none, mend });
}

/** An administrator of some groups is not shown the one that holds everybody. */
async function seesEveryone({ sdk, door }: TestParts): Promise<boolean> {
  const read = await door.run(
    async () =>
      gatherUpTo(1, await sdk.groupApi.listGroups({ filter: 'type eq "BUILT_IN"', limit: 1 })),
    groups,
  );
  return read.ok && read.value.value.length > 0;
}

async function ownerIsSuper({ sdk, door }: TestParts): Promise<boolean> {
  const me = await door.run(() => sdk.userApi.getUser({ userId: 'me' }), user);
  if (!me.ok) return false;
  const { id: userId } = me.value.value;
  const held = await door.run(
    async () => gatherUpTo(50, await sdk.roleAssignmentApi.listAssignedRolesForUser({ userId })),
    roles,
    'answer',
  );
  return held.ok && held.value.value.some(({ type }) => type === 'SUPER_ADMIN');
}

/** An API token is nobody of its own: it is the administrator who made it. */
export async function tokenOwnerLine({ sdk, door }: TestParts): Promise<CheckLine> {
  const naming = { id: 'token', name: 'API token' };
  const mend =
    'In the Admin Console, under Security > API > Tokens, make a new one. Better: use an application with a key of its own.';
  const me = await door.run(() => sdk.userApi.getUser({ userId: 'me' }), user);
  if (!me.ok) return failedLine(naming, me.error.failure, mend);
  return {
    ...naming,
    state: 'warning',
    sentence:
      'The token is taken. It acts with all rights of the administrator who made it, stops when that account is deactivated, and ends 30 days after its last use.',
    mend,
  };
}
