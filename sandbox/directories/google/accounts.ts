/** Service accounts known to the Workspace, and what an administrator allowed each to do. */
export interface ServiceAccount {
  readonly email: string;
  readonly clientId: string;
  /** Scopes an administrator allowed for acting as somebody (domain-wide delegation). */
  readonly delegated: readonly string[];
  /** An administrator role was given to the account itself, so that it may act as itself. */
  readonly role: boolean;
}

const DIRECTORY = 'https://www.googleapis.com/auth/admin.directory';
export const SCOPES = {
  userRead: `${DIRECTORY}.user.readonly`,
  user: `${DIRECTORY}.user`,
  groupRead: `${DIRECTORY}.group.readonly`,
  group: `${DIRECTORY}.group`,
  memberRead: `${DIRECTORY}.group.member.readonly`,
  member: `${DIRECTORY}.group.member`,
  cloudRead: 'https://www.googleapis.com/auth/cloud-identity.groups.readonly',
  cloud: 'https://www.googleapis.com/auth/cloud-identity.groups',
} as const;

/** Any one of these lets a call through, as the API's discovery document lists them. */
export const NEEDS = {
  readUsers: [SCOPES.user, SCOPES.userRead],
  writeUsers: [SCOPES.user],
  readGroups: [SCOPES.group, SCOPES.groupRead],
  writeGroups: [SCOPES.group],
  readMembers: [SCOPES.group, SCOPES.groupRead, SCOPES.member, SCOPES.memberRead],
  writeMembers: [SCOPES.group, SCOPES.member],
  readCloudGroups: [SCOPES.cloud, SCOPES.cloudRead],
} as const;

const LEAST = [SCOPES.userRead, SCOPES.groupRead, SCOPES.member, SCOPES.cloudRead] as const;

const at = (name: string) => `${name}@latchkey-demo.iam.gserviceaccount.com`;

export const ACCOUNTS = {
  normal: {
    email: at('latchkey'),
    clientId: '101500000000000000001',
    delegated: LEAST,
    role: true,
  },
  powerful: {
    email: at('latchkey-everything'),
    clientId: '101500000000000000002',
    delegated: Object.values(SCOPES),
    role: true,
  },
  /** May read; changing members was never allowed, and it holds no role of its own. */
  weak: {
    email: at('latchkey-reader'),
    clientId: '101500000000000000003',
    delegated: [SCOPES.userRead, SCOPES.groupRead, SCOPES.memberRead, SCOPES.cloudRead],
    role: false,
  },
} as const satisfies Record<string, ServiceAccount>;

export const ADMIN_TOKEN = 'sandbox-google-administrator';
export const ADMIN = 'administrator';

export function accountOf(client: string): ServiceAccount | undefined {
  return Object.values(ACCOUNTS).find((account) => account.email === client);
}
