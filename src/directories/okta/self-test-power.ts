/** What the credential may do beyond need. */
import type { Failure } from '../../shared/result';
import type { CheckLine } from '../directory';
import { powerLine } from '../self-test';
import { gatherUpTo, literal } from './pages';
import { groups, me, roles } from './schemas';
import type { TestDeps, TestParts } from './self-test-parts';
import { END_SESSIONS } from './sessions';
import { type OktaKey, oktaToken } from './token';

/** With one of these a leaked key could give itself everything. */
const TOO_MUCH: Readonly<Record<string, string>> = {
  'okta.roles.manage': 'make administrators',
  'okta.apps.manage': 'change applications and who uses them',
  'okta.policies.manage': 'change sign-on policies',
  'okta.idps.manage': 'let people sign in through an identity provider of its own',
  'okta.apiTokens.manage': 'make and take away API tokens',
  'okta.clients.manage': 'change applications and their keys',
};
const MORE_THAN_NEEDED: Readonly<Record<string, string>> = {
  [END_SESSIONS]:
    'change and deactivate people; the app uses it to sign people out and for nothing else',
};

const SCOPES_LINE = { id: 'power', name: 'What else the scopes allow' };
const ROLE_LINE = { id: 'admin-role', name: 'Administrator role' };
const TAKE_AWAY =
  'In the Okta Admin Console, open the application and revoke under Okta API Scopes what the app does not need.';
const LEAST =
  'a role of your own that may view users and groups and manage group membership, on a resource set of the groups in the catalog';

export async function powerLines(parts: TestParts, deps: TestDeps): Promise<CheckLine[]> {
  const { credential } = parts;
  return credential.kind === 'okta-token'
    ? [await tokenRole(parts)]
    : [await scopePower(parts, credential, deps), await applicationRole(parts)];
}

async function scopePower(
  { address }: TestParts,
  key: OktaKey,
  deps: TestDeps,
): Promise<CheckLine> {
  let unknown: Failure | undefined;
  const ask = async (names: readonly string[]): Promise<Asked> => {
    const { result } = await oktaToken(address, key, deps, names);
    if (result.ok) return { listed: result.value.scopes };
    // Only this proves that a scope is not granted; whatever else fails proves nothing.
    if (result.error.code === 'scope-missing') return names.length === 1 ? { listed: [] } : {};
    unknown ??= result.error;
    return { listed: [] };
  };
  const granted = async (scopes: Readonly<Record<string, string>>) => {
    const names = Object.keys(scopes);
    let { listed: held } = await ask(names);
    if (!held) {
      // One that is not granted may have spoiled the answer for the others, or nothing was listed:
      // then a token for one scope alone is that scope.
      const alone = await Promise.all(
        names.map(async (name) => ((await ask([name])).listed ?? [name]).includes(name)),
      );
      held = names.filter((_, at) => alone[at]);
    }
    return names
      .filter((name) => held.includes(name))
      .map((name) => `${name} lets it ${scopes[name]}`);
  };
  const [refused, warned] = [await granted(TOO_MUCH), await granted(MORE_THAN_NEEDED)];
  const looked = [...Object.keys(TOO_MUCH), ...Object.keys(MORE_THAN_NEEDED)].join(', ');
  return powerLine(
    SCOPES_LINE,
    { refused, warned, unknown },
    { none: `None of these is granted: ${looked}.`, mend: TAKE_AWAY },
  );
}

/** `undefined`: the answer does not say which of them. */
interface Asked {
  readonly listed?: readonly string[] | undefined;
}

/**
 * An application cannot read its own role without a scope for roles. Administrators of some groups
 * are not shown the group Everyone, which tells wide roles from narrow ones, and no more than that.
 */
async function applicationRole({ main }: TestParts): Promise<CheckLine> {
  const search = `type eq "BUILT_IN" and profile.name eq ${literal('Everyone')}`;
  const read = await main.door.run(
    async () => gatherUpTo(1, await main.sdk.groupApi.listGroups({ search, limit: 1 })),
    groups,
  );
  const mend = `In the Okta Admin Console, open the application and look under Admin roles: it should have ${LEAST}, and never be Super Administrator.`;
  if (read.ok && read.value.value.length === 0) {
    const sentence =
      'The role is limited to some groups: Okta does not show the group Everyone. Which role it is cannot be seen from here.';
    return { ...ROLE_LINE, state: 'passed', sentence };
  }
  if (!read.ok) {
    const sentence = 'Which role the application has cannot be seen from here.';
    return { ...ROLE_LINE, state: 'not-tested', sentence, mend };
  }
  const sentence =
    'The role reaches every group of the organization, as that of a super administrator does. Which role it is cannot be seen from here.';
  return { ...ROLE_LINE, state: 'warning', sentence, mend };
}

/** An API token is its administrator, whose roles it may read if they are wide enough. */
async function tokenRole({ main }: TestParts): Promise<CheckLine> {
  const { sdk, door } = main;
  const mend = `Make an API service application with a key pair, and give it ${LEAST}.`;
  const who = await door.run(() => sdk.userApi.getUser({ userId: 'me' }), me);
  const held = who.ok
    ? await door.run(
        async () =>
          gatherUpTo(
            50,
            await sdk.roleAssignmentApi.listAssignedRolesForUser({ userId: who.value.value.id }),
          ),
        roles,
        'answer',
      )
    : undefined;
  if (!held?.ok) {
    const sentence =
      'Which roles the administrator of this token has cannot be seen from here; all of them are in the hands of whoever holds the token.';
    return { ...ROLE_LINE, state: 'warning', sentence, mend };
  }
  const refused = held.value.value.some(({ type }) => type === 'SUPER_ADMIN')
    ? ['it is the token of a super administrator']
    : [];
  const warned = ['it has every right of the administrator who made it'];
  return powerLine(ROLE_LINE, { refused, warned }, { none: '', mend });
}
