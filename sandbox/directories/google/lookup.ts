/** Finding people and groups by any of the keys Google takes: id, address or alias. */
import { notFound } from './errors';
import type { GoogleGroup, GoogleUser } from './state';
import type { Workspace } from './workspace';

export function userBy(workspace: Workspace, key: string, asOf: number): GoogleUser | undefined {
  const byId = workspace.state.users.get(key, asOf);
  if (byId) return byId;
  const wanted = key.toLowerCase();
  for (const user of workspace.state.users.values(asOf)) {
    if (addresses(user).includes(wanted)) return user;
  }
  return undefined;
}

export function groupBy(workspace: Workspace, key: string, asOf: number): GoogleGroup {
  const byId = workspace.state.groups.get(key, asOf);
  if (byId) return byId;
  const wanted = key.toLowerCase();
  for (const group of workspace.state.groups.values(asOf)) {
    if (group.email.toLowerCase() === wanted) return group;
  }
  throw notFound('groupKey');
}

export function addresses(user: GoogleUser): string[] {
  return [user.primaryEmail, ...user.aliases].map((address) => address.toLowerCase());
}

/** The id under which a member is kept: an account, a group, or an outside address. */
export function memberIdOf(
  workspace: Workspace,
  group: GoogleGroup,
  key: string,
  asOf: number,
): string | undefined {
  const user = userBy(workspace, key, asOf);
  if (user) return user.id;
  const wanted = key.toLowerCase();
  for (const other of workspace.state.groups.values(asOf)) {
    if (other.id === key || other.email.toLowerCase() === wanted) return other.id;
  }
  const outside = workspace.state.memberships
    .of(group.id, asOf)
    .find(([id, member]) => id === key || member.externalEmail?.toLowerCase() === wanted);
  return outside?.[0];
}
