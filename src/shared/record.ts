/** Typed records over the store's rows: one schema per record, checked when it is read. */
import type * as z from 'zod/mini';
import type { EntityName, Query, Row, Store, Write } from '../forge/ports';

export interface RecordType<T> {
  readonly entity: EntityName;
  readonly schema: z.ZodMiniType<T>;
  key(record: T): string;
  /** Flat values for the entity's indexes; times as epoch seconds. */
  attributes(record: T): Readonly<Record<string, string | number | boolean | undefined>>;
}

/** A record with the revision that a later write must still find. */
export interface Held<T> {
  readonly value: T;
  /** 0: not stored yet. */
  readonly rev: number;
}

/** The record is there but this version of the app cannot read it. */
export class UnreadableRecord extends Error {
  readonly entity: EntityName;
  readonly key: string;
  readonly row: Row;
  constructor(entity: EntityName, key: string, row: Row, cause: unknown) {
    super(`The stored ${entity} ${key} is not in a form this version reads`, { cause });
    this.entity = entity;
    this.key = key;
    this.row = row;
  }
}

export function decode<T>(type: RecordType<T>, key: string, row: Row): Held<T> {
  const parsed = type.schema.safeParse(row.body);
  if (!parsed.success) throw new UnreadableRecord(type.entity, key, row, parsed.error);
  return { value: parsed.data, rev: row.rev };
}

export async function load<T>(
  store: Pick<Store, 'get'>,
  type: RecordType<T>,
  key: string,
): Promise<Held<T> | undefined> {
  const row = await store.get(type.entity, key);
  return row && decode(type, key, row);
}

/** `rev`: the revision read before, 0 for a new record, `'any'` to write over whatever stands. */
export function put<T>(type: RecordType<T>, record: T, rev: number | 'any'): Write {
  const row = { ...type.attributes(record), rev: rev === 'any' ? 1 : rev + 1, body: record };
  return { op: 'put', entity: type.entity, key: type.key(record), row, ifRev: rev };
}

export function remove<T>(type: RecordType<T>, record: T, rev: number | 'any'): Write {
  return { op: 'remove', entity: type.entity, key: type.key(record), ifRev: rev };
}

/** Candidates only: the index lags, so whoever acts on one loads it again by its key. */
export async function find<T>(
  store: Pick<Store, 'query'>,
  type: RecordType<T>,
  query: Omit<Query, 'entity'>,
): Promise<{ found: Held<T>[]; unreadable: UnreadableRecord[]; cursor?: string }> {
  const page = await store.query({ ...query, entity: type.entity });
  const found: Held<T>[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const { key, row } of page.rows) {
    try {
      found.push(decode(type, key, row));
    } catch (cause) {
      if (!(cause instanceof UnreadableRecord)) throw cause;
      unreadable.push(cause);
    }
  }
  return { found, unreadable, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}
