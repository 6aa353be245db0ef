/**
 * The ledger in memory, as strict as Forge's: records go in and out as JSON, writes are conditional
 * and limited, queries may lag behind. Held to the contract suite that the Forge adapter runs too.
 */
import type { EntityName, Keyed, Query, Row, Store, Write } from '../../src/forge/ports';
import { checkKey, checkQuery, checkWrites, placeOf } from '../../src/forge/store-limits';
import { StoreUnavailable } from '../../src/forge/store-unavailable';
import { type EntitySchema, manifestEntities } from './manifest-indexes';

export type Operation = 'get' | 'getMany' | 'query' | 'transact' | 'plain';
/** `lost`: it was done, and nobody heard of it. */
export type Trouble = 'unavailable' | 'lost' | undefined;

const LARGEST_VALUE = 240 * 1024;

export class MemoryStore implements Store {
  readonly counts: Record<Operation, number> = {
    get: 0,
    getMany: 0,
    query: 0,
    transact: 0,
    plain: 0,
  };
  /** Asked before every operation; a test answers with the trouble it wants. */
  trouble: (operation: Operation, writes: readonly Write[]) => Trouble = () => undefined;
  /** Runs before a transaction looks at its conditions: the place for a race. */
  beforeTransact: (writes: readonly Write[]) => Promise<void> | void = () => undefined;
  readonly #entities: readonly EntitySchema[];
  #rows = new Map<string, string>();
  #plain = new Map<string, string>();
  /** What queries see while they lag. */
  #frozen: Map<string, string> | undefined;

  constructor(entities: readonly EntitySchema[] = manifestEntities()) {
    this.#entities = entities;
  }

