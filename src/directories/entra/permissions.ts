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

/** Permissions that let more through than the app needs, with what each would allow. */
const FAR_TOO_POWERFUL: Readonly<Record<string, string>> = {
  'Directory.ReadWrite.All': 'may change nearly everything in the directory',
  'RoleManagement.ReadWrite.Directory': 'may make anybody an administrator',
  'AppRoleAssignment.ReadWrite.All': 'may give itself every other permission',
  'Application.ReadWrite.All': 'may add its own secret to any application',
  'User.DeleteRestore.All': 'may delete people',
};
const OF_MEMBERSHIP: Readonly<Record<string, string>> = {
  ...FAR_TOO_POWERFUL,
  'User.ReadWrite.All': 'may disable and delete people',
  'User.EnableDisableAccount.All': 'may disable people',
};
const MORE_THAN_NEEDED: Readonly<Record<string, string>> = {
  'Group.ReadWrite.All': 'may make, change and delete groups',
};

export function tooMuch(
  permissions: ReadonlySet<string>,
  of: 'membership' | 'lifecycle',
): { refused: string[]; warned: string[] } {
  const found = (table: Readonly<Record<string, string>>) =>
    Object.entries(table).flatMap(([name, allows]) =>
      permissions.has(name) ? [`${name} ${allows}`] : [],
    );
  const refused = found(of === 'membership' ? OF_MEMBERSHIP : FAR_TOO_POWERFUL);
  return { refused, warned: found(MORE_THAN_NEEDED) };
}
