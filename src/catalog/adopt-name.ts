/** A group was renamed in its directory: an administrator takes the new name over for the roles that use it. */
import type { Answer } from '../contracts/answer';
import { resolveFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import { load } from '../shared/record';
import { done, no, save } from './changes';
import { groupsInUse, liveRoles } from './governed';
import type { Role } from './model/catalog';
import { failed, openConnection } from './open-connection';
import { putVersioned, roles } from './store';

/** Only the name: what the roles give stays the same, and so does what was approved. */
export async function adoptName(
  deps: Deps,
  connection: string,
  groupId: string,
  by: string,
): Promise<Answer<{ name: string; roles: string[] }>> {
  const opened = await openConnection(deps, connection);
  if (!opened.ok) return opened;
  const group = await opened.value.directory.describeGroup(groupId);
  if (!group.ok) return failed(group.error);
  if (group.value === null)
    return no(
      'group-exists',
      `The directory has no group ${groupId}.`,
      'Choose another group for the roles that use it.',
    );
  const { name } = group.value;
  const using = groupsInUse(await liveRoles(deps), connection).get(groupId) ?? [];
  const changed: string[] = [];
  for (const { id } of using) {
    const held = await load(deps.store, roles, `role:${id}`);
    const before = held?.value;
    if (!before || before.connectionId !== connection) continue;
    const groups = before.groups.map((g) => (g.id === groupId ? { ...g, name } : g));
    if (groups.every((g, i) => g.name === before.groups[i]?.name)) continue;
    const after: Role = { ...before, version: before.version + 1, groups };
    const change = { what: `role:${id}`, by, before, after };
    const saved = await save(deps, change, putVersioned(roles, after, held.rev), after);
    if (!saved.ok) return saved;
    changed.push(id);
  }
  const key = `group-renamed:${connection}:${groupId}`;
  await resolveFinding(deps, key, `The name "${name}" was taken over.`, by);
  return done({ name, roles: changed });
}
