/** The ledger on Forge: custom entities for records, plain keys for what needs no index. */
import {
  Filter,
  FilterConditions,
  ForgeKvsAPIError,
  kvs,
  Sort,
  type Result as Stored,
  WhereConditions,
} from '@forge/kvs';
import type { EntityName, Query, Row, Store, Write } from './ports';
import { checkKey, checkQuery, checkWrites, MOST_KEYS, placeOf } from './store-limits';
import { StoreUnavailable } from './store-unavailable';

type Key = { readonly entity: EntityName; readonly key: string };

export const forgeStore: Store = {
  async get(entity, key) {
    checkKey(key);
    return asked('read', () => kvs.entity<Row>(entity).get(key));
  },

  async getMany(keys) {
    for (const { key } of keys) checkKey(key);
    const rows = new Map<string, Row>();
    for (const some of chunks(distinct(keys), MOST_KEYS)) await readInto(rows, some);
    return keys.map(({ entity, key }) => rows.get(placeOf(entity, key)));
  },

  async query(query) {
    checkQuery(query);
    const { results, nextCursor } = await asked('search', () => builderOf(query).getMany());
    const rows = results.map(({ key, value }: Stored<Row>) => ({ key, row: value }));
    return { rows, ...(nextCursor !== undefined && { cursor: nextCursor }) };
  },

  async transact(writes) {
    checkWrites(writes);
    if (writes.length === 0) return 'done';
    const transaction = kvs.transact();
    for (const write of writes) add(transaction, write);
    try {
      await transaction.execute();
      return 'done';
    } catch (cause) {
      if (isConflict(cause)) return 'conflict';
      throw unavailable('write', cause);
    }
  },

  async readPlain(key) {
    checkKey(key);
    return asked('read', () => kvs.get<unknown>(key));
  },

  async writePlain(key, value) {
    checkKey(key);
    await asked('write', () => kvs.set(key, value));
  },

  async removePlain(key) {
    checkKey(key);
    await asked('remove', () => kvs.delete(key));
  },
};

function add(transaction: ReturnType<typeof kvs.transact>, write: Write): void {
  const { entity: entityName, key, ifRev } = write;
  const conditions = ifRev === 'any' ? undefined : revisionIs(ifRev);
  const entity = { entityName, ...(conditions && { conditions }) };
  if (write.op === 'put') transaction.set(key, write.row, entity);
  else if (write.op === 'remove') transaction.delete(key, entity);
  else transaction.check(key, { entityName, conditions: revisionIs(write.ifRev) });
}

function revisionIs(rev: number) {
  const condition = rev === 0 ? FilterConditions.notExists() : FilterConditions.equalTo(rev);
  return new Filter<Row>().and('rev', condition);
}

/** A lost race: a condition that no longer holds, or Forge's own optimistic locking. */
function isConflict(cause: unknown): boolean {
  return (
    cause instanceof ForgeKvsAPIError &&
    (cause.code === 'CONDITIONAL_CHECK_FAILED' || cause.responseDetails.status === 409)
  );
}

function builderOf({ entity, index, partition, range, sort, limit, cursor }: Query) {
  const builder = kvs
    .entity<Row>(entity)
    .query()
    .index(index, partition.length > 0 ? { partition: [...partition] } : undefined)
    .sort(sort === 'descending' ? Sort.DESC : Sort.ASC)
    .limit(limit);
  const { from, to } = range ?? {};
  if (from !== undefined && to !== undefined) {
    builder.where(
      typeof from === 'number' && typeof to === 'number'
        ? WhereConditions.between(from, to)
        : WhereConditions.between(String(from), String(to)),
    );
  } else if (from !== undefined) builder.where(WhereConditions.greaterThanEqualTo(from));
  else if (to !== undefined) builder.where(WhereConditions.lessThanEqualTo(to));
  if (cursor !== undefined) builder.cursor(cursor);
  return builder;
}

/**
 * A key that the answer does not mention at all is not absent, it is unknown: reading it as absent
 * would open a second hold for a membership that has one.
 */
async function readInto(rows: Map<string, Row>, keys: readonly Key[]): Promise<void> {
  const items = keys.map(({ entity, key }) => ({ entityName: entity, key }));
  const answer = await asked('read', () => kvs.batchGet<Row>(items));
  const unanswered = new Set(keys.map(({ entity, key }) => placeOf(entity, key)));
  for (const { entityName, key, value } of answer.successfulKeys) {
    const place = placeOf(entityName as EntityName, key);
    rows.set(place, value);
    unanswered.delete(place);
  }
  for (const { entityName, key, error } of answer.failedKeys) {
    if (error.code !== 'KEY_NOT_FOUND') throw new StoreUnavailable('read', error.code);
    unanswered.delete(placeOf(entityName as EntityName, key));
  }
  if (unanswered.size > 0) throw new StoreUnavailable('read', 'UNANSWERED_KEY');
}

function distinct(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((k) => [placeOf(k.entity, k.key), k])).values()];
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

async function asked<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw unavailable(operation, cause);
  }
}

function unavailable(operation: string, cause: unknown): StoreUnavailable {
  const code = cause instanceof ForgeKvsAPIError ? cause.code : 'NO_ANSWER';
  return new StoreUnavailable(operation, code, cause);
}
