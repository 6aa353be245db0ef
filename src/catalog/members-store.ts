/**
 * Who is in a governed group: ids and counts, no names. Two sets of chunks take turns, so that a
 * reading that is cut off leaves yesterday's as it was.
 */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import type { Instant } from '../shared/instant';
import { countsByDepartment } from './model/departments';
import { removePieces } from './plain-lists';

type Using = Pick<Deps, 'store'>;

/** Ids of at most forty characters: well under 200 KiB. */
export const IDS_PER_CHUNK = 4000;

const membersSchema = z.strictObject({
  v: z.literal(1),
  /** Which of the two sets is the whole one. */
  set: z.enum(['a', 'b']),
  chunks: z.int(),
  /** Chunks of the other set that may still be there. */
  leftover: z.int(),
  /** Of the ids, so that an unchanged group writes none. */
  hash: z.string(),
  people: z.int(),
  /** Groups within the group and other members that are nobody. */
  otherMembers: z.int(),
  departments: z.array(z.strictObject({ name: z.string(), people: z.int() })),
  /** In departments too small to be named, or in none. */
  others: z.int(),
  readAt: z.string(),
});
export type Members = z.infer<typeof membersSchema>;

const placeOf = (groupKey: string) => `members:${groupKey}`;
const groupsPlace = (connectionId: string) => `members-of:${connectionId}`;
const chunkOf = (groupKey: string, set: string, n: number) => `members:${groupKey}:${set}${n}`;

/** `undefined`: never read to the end. */
export async function readCounts(deps: Using, groupKey: string): Promise<Members | undefined> {
  return membersSchema.safeParse(await deps.store.readPlain(placeOf(groupKey))).data;
}

export interface Reading {
  /** Person id → department, where it is known; each person once. */
  readonly people: ReadonlyMap<string, string | undefined>;
  readonly otherMembers: number;
  readonly readAt: Instant;
}

/** Takes the place of what was known only when everything is written. Answers whether the ids changed. */
export async function keepMembers(
  deps: Using,
  groupKey: string,
  reading: Reading,
): Promise<boolean> {
  const before = await readCounts(deps, groupKey);
  const ids = [...reading.people.keys()].sort();
  const hash = hashOf(ids);
  const counts = countsByDepartment(reading.people.values());
  const rest = {
    v: 1 as const,
    hash,
    people: ids.length,
    otherMembers: reading.otherMembers,
    departments: [...counts.departments],
    others: counts.others,
    readAt: reading.readAt,
  };
  if (before) await removeChunks(deps, groupKey, other(before.set), before.leftover);
  if (before?.hash === hash) {
    const { set, chunks } = before;
    await deps.store.writePlain(placeOf(groupKey), { ...rest, set, chunks, leftover: 0 });
    return false;
  }
  const set = before ? other(before.set) : 'a';
  let chunks = 0;
  for (let i = 0; i < ids.length; i += IDS_PER_CHUNK)
    await deps.store.writePlain(chunkOf(groupKey, set, chunks++), ids.slice(i, i + IDS_PER_CHUNK));
  const leftover = before?.chunks ?? 0;
  await deps.store.writePlain(placeOf(groupKey), { ...rest, set, chunks, leftover });
  await removeChunks(deps, groupKey, other(set), leftover);
  return true;
}

/** Also what a reading wrote that never came to its end. */
export async function forgetMembers(deps: Using, groupKey: string): Promise<void> {
  const known = await readCounts(deps, groupKey);
  for (const set of ['a', 'b'] as const) {
    const counted = !known ? 0 : known.set === set ? known.chunks : known.leftover;
    await removeChunks(deps, groupKey, set, counted);
  }
  await deps.store.removePlain(placeOf(groupKey));
}

/** Groups whose members are kept, as the last night that came to its end left them. */
export async function keptGroups(deps: Using, connectionId: string): Promise<readonly string[]> {
  return (
    z.array(z.string()).safeParse(await deps.store.readPlain(groupsPlace(connectionId))).data ?? []
  );
}

export const keepGroups = (
  deps: Using,
  connectionId: string,
  groupIds: readonly string[],
): Promise<void> => deps.store.writePlain(groupsPlace(connectionId), groupIds);

export const forgetGroups = (deps: Using, connectionId: string): Promise<void> =>
  deps.store.removePlain(groupsPlace(connectionId));

const removeChunks = (deps: Using, groupKey: string, set: string, counted: number) =>
  removePieces(deps.store, (n) => chunkOf(groupKey, set, n), counted);

const other = (set: 'a' | 'b') => (set === 'a' ? 'b' : 'a');
