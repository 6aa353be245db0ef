/**
 * Sets of changes do not stay: they name accounts, and what became of the configuration is evidence. A
 * set that nothing has happened to for two weeks goes with all its parts, also one that was never applied.
 */
import type { Deps } from '../requests/deps';
import { DAY, type Instant, plusSeconds } from '../shared/instant';
import { find, remove } from '../shared/record';
import { changeSets, dropParts, partsOf } from './change-sets';
import type { ChangeSet } from './model/change-set';

/** So long a set can be applied or taken back. */
const KEPT = 14 * DAY;
/** The rest goes with the next run. */
const MOST_AT_ONCE = 50;
const MOST_PAGES = 20;

export async function dropOldSets(deps: Pick<Deps, 'store' | 'now'>): Promise<void> {
  const before = plusSeconds(deps.now(), -KEPT);
  const { found } = await find(deps.store, changeSets, {
    index: 'by-kind',
    partition: ['change-set', 'kept'],
    range: { from: '2000', to: before },
    limit: MOST_AT_ONCE,
  });
  for (const { value, rev } of found) {
    // Half of it may stand: somebody has to bring it to an end first.
    if (value.state === 'applying' || value.state === 'undoing' || lastOf(value) > before) continue;
    // Its record last: should this stop half way, the next run finds it again.
    await dropParts(deps.store, value);
    await deps.store.transact([remove(changeSets, value, rev)]);
  }
}

const lastOf = ({ at, checkedAt, appliedAt }: ChangeSet): Instant =>
  [at, checkedAt ?? '', appliedAt ?? ''].sort().at(-1) as Instant;

/** Everything that sets of changes hold, to be searched for accounts. */
export async function inSets(deps: Pick<Deps, 'store'>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await find(deps.store, changeSets, {
      index: 'by-kind',
      partition: ['change-set', 'kept'],
      sort: 'descending',
      limit: MOST_AT_ONCE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of read.found) all.push(value, ...(await partsOf(deps.store, value)));
    cursor = read.cursor;
    if (cursor === undefined) break;
  }
  return all;
}
