/** The store's API: one entry per path that `@forge/kvs` posts to. */
import { z } from 'zod';
import { empty, json, type Reply } from '../../kit/routes';
import type { Entity } from '../manifest';
import { checkEntityValue, checkKey, checkValue, LIMITS, Refused, ttlMsOf } from './checks';
import { checkFilters, filtersSchema, satisfies } from './conditions';
import { queryEntity, queryPlain } from './query';
import { shownAs } from './shape';
import type { Space, Store } from './store';

const optionsSchema = z
  .object({
    ttl: z.unknown().optional(),
    keyPolicy: z.enum(['OVERRIDE', 'FAIL_IF_EXISTS']).optional(),
    returnValue: z.enum(['PREVIOUS', 'LATEST']).optional(),
    returnMetadataFields: z.array(z.string()).optional(),
    metadataFields: z.array(z.string()).optional(),
  })
  .default({});

const itemSchema = z.object({
  key: z.unknown(),
  entityName: z.string().optional(),
  value: z.unknown().optional(),
  conditions: filtersSchema.optional(),
  options: optionsSchema,
});
type Item = z.infer<typeof itemSchema>;

const transactionSchema = z.object({
  set: z.array(itemSchema).default([]),
  delete: z.array(itemSchema).default([]),
  check: z.array(itemSchema).default([]),
});

/** Units of ten KiB that an operation read and wrote; Forge's per-minute limits count these. */
export interface Cost {
  reads: number;
  writes: number;
}

const UNIT_BYTES = 10 * 1024;
const units = (value: unknown) =>
  Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(value) ?? '') / UNIT_BYTES));

export class KvsOperations {
  readonly #store: Store;
  readonly #entities: readonly Entity[];
  readonly #cost: Cost = { reads: 0, writes: 0 };

  constructor(store: Store, entities: readonly Entity[]) {
    this.#store = store;
    this.#entities = entities;
  }

  /** `path` without `/api/v1/`; undefined when there is no such operation. */
  run(path: string, body: unknown): { reply: Reply; cost: Cost } | undefined {
    const operation = this.#operation(path, body);
    if (!operation) return undefined;
    try {
      return { reply: operation(), cost: this.#cost };
    } catch (cause) {
      if (cause instanceof Refused) return { reply: cause.reply(), cost: this.#cost };
      if (cause instanceof z.ZodError) {
        return {
          reply: new Refused(400, 'INVALID_REQUEST', cause.message).reply(),
          cost: this.#cost,
        };
      }
      throw cause;
    }
  }

  #operation(path: string, body: unknown): (() => Reply) | undefined {
    const item = () => itemSchema.parse(body);
    const items = () => z.array(itemSchema).parse(body);
    switch (path) {
      case 'get':
        return () => this.#get('plain', item());
      case 'secret/get':
        return () => this.#get('secret', item());
      case 'entity/get':
        return () => this.#get(this.#space(item()), item());
      case 'set':
        return () => this.#set('plain', item());
      case 'secret/set':
        return () => this.#set('secret', item());
      case 'entity/set':
        return () => this.#set(this.#space(item()), item());
      case 'delete':
        return () => this.#delete('plain', item());
      case 'secret/delete':
        return () => this.#delete('secret', item());
      case 'entity/delete':
        return () => this.#delete(this.#space(item()), item());
      case 'query':
        return () => this.#counted(queryPlain(this.#store, body));
      case 'entity/query':
        return () => {
          const { entityName } = z.object({ entityName: z.string() }).parse(body);
          return this.#counted(queryEntity(this.#store, this.#entity(entityName), body));
        };
      case 'batch/get':
        return () => this.#batch(items(), (one) => this.#get(this.#space(one), one));
      case 'batch/set':
        return () => this.#batch(items(), (one) => this.#set(this.#space(one), plainly(one)));
      case 'batch/delete':
        return () => this.#batch(items(), (one) => this.#delete(this.#space(one), one));
      case 'transaction':
        return () => this.#transaction(body);
      default:
        return undefined;
    }
  }

  #get(space: Space, { key, options }: Item): Reply {
    checkKey(key);
    const stored = this.#store.get(space, key);
    this.#cost.reads += units(stored?.value);
    if (!stored) throw notFound(key);
    return json(200, shownAs(key, stored, options.metadataFields));
  }

