/** App registrations of the tenant and the application permissions each was granted. */
export interface EntraApp {
  readonly clientId: string;
  readonly name: string;
  readonly secret: string;
  readonly permissions: readonly string[];
}

const LEAST = ['GroupMember.ReadWrite.All', 'User.Read.All'] as const;

export const APPS = {
  normal: {
    clientId: '6d0c4a52-6f3e-4a0e-9a57-3a1f60c9d101',
    name: 'Latchkey',
    secret: 'nRm8Q~sandbox-normal-secret-of-latchkey',
    permissions: [
      ...LEAST,
      'Application.Read.All',
      'AuditLog.Read.All',
      'Directory.Read.All',
      'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
    ],
  },
  powerful: {
    clientId: '6d0c4a52-6f3e-4a0e-9a57-3a1f60c9d102',
    name: 'Latchkey with far too many rights',
    secret: 'pWr8Q~sandbox-powerful-secret-of-latchkey',
    permissions: [
      'Group.ReadWrite.All',
      'User.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
    ],
  },
  weak: {
    clientId: '6d0c4a52-6f3e-4a0e-9a57-3a1f60c9d103',
    name: 'Latchkey that may only read',
    secret: 'wEk8Q~sandbox-weak-secret-of-latchkey',
    permissions: ['GroupMember.Read.All', 'User.Read.All'],
  },
  least: {
    clientId: '6d0c4a52-6f3e-4a0e-9a57-3a1f60c9d104',
    name: 'Latchkey with nothing optional',
    secret: 'lSt8Q~sandbox-least-secret-of-latchkey',
    permissions: LEAST,
  },
  lifecycle: {
    clientId: '6d0c4a52-6f3e-4a0e-9a57-3a1f60c9d105',
    name: 'Latchkey lifecycle',
    secret: 'lFc8Q~sandbox-lifecycle-secret-of-latchkey',
    permissions: ['User.RevokeSessions.All'],
  },
} as const satisfies Record<string, EntraApp>;

/** The secret before the present one; it ran out. */
export const EXPIRED_SECRET = 'oLd8Q~sandbox-secret-that-ran-out';

export const ADMIN_TOKEN = 'sandbox-entra-administrator';
export const ADMIN = 'administrator';

/** `*`: the administrator of the stories. */
export function permissionsOf(client: string): readonly string[] {
  if (client === ADMIN) return ['*'];
  return Object.values(APPS).find((app) => app.clientId === client)?.permissions ?? [];
}

/** Any one of these lets a call through; learn.microsoft.com names them per operation. */
export const NEEDS = {
  readUsers: [
    'User.Read.All',
    'User.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  writeUsers: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  revokeSessions: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
  readGroups: [
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  writeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  writeGroups: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  writeRoleGroups: ['RoleManagement.ReadWrite.Directory'],
  readApps: [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  writeApps: ['Application.ReadWrite.All'],
  readAudit: ['AuditLog.Read.All'],
  readDirectory: ['Directory.Read.All', 'Directory.ReadWrite.All'],
  schedule: ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
} as const;
