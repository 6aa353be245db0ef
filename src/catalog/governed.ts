/** Which groups live roles use. */
import type { Deps } from '../requests/deps';
import { find } from '../shared/record';
import type { Role } from './model/catalog';
import { roles } from './store';

const PAGE = 100;
/** Of roles; a catalog has some hundreds. */
const MOST_PAGES = 100;

/** From the index, so a role saved a moment ago may be missing. */
export async function liveRoles(deps: Pick<Deps, 'store'>): Promise<Role[]> {
  const all: Role[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, cursor: next } = await find(deps.store, roles, {
      index: 'by-kind',
      partition: ['role', 'live'],
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    all.push(...found.map((held) => held.value));
    if (next === undefined) break;
    cursor = next;
  }
  return all;
}

/** Group id → the live roles that use it, of one connection; in the order of the ids. */
export function groupsInUse(all: readonly Role[], connectionId: string): Map<string, Role[]> {
  const used = new Map<string, Role[]>();
  for (const role of all) {
    if (role.connectionId !== connectionId) continue;
    for (const { id } of role.groups) used.set(id, [...(used.get(id) ?? []), role]);
  }
  return new Map([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
}
