/**
 * When each connection was last looked at, and of whom a note (`seen:`) is kept, so that the note goes
 * when they have no access any more. Plain storage knows no list of its keys.
 */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { placeOfSeen } from './mover';

const PLACE = 'watched';
/** Ids of this many people stay well under what one value may hold. */
const AT_MOST = 4_000;

const watchedSchema = z.strictObject({
  v: z.literal(1),
  connections: z.record(z.string(), z.strictObject({ at: z.string(), parts: z.int() })),
});
const partSchema = z.strictObject({ v: z.literal(1), people: z.array(z.string()) });
type Using = Pick<Deps, 'store' | 'now'>;

const partOf = (connectionId: string, part: number) => `${PLACE}:${connectionId}:${part}`;

async function read({ store }: Pick<Deps, 'store'>) {
  return watchedSchema.safeParse(await store.readPlain(PLACE)).data?.connections ?? {};
}

export async function lastLook(deps: Using, connectionId: string): Promise<string | undefined> {
  return (await read(deps))[connectionId]?.at;
}

export async function anyWatched(deps: Pick<Deps, 'store'>): Promise<boolean> {
  return Object.keys(await read(deps)).length > 0;
}

/** `people`: who has access in it now, sorted. The notes of everybody else go. */
export async function noteLook(
  deps: Using,
  connectionId: string,
  people: readonly string[],
): Promise<void> {
  const all = await read(deps);
  const parts = all[connectionId]?.parts ?? 0;
  const before = await peopleOf(deps, connectionId, parts);
  const now = new Set(people);
  for (const personId of before)
    if (!now.has(personId)) await deps.store.removePlain(placeOfSeen({ connectionId, personId }));
  const after = Math.ceil(people.length / AT_MOST);
  if (before.join() !== people.join())
    for (let part = 0; part < Math.max(after, parts); part++) {
      const some = people.slice(part * AT_MOST, (part + 1) * AT_MOST);
      const place = partOf(connectionId, part);
      if (some.length === 0) await deps.store.removePlain(place);
      else await deps.store.writePlain(place, { v: 1, people: some });
    }
  const { [connectionId]: _, ...others } = all;
  const noted = {
    ...others,
    ...(after > 0 && { [connectionId]: { at: deps.now(), parts: after } }),
  };
  await deps.store.writePlain(PLACE, { v: 1, connections: noted });
}

/** Connections in which nobody has access any more keep no notes. */
export async function dropOthers(deps: Using, watched: ReadonlySet<string>): Promise<void> {
  for (const id of Object.keys(await read(deps)))
    if (!watched.has(id)) await noteLook(deps, id, []);
}

async function peopleOf({ store }: Using, connectionId: string, parts: number): Promise<string[]> {
  const people: string[] = [];
  for (let part = 0; part < parts; part++)
    people.push(
      ...(partSchema.safeParse(await store.readPlain(partOf(connectionId, part))).data?.people ??
        []),
    );
  return people;
}
