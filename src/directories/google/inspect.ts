/** What other APIs know of a group and the Directory API's own answer does not say. */
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { GroupDescription, GroupId } from '../directory';
import type { CloudIdentityApi, DirectoryApi, Through } from './client';
import type { Inspect } from './groups';
import { cloudGroup, role, roleAssignments } from './schemas';

const DYNAMIC = 'cloudidentity.googleapis.com/groups.dynamic';
const LOCKED = 'cloudidentity.googleapis.com/groups.locked';

/** Found, or why it could not be seen. */
type Seen<T> = { readonly found: T } | { readonly unseen: string };

export function inspectThrough(
  kinds: Through<CloudIdentityApi>,
  roles: Through<DirectoryApi>,
  customer: string,
): Inspect {
  return async (seen) => {
    const [kind, carried] = await Promise.all([
      writableBy(kinds, seen.id),
      roleOf(roles, seen.id, customer),
    ]);
    if (!kind.ok) return kind;
    if (!carried.ok) return carried;
    const unseen = [kind.value, carried.value].flatMap((one) =>
      'unseen' in one ? [one.unseen] : [],
    );
    const writable = 'found' in kind.value ? kind.value.found : seen.writable;
    const because = 'found' in carried.value ? carried.value.found : undefined;
    if (because === undefined) return ok({ ...seen, writable, unseen });
    const privileged = { no: 'privileged', sentence: because } as const;
    return ok({
      ...seen,
      writable: writable === true ? privileged : writable,
      privileged: true,
      privilegedBecause: because,
      unseen,
    });
  };
}

async function writableBy(
  { api, door }: Through<CloudIdentityApi>,
  id: GroupId,
): Promise<Result<Seen<GroupDescription['writable']>, Failure>> {
  const read = await door.run(
    // That the id is the same in both APIs is unverified.
    async () => (await api.groups.get({ name: `groups/${id}` })).data,
    cloudGroup,
  );
  if (!read.ok) return unseenFor(read.error.failure, 'Whether a query fills the group');
  const { labels, dynamicGroupMetadata } = read.value.value;
  if (labels?.[DYNAMIC] !== undefined || dynamicGroupMetadata !== undefined) {
    const sentence = 'A query of Google decides who is in this group.';
    return ok({ found: { no: 'dynamic', sentence } });
  }
  if (labels?.[LOCKED] !== undefined) {
    const sentence = 'The group is locked: another system decides who is in it.';
    return ok({ found: { no: 'synced', sentence } });
  }
  return ok({ found: true });
}

/** Why the group counts as privileged; `undefined`: it carries no role. */
async function roleOf(
  { api, door }: Through<DirectoryApi>,
  id: GroupId,
  customer: string,
): Promise<Result<Seen<string | undefined>, Failure>> {
  const read = await door.run(
    async () => (await api.roleAssignments.list({ customer, userKey: id })).data,
    roleAssignments,
  );
  if (!read.ok)
    return unseenFor(read.error.failure, 'Whether the group carries an administrator role');
  const held = read.value.value.items?.find(({ assignedTo }) => assignedTo === id);
  if (!held) return ok({ found: undefined });
  const named = await door.run(
    async () => (await api.roles.get({ customer, roleId: held.roleId })).data,
    role,
  );
  const name = named.ok ? named.value.value.roleName : undefined;
  const which = name ? `the administrator role "${name}"` : 'an administrator role';
  return ok({ found: `The group carries ${which} of Google Workspace.` });
}

function unseenFor<T>(why: Failure, what: string): Result<Seen<T>, Failure> {
  if (why.class === 'retryable') return no(why);
  return ok({ unseen: `${what} could not be read: ${why.detail}` });
}
