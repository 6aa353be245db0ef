/** Service accounts known to the Workspace, the scopes they may use, and the roles that administer it. */
export interface ServiceAccount {
  readonly email: string;
  /** Of its OAuth client; roles are assigned to it by this id. */
  readonly clientId: string;
  /** Scopes an administrator allowed for acting as somebody (domain-wide delegation). */
  readonly delegated: readonly string[];
}

const DIRECTORY = 'https://www.googleapis.com/auth/admin.directory';
export const SCOPES = {
  userRead: `${DIRECTORY}.user.readonly`,
  user: `${DIRECTORY}.user`,
  userSecurity: `${DIRECTORY}.user.security`,
  groupRead: `${DIRECTORY}.group.readonly`,
  group: `${DIRECTORY}.group`,
  memberRead: `${DIRECTORY}.group.member.readonly`,
  member: `${DIRECTORY}.group.member`,
  roleRead: `${DIRECTORY}.rolemanagement.readonly`,
  role: `${DIRECTORY}.rolemanagement`,
  reports: 'https://www.googleapis.com/auth/admin.reports.audit.readonly',
  cloudRead: 'https://www.googleapis.com/auth/cloud-identity.groups.readonly',
  cloud: 'https://www.googleapis.com/auth/cloud-identity.groups',
} as const;

export type Right =
  | 'users.read'
  | 'users.write'
  | 'users.security'
  | 'groups.read'
  | 'groups.write'
  | 'roles.read'
  | 'roles.write'
  | 'reports';

/** Any one of the scopes, as the API's discovery document lists them, and the right itself. */
export interface Need {
  readonly scopes: readonly string[];
  readonly right: Right;
}

const { user, userRead, group, groupRead, member, memberRead, cloud, cloudRead } = SCOPES;
export const NEEDS = {
  readUsers: { scopes: [user, userRead], right: 'users.read' },
  writeUsers: { scopes: [user], right: 'users.write' },
  signOut: { scopes: [SCOPES.userSecurity], right: 'users.security' },
  readGroups: { scopes: [group, groupRead], right: 'groups.read' },
  writeGroups: { scopes: [group], right: 'groups.write' },
  readMembers: { scopes: [group, groupRead, member, memberRead], right: 'groups.read' },
  writeMembers: { scopes: [group, member], right: 'groups.write' },
  readRoles: { scopes: [SCOPES.role, SCOPES.roleRead], right: 'roles.read' },
  writeRoles: { scopes: [SCOPES.role], right: 'roles.write' },
  readReports: { scopes: [SCOPES.reports], right: 'reports' },
  readCloudGroups: { scopes: [cloud, cloudRead], right: 'groups.read' },
  writeCloudGroups: { scopes: [cloud], right: 'groups.write' },
} as const satisfies Record<string, Need>;

export interface Role {
  readonly id: string;
  readonly name: string;
  /** `all`: super administrator, who alone may change groups that carry a role. */
  readonly rights: readonly Right[] | 'all';
}

export const ROLES = {
  super: { id: '27000000000000001', name: '_SEED_ADMIN_ROLE', rights: 'all' },
  groups: {
    id: '27000000000000002',
    name: '_GROUPS_ADMIN_ROLE',
    rights: ['users.read', 'groups.read', 'groups.write'],
  },
  /** Made for the app. Whether a role of one's own can hold the reading of roles is unverified. */
  latchkey: {
    id: '27000000000000003',
    name: 'Access requests',
    rights: [
      'users.read',
      'users.security',
      'groups.read',
      'groups.write',
      'roles.read',
      'reports',
    ],
  },
} as const satisfies Record<string, Role>;

const LEAST = [
  SCOPES.userRead,
  SCOPES.groupRead,
  SCOPES.member,
  SCOPES.cloudRead,
  SCOPES.cloud,
  SCOPES.roleRead,
  SCOPES.reports,
  SCOPES.userSecurity,
] as const;

const at = (name: string) => `${name}@latchkey-demo.iam.gserviceaccount.com`;

export const ACCOUNTS = {
  normal: { email: at('latchkey'), clientId: '101500000000000000001', delegated: LEAST },
  powerful: {
    email: at('latchkey-everything'),
    clientId: '101500000000000000002',
    delegated: Object.values(SCOPES),
  },
  /** May read; changing members was never allowed, and it holds no role of its own. */
  weak: {
    email: at('latchkey-reader'),
    clientId: '101500000000000000003',
    delegated: [SCOPES.userRead, SCOPES.groupRead, SCOPES.memberRead, SCOPES.cloudRead],
  },
} as const satisfies Record<string, ServiceAccount>;

export const ADMIN_TOKEN = 'sandbox-google-administrator';
export const ADMIN = 'administrator';

export function accountOf(client: string): ServiceAccount | undefined {
  return Object.values(ACCOUNTS).find((account) => account.email === client);
}
