/** What an app registration may do, as its access token tells. */
import * as z from 'zod/mini';

const claims = z.object({ roles: z.optional(z.array(z.string())) });

/**
 * The application permissions of a token. Microsoft asks clients not to look into tokens and may
 * change them [unverified that `roles` stays readable], so `undefined` is no error: then calls tell.
 */
export function permissionsIn(token: string): ReadonlySet<string> | undefined {
  const [, body] = token.split('.');
  if (body === undefined) return undefined;
  try {
    const read = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    return read.success ? new Set(read.data.roles ?? []) : undefined;
  } catch {
    return undefined;
  }
}

/** What `docs/admin-guide.md` asks for, for the first and for the second registration. */
const WANTED: Readonly<Record<Registration, readonly string[]>> = {
  membership: [
    'User.Read.All',
    'GroupMember.ReadWrite.All',
    'Application.Read.All',
    'AuditLog.Read.All',
    'Directory.Read.All',
    'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  ],
  lifecycle: ['User.RevokeSessions.All'],
};

/** Families that let a thief of the credential take over the tenant or read what people wrote. */
const FAR_TOO_POWERFUL: readonly (readonly [RegExp, string])[] = [
  [/^Directory\.ReadWrite\./, 'may change nearly everything in the directory'],
  [/^RoleManagement(Policy|Alert)?\.ReadWrite\./, 'may make anybody an administrator'],
  [
    /^Role(Assignment|Eligibility)Schedule\.(ReadWrite|Remove)\./,
    'may change who is an administrator',
  ],
  [/^PrivilegedAccess\.ReadWrite\./, 'may change who has privileged access'],
  [/^AppRoleAssignment\.ReadWrite\./, 'may give itself every other permission'],
  [/^Application\.ReadWrite\./, 'may add its own secret to an application'],
  [/^UserAuthenticationMethod\.ReadWrite\./, 'may sign in as anybody'],
  [/^UserAuthMethod-.*\.ReadWrite\./, 'may sign in as somebody else'],
  [/^User-PasswordProfile\.ReadWrite\./, 'may set passwords'],
  [/^Policy\.ReadWrite\./, 'may change sign-on policies'],
  [/^User\.DeleteRestore\./, 'may delete people'],
  [/^Mail\./, 'may use mailboxes'],
  [/^Files\.ReadWrite\./, 'may change files'],
  [/^Sites\.(ReadWrite|Manage|FullControl)\./, 'may change sites'],
];
/** Of the first registration: beside the right to remove memberships these reach people themselves. */
const CHANGES_PEOPLE: readonly (readonly [RegExp, string])[] = [
  [/^User\.ReadWrite\./, 'may disable and delete people'],
  [/^User\.EnableDisableAccount\./, 'may disable people'],
];
const ALLOWS: Readonly<Record<string, string>> = {
  'Group.ReadWrite.All': 'may make, change and delete groups',
  'User.ReadWrite.All': 'may disable and delete people',
};

type Registration = 'membership' | 'lifecycle';

/** Each as "name allows": refused, and everything else that the app does not ask for. */
export function tooMuch(
  permissions: ReadonlySet<string>,
  of: Registration,
): { refused: string[]; warned: string[] } {
  const families =
    of === 'membership' ? [...FAR_TOO_POWERFUL, ...CHANGES_PEOPLE] : FAR_TOO_POWERFUL;
  const refused: string[] = [];
  const warned: string[] = [];
  for (const name of [...permissions].sort()) {
    const family = families.find(([pattern]) => pattern.test(name));
    if (family) refused.push(`${name} ${family[1]}`);
    else if (!WANTED[of].includes(name)) {
      warned.push(`${name} ${ALLOWS[name] ?? 'is not one that the app uses'}`);
    }
  }
  return { refused, warned };
}
