/**
 * What a connection asks Google for. Acting for an administrator, one scope that is not authorized
 * fails the whole token request; so what a company may leave out has a token of its own.
 */
const at = (name: string) => `https://www.googleapis.com/auth/${name}`;

export const PEOPLE = 'admin.directory.user.readonly';
export const GROUPS = 'admin.directory.group.readonly';
export const MEMBERS = 'admin.directory.group.member';
export const KINDS = 'cloud-identity.groups.readonly';
export const ROLES = 'admin.directory.rolemanagement.readonly';
export const REPORTS = 'admin.reports.audit.readonly';
export const SECURITY = 'admin.directory.user.security';
export const ENDS = 'cloud-identity.groups';

/** What the grant path needs. */
export const NEEDED = [PEOPLE, GROUPS, MEMBERS] as const;

/** Never asked for but by the self-test, which warns of them: what each would let a thief of the key do. */
export const TOO_MUCH: Readonly<Record<string, string>> = {
  'admin.directory.user': 'create, change and delete any person',
  'admin.directory.rolemanagement': 'make anybody an administrator',
};
export const MORE_THAN_NEEDED: Readonly<Record<string, string>> = {
  'admin.directory.group': 'create and delete groups',
};

export const urlsOf = (names: readonly string[]): string[] => names.map(at);
