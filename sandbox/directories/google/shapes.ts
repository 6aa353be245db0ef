/** State as the Directory API shows it. */
import { createHash } from 'node:crypto';
import type { GoogleGroup, GoogleMember, GoogleUser } from './state';

const etag = (...parts: unknown[]) =>
  `"${createHash('sha1').update(JSON.stringify(parts)).digest('base64url')}"`;

/** `admin`: holds a role; `full`: with what only a full projection shows. */
export function showUser(
  customerId: string,
  user: GoogleUser,
  more: { admin: 'super' | 'delegated' | 'none'; full: boolean },
) {
  return {
    kind: 'admin#directory#user',
    id: user.id,
    etag: etag(user),
    primaryEmail: user.primaryEmail,
    name: {
      givenName: user.givenName,
      familyName: user.familyName,
      fullName: `${user.givenName} ${user.familyName}`,
    },
    isAdmin: more.admin === 'super',
    isDelegatedAdmin: more.admin === 'delegated',
    lastLoginTime: user.lastLogin ?? '1970-01-01T00:00:00.000Z',
    creationTime: user.creationTime,
    agreedToTerms: true,
    suspended: user.suspended,
    ...(user.suspended && { suspensionReason: 'ADMIN' }),
    archived: user.archived,
    changePasswordAtNextLogin: false,
    ipWhitelisted: false,
    emails: [
      { address: user.primaryEmail, primary: true },
      ...user.aliases.map((address) => ({ address })),
    ],
    ...(user.aliases.length > 0 && { aliases: user.aliases }),
    ...(user.department !== null && {
      organizations: [
        {
          title: user.title ?? '',
          department: user.department,
          ...(user.employment !== null && { description: user.employment }),
          primary: true,
        },
      ],
    }),
    ...(more.full &&
      user.accountId !== null && { customSchemas: { Atlassian: { accountId: user.accountId } } }),
    ...(user.manager !== null && { relations: [{ value: user.manager, type: 'manager' }] }),
    customerId,
    orgUnitPath: '/',
    isMailboxSetup: true,
    isEnrolledIn2Sv: true,
    isEnforcedIn2Sv: false,
    includeInGlobalAddressList: true,
  };
}

export function showGroup(group: GoogleGroup, members: number) {
  return {
    kind: 'admin#directory#group',
    id: group.id,
    etag: etag(group, members),
    email: group.email,
    name: group.name,
    directMembersCount: String(members),
    description: group.description,
    adminCreated: true,
  };
}

export function showMember(
  id: string,
  member: GoogleMember,
  end: { user?: GoogleUser | undefined; group?: GoogleGroup | undefined },
) {
  const email = end.user?.primaryEmail ?? end.group?.email ?? member.externalEmail;
  return {
    kind: 'admin#directory#member',
    etag: etag(id, member, end.user?.suspended),
    id,
    ...(email !== undefined && { email }),
    role: member.role,
    type: end.group ? 'GROUP' : 'USER',
    // A group that is a member has no status.
    ...(!end.group && { status: end.user?.suspended ? 'SUSPENDED' : 'ACTIVE' }),
  };
}