  #set(space: Space, item: Item): Reply {
    this.#check(space, item);
    const key = item.key as string;
    const { ttl, keyPolicy, returnValue, returnMetadataFields } = item.options;
    const ttlMs = ttlMsOf(ttl);
    const previous = this.#store.get(space, key);
    if (keyPolicy === 'FAIL_IF_EXISTS' && previous) {
      const message = 'Provided key already exists and cannot be overwritten';
      throw new Refused(409, 'KEY_CONFLICT', message);
    }
    this.#cost.writes += units(item.value);
    const latest = this.#store.put(space, key, item.value, ttlMs);
    const asked =
      returnValue === 'PREVIOUS' ? previous : returnValue === 'LATEST' ? latest : undefined;
    return asked ? json(200, shownAs(key, asked, returnMetadataFields)) : empty(204);
  }

  #delete(space: Space, { key }: Item): Reply {
    checkKey(key);
    this.#cost.writes += 1;
    if (!this.#store.delete(space, key)) throw notFound(key);
    return empty(204);
  }

  #batch(items: Item[], run: (item: Item) => Reply): Reply {
    if (items.length > LIMITS.operations) {
      throw new Refused(400, 'TOO_MANY_BATCH_ENTITIES', 'A batch takes at most 25 keys.');
    }
    checkRequestSize(items);
    const successfulKeys: unknown[] = [];
    const failedKeys: unknown[] = [];
    for (const item of items) {
      const id = { key: item.key, ...(item.entityName && { entityName: item.entityName }) };
      try {
        const { json: body } = run(item);
        successfulKeys.push({ ...id, ...(body as object | undefined) });
      } catch (cause) {
        if (!(cause instanceof Refused)) throw cause;
        failedKeys.push({ ...id, error: { code: cause.code, message: cause.message } });
      }
    }
    return json(200, { successfulKeys, failedKeys });
  }

  #transaction(body: unknown): Reply {
    const { set, delete: remove, check } = transactionSchema.parse(body);
    const all = [...set, ...remove, ...check];
    if (all.length > LIMITS.operations) {
      const message = 'Request cannot be processed due to one or more semantic errors';
      throw new Refused(422, 'UNPROCESSABLE_ENTITY', message);
    }
    checkRequestSize(all);
    const places = new Set(all.map((item) => `${item.entityName ?? ''}\u0000${String(item.key)}`));
    if (places.size < all.length) {
      throw new Refused(400, 'KEY_DUPLICATION_ERROR', 'Duplicate key found in request');
    }
    for (const item of [...remove, ...check]) checkKey(item.key);
    for (const item of set) this.#check(this.#space(item), plainly(item));
    for (const item of all) this.#checkCondition(item);
    const ttls = set.map((item) => ttlMsOf(item.options.ttl));
    this.#cost.reads += check.length;
    set.forEach((item, i) => {
      this.#cost.writes += units(item.value);
      this.#store.put(this.#space(item), item.key as string, item.value, ttls[i]);
    });
    for (const item of remove) {
      this.#cost.writes += 1;
      this.#store.delete(this.#space(item), item.key as string);
    }
    return empty(204);
  }

  #checkCondition(item: Item): void {
    const { conditions, entityName, key } = item;
    if (!conditions) return;
    if (entityName === undefined) {
      throw new Refused(400, 'INVALID_REQUEST', 'Conditions work on entity items only.');
    }
    checkFilters(conditions, this.#entity(entityName));
    if (!satisfies(conditions, this.#store.get(this.#space(item), key as string)?.value)) {
      const message = 'Request failed due to conditional check specified or optimistic locking';
      throw new Refused(400, 'CONDITIONAL_CHECK_FAILED', message);
    }
  }

  #check(space: Space, item: Item): void {
    checkKey(item.key);
    checkValue(item.value, space === 'secret' ? LIMITS.secretBytes : LIMITS.valueBytes);
    if (item.entityName !== undefined) checkEntityValue(this.#entity(item.entityName), item.value);
  }

  #space({ entityName }: Item): Space {
    return entityName === undefined ? 'plain' : `entity:${this.#entity(entityName).name}`;
  }

  #entity(name: string): Entity {
    const entity = this.#entities.find((candidate) => candidate.name === name);
    if (entity) return entity;
    throw new Refused(404, 'SCHEMA_NOT_FOUND', 'The schema provided does not exist');
  }

  #counted(reply: Reply): Reply {
    const { data } = reply.json as { data: unknown[] };
    this.#cost.reads += Math.max(
      1,
      data.reduce<number>((sum, row) => sum + units(row), 0),
    );
    return reply;
  }
}

const notFound = (key: string) => new Refused(404, 'KEY_NOT_FOUND', `Key ${key} not found`);

/** Key policies and returned values exist for single writes only. */
function plainly(item: Item): Item {
  if (item.options.keyPolicy || item.options.returnValue) {
    throw new Refused(400, 'INVALID_REQUEST', 'A key policy is not supported here.');
  }
  return item;
}

function checkRequestSize(items: Item[]): void {
  if (Buffer.byteLength(JSON.stringify(items)) > LIMITS.requestBytes) {
    throw new Refused(413, 'MAX_SIZE', 'The request exceeds 4 MB.');
  }
}
