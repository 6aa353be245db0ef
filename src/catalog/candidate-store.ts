/** Candidates in the ledger. Only what changed is written, 25 at a time. */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { epochSeconds, parseInstant } from '../shared/instant';
import { decode, find, type Held, load, put, type RecordType } from '../shared/record';
import {
  type AppCandidate,
  appCandidateSchema,
  type GroupCandidate,
  groupCandidateSchema,
} from './model/candidate';

export const groupCandidates: RecordType<GroupCandidate> = {
  entity: 'group',
  schema: groupCandidateSchema,
  key: (group) => `${group.connectionId}:${group.id}`,
  attributes: (group) => ({
    connectionId: group.connectionId,
    status: group.status,
    sortName: sortable(group.name),
    checkAt: epochSeconds(parseInstant(group.changedAt)),
  }),
};

export const APP_CANDIDATE = 'app-candidate';
export const appCandidates: RecordType<AppCandidate> = {
  entity: 'config',
  schema: appCandidateSchema,
  key: (app) => `${APP_CANDIDATE}:${app.connectionId}:${app.id}`,
  attributes: (app) => ({
    kind: APP_CANDIDATE,
    status: app.status,
    // The index sorts by text: most requests first, then by name.
    sortName: `${String(999_999 - Math.min(app.requests, 999_999)).padStart(6, '0')} ${sortable(app.name)}`,
  }),
};

/** Lower case and short enough for an index. */
export const sortable = (name: string) => name.toLowerCase().slice(0, 200);

/** The last sync of a connection: what the next one goes on from, and what people are told. */
const syncStateSchema = z.strictObject({
  v: z.literal(1),
  /** What was read: another tenant's groups say nothing about this one's. */
  tenant: z.string(),
  at: z.string(),
  fullAt: z.string(),
  mark: z.optional(z.string()),
  /** When the run began that wrote this. */
  run: z.string(),
  /** Lists of what is known and not gone: which of the two sets, and how many lists. */
  known: z.strictObject({ set: z.enum(['a', 'b']), groups: z.int(), apps: z.int() }),
  groups: z.int(),
  apps: z.int(),
  counted: z.optional(
    z.strictObject({ from: z.string(), to: z.string(), issues: z.int(), newestOnly: z.boolean() }),
  ),
});
export type SyncState = z.infer<typeof syncStateSchema>;

const syncKey = (connectionId: string) => `sync:${connectionId}`;

/** `undefined`: never, or in a form of another version, which is as good as never. */
export async function readSyncState(deps: Pick<Deps, 'store'>, connectionId: string) {
  return syncStateSchema.safeParse(await deps.store.readPlain(syncKey(connectionId))).data;
}
export const writeSyncState = (
  deps: Pick<Deps, 'store'>,
  connectionId: string,
  state: SyncState,
): Promise<void> => deps.store.writePlain(syncKey(connectionId), state);

export const removeSyncState = (deps: Pick<Deps, 'store'>, connectionId: string): Promise<void> =>
  deps.store.removePlain(syncKey(connectionId));

const BATCH = 25;

/**
 * Looks at each record as it stands and writes those that `next` makes another of. A record that
 * somebody else changed in between is looked at again. Answers what was written.
 */
export async function refresh<T, S>(
  deps: Pick<Deps, 'store'>,
  type: RecordType<T>,
  items: readonly { readonly key: string; readonly seen: S }[],
  next: (before: T | undefined, seen: S) => T | undefined,
): Promise<{ before: T | undefined; after: T }[]> {
  const written: { before: T | undefined; after: T }[] = [];
  for (let i = 0; i < items.length; i += BATCH) {
    const batch = items.slice(i, i + BATCH);
    const rows = await deps.store.getMany(batch.map(({ key }) => ({ entity: type.entity, key })));
    const changed = batch.flatMap(({ key, seen }, n) => {
      const row = rows[n];
      // One that cannot be read is written anew: everything in it comes from the directory.
      const held =
        row &&
        (type.schema.safeParse(row.body).success
          ? decode(type, key, row)
          : { value: undefined, rev: row.rev });
      const after = next(held?.value, seen);
      return after === undefined
        ? []
        : [{ key, seen, before: held?.value, after, rev: held?.rev ?? 0 }];
    });
    const writes = changed.map(({ after, rev }) => put(type, after, rev));
    if ((await deps.store.transact(writes)) === 'done') {
      written.push(...changed.map(({ before, after }) => ({ before, after })));
    } else {
      for (const one of changed) written.push(...(await again(deps, type, one, next)));
    }
  }
  return written;
}

async function again<T, S>(
  deps: Pick<Deps, 'store'>,
  type: RecordType<T>,
  { key, seen }: { readonly key: string; readonly seen: S },
  next: (before: T | undefined, seen: S) => T | undefined,
): Promise<{ before: T | undefined; after: T }[]> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const held = await load(deps.store, type, key);
    const after = next(held?.value, seen);
    if (after === undefined) return [];
    if ((await deps.store.transact([put(type, after, held?.rev ?? 0)])) === 'done')
      return [{ before: held?.value, after }];
  }
  throw new Error(`${type.entity} ${key} was changed by others again and again`);
}

/** Everything in one status, from the index: who writes looks at the record again. */
export async function allIn<T>(
  deps: Pick<Deps, 'store'>,
  type: RecordType<T>,
  index: string,
  partition: readonly string[],
): Promise<Held<T>[]> {
  const all: Held<T>[] = [];
  let cursor: string | undefined;
  do {
    const page = await find(deps.store, type, {
      index,
      partition,
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    all.push(...page.found);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}