  /** HTTP requests that the real adapter would have made. */
  get operations(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  resetCounts(): void {
    for (const name of Object.keys(this.counts) as Operation[]) this.counts[name] = 0;
  }

  /** From now on queries see what stands now, until `catchUp`. */
  lag(): void {
    this.#frozen = new Map(this.#rows);
  }

  catchUp(): void {
    this.#frozen = undefined;
  }

  /** Everything of one entity, by key; for assertions only. */
  all(entity: EntityName): Keyed[] {
    return [...this.#rows]
      .filter(([place]) => place.startsWith(`${entity}|`))
      .map(([place, text]) => ({ key: place.slice(entity.length + 1), row: JSON.parse(text) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async get(entity: EntityName, key: string): Promise<Row | undefined> {
    checkKey(key);
    this.#begin('get');
    return this.#read(entity, key);
  }

  async getMany(
    keys: readonly { entity: EntityName; key: string }[],
  ): Promise<(Row | undefined)[]> {
    for (const { key } of keys) checkKey(key);
    const distinct = new Set(keys.map(({ entity, key }) => placeOf(entity, key))).size;
    for (let asked = 0; asked < distinct; asked += 25) this.#begin('getMany');
    return keys.map(({ entity, key }) => this.#read(entity, key));
  }

  async query(query: Query): Promise<{ rows: Keyed[]; cursor?: string }> {
    checkQuery(query);
    this.#begin('query');
    const rows = this.#matching(query);
    const start = query.cursor === undefined ? 0 : Number(query.cursor);
    const page = rows.slice(start, start + query.limit);
    const next = start + page.length;
    return { rows: page, ...(next < rows.length && { cursor: String(next) }) };
  }

  async transact(writes: readonly Write[]): Promise<'done' | 'conflict'> {
    checkWrites(writes);
    if (writes.length === 0) return 'done';
    for (const write of writes) if (write.op === 'put') this.#checkRow(write.entity, write.row);
    await this.beforeTransact(writes);
    const lost = this.#begin('transact', writes) === 'lost';
    if (!writes.every((write) => this.#holds(write))) return 'conflict';
    for (const write of writes) this.#apply(write);
    if (lost) throw new StoreUnavailable('write', 'NO_ANSWER');
    return 'done';
  }

  async readPlain(key: string): Promise<unknown> {
    checkKey(key);
    this.#begin('plain');
    const text = this.#plain.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async writePlain(key: string, value: unknown): Promise<void> {
    checkKey(key);
    if (value === undefined || value === null) throw new StoreUnavailable('write', 'INVALID_VALUE');
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > LARGEST_VALUE) throw new StoreUnavailable('write', 'MAX_SIZE');
    this.#begin('plain');
    this.#plain.set(key, text);
  }

  async removePlain(key: string): Promise<void> {
    checkKey(key);
    this.#begin('plain');
    this.#plain.delete(key);
  }

  #begin(operation: Operation, writes: readonly Write[] = []): Trouble {
    this.counts[operation]++;
    const trouble = this.trouble(operation, writes);
    if (trouble === 'unavailable') throw new StoreUnavailable(operation, 'RATE_LIMIT_EXCEEDED');
    return trouble;
  }

  #read(entity: EntityName, key: string): Row | undefined {
    const text = this.#rows.get(placeOf(entity, key));
    return text === undefined ? undefined : JSON.parse(text);
  }

  #holds({ entity, key, ifRev }: Write): boolean {
    if (ifRev === 'any') return true;
    const row = this.#read(entity, key);
    return ifRev === 0 ? row?.rev === undefined : row?.rev === ifRev;
  }

  #apply(write: Write): void {
    const place = placeOf(write.entity, write.key);
    if (write.op === 'put') this.#rows.set(place, JSON.stringify(write.row));
    if (write.op === 'remove') this.#rows.delete(place);
  }

  #checkRow(entity: EntityName, row: Row): void {
    if (Buffer.byteLength(JSON.stringify(row)) > LARGEST_VALUE) {
      throw new StoreUnavailable('write', 'MAX_SIZE');
    }
    const schema = this.#entities.find(({ name }) => name === entity);
    if (this.#entities.length > 0 && !schema) {
      throw new StoreUnavailable('write', 'SCHEMA_NOT_FOUND');
    }
    for (const [name, value] of Object.entries(row)) {
      const type = schema?.attributes[name]?.type;
      if (schema && value !== undefined && !(type && hasType(type, value))) {
        throw new StoreUnavailable(`write "${name}" of ${entity}`, 'INCORRECT_PROPERTY_TYPE');
      }
    }
  }

  #matching({ entity, index, partition, range, sort }: Query): Keyed[] {
    const schema = this.#entities.find(({ name }) => name === entity);
    const found = schema?.indexes.find(({ name }) => name === index);
    if (!found) throw new StoreUnavailable(`search ${entity} by ${index}`, 'INVALID_ENTITY_INDEX');
    if (found.partition.length !== partition.length) {
      throw new StoreUnavailable(`search ${entity} by ${index}`, 'INVALID_PARTITION');
    }
    const by = found.range[0];
    const order = ({ key, row }: Keyed) => (by === undefined ? key : row[by]) as string | number;
    const sign = sort === 'descending' ? -1 : 1;
    return [...(this.#frozen ?? this.#rows)]
      .filter(([place]) => place.startsWith(`${entity}|`))
      .map(
        ([place, text]): Keyed => ({
          key: place.slice(entity.length + 1),
          row: JSON.parse(text),
        }),
      )
      .filter(({ row }) => found.partition.every((name, i) => row[name] === partition[i]))
      .filter((keyed) => order(keyed) !== undefined && within(order(keyed), range))
      .sort((a, b) => sign * (compare(order(a), order(b)) || compare(a.key, b.key)));
  }
}

function within(value: string | number, range: Query['range']): boolean {
  const { from, to } = range ?? {};
  return (from === undefined || value >= from) && (to === undefined || value <= to);
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

function hasType(type: string, value: unknown): boolean {
  if (type === 'any') return true;
  // Forge's integers have 32 bits.
  if (type === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  return typeof value === (type === 'float' ? 'number' : type);
}
