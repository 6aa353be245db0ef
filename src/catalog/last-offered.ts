/**
 * Roles that people could ask for and cannot at the moment: withdrawn, or waiting as a draft. What was
 * guarded while they were offered stays guarded, or taking the offer away for a minute would go round
 * the second administrator.
 */
import type { Deps } from '../requests/deps';
import { decode, find } from '../shared/record';
import type { Role } from './model/catalog';
import { roles } from './store';

type Reading = Pick<Deps, 'store'>;

const COPIES_AT_ONCE = 25;

/** The role as it was when it was last offered; `undefined`: it never was. */
export async function lastOffered(deps: Reading, role: Role): Promise<Role | undefined> {
  if (role.status === 'live') return role;
  for (let to = role.version - 1; to > 0; to -= COPIES_AT_ONCE) {
    const size = Math.min(COPIES_AT_ONCE, to);
    const keys = Array.from({ length: size }, (_, n) => `role:${role.id}#${to - n}`);
    const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
    for (const [n, row] of rows.entries()) {
      const copy = row && decode(roles, keys[n] as string, row).value;
      if (copy?.status === 'live') return copy;
    }
  }
  return undefined;
}

/** Each as it was last offered; of one app, or of all of them. `undefined`: more than may be read. */
export async function onceOffered(
  deps: Reading,
  mostPages: number,
  appId?: string,
): Promise<readonly Role[] | undefined> {
  const all: Role[] = [];
  for (const status of ['withdrawn', 'draft']) {
    let cursor: string | undefined;
    for (let page = 0; ; page++) {
      if (page === mostPages) return undefined;
      const read = await find(deps.store, roles, {
        index: 'by-kind',
        partition: ['role', status],
        ...(appId !== undefined && { range: { from: `${appId}/`, to: `${appId}0` } }),
        limit: 100,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { value } of read.found) {
        const copy = await lastOffered(deps, value);
        if (copy) all.push(copy);
      }
      cursor = read.cursor;
      if (cursor === undefined) break;
    }
  }
  return all;
}
