/**
 * Forge's limits of its key-value store, checked before the call: the platform would refuse the
 * whole request, and the code that built it must change, not the time it runs.
 * https://developer.atlassian.com/platform/forge/limits-kvs-ce/
 */
import type { EntityName, Query, Write } from './ports';

export const MOST_WRITES = 25;
export const MOST_KEYS = 25;
const MOST_ROWS = 100;
const LONGEST_KEY = 500;
const KEY = /^(?!\s+$)[a-zA-Z0-9:._\s-#]+$/;

export function checkKey(key: string): void {
  if (key.length > LONGEST_KEY || !KEY.test(key)) {
    throw new Error(`Not a key that Forge stores: ${JSON.stringify(key.slice(0, 80))}`);
  }
}

export function checkWrites(writes: readonly Write[]): void {
  if (writes.length > MOST_WRITES) {
    throw new Error(`A transaction holds ${MOST_WRITES} writes, not ${writes.length}`);
  }
  const seen = new Set<string>();
  for (const { entity, key } of writes) {
    checkKey(key);
    const place = placeOf(entity, key);
    if (seen.has(place)) throw new Error(`Written twice in one transaction: ${entity} ${key}`);
    seen.add(place);
  }
}

export function checkQuery({ limit }: Query): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    throw new Error(`A page holds 1 to ${MOST_ROWS} rows, not ${limit}`);
  }
}

/** One string per record; `|` is in no key. */
export const placeOf = (entity: EntityName | '', key: string): string => `${entity}|${key}`;
