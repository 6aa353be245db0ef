/** The accesses that a list names, as far as this version can read them. */
import type { Grant } from '../grants/model/grant';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';

/** One that cannot be read is kept for people to look at; it must not hide the others. */
export async function readableGrants(
  deps: Pick<Deps, 'store' | 'log'>,
  ids: readonly string[],
): Promise<Grant[]> {
  const rows = await deps.store.getMany(ids.map((key) => ({ entity: 'grant', key })));
  return rows.flatMap((row, i) => {
    if (!row) return [];
    const read = grants.schema.safeParse(row.body);
    if (read.success) return [read.data];
    deps.log.error('grant.unreadable', read.error, { grant: ids[i] });
    return [];
  });
}
