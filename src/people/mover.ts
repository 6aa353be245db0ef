/**
 * Somebody with access changed department or manager: what they have is listed for an administrator,
 * never removed. What was last seen is kept beside the ledger under `seen:`.
 */
import type { Directory, DirectoryPerson } from '../directories/directory';
import { openFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import { HOUR, type Instant, secondsBetween } from '../shared/instant';
import { readableGrants } from './access';
import { isGoneSince, type Moved, movedSince, type Seen, seenNow, seenSchema } from './model/watch';

const MANAGER_AFTER = 20 * HOUR;

export interface Watched {
  readonly connectionId: string;
  readonly personId: string;
  readonly grantIds: readonly string[];
}

export const placeOfSeen = (who: Pick<Watched, 'connectionId' | 'personId'>) =>
  `seen:${who.connectionId}:${who.personId}`;

/**
 * Answers whether it listed anything. `lastLook`: when this connection was looked at before, which is
 * later than the person's note as long as there was nothing new to note.
 */
export async function noteMove(
  deps: Deps,
  directory: Directory,
  who: Watched,
  person: DirectoryPerson,
  lastLook: string | undefined,
): Promise<boolean> {
  const now = deps.now();
  const before = seenSchema.safeParse(await deps.store.readPlain(placeOfSeen(who))).data;
  const manager = isDue(before, now) ? await directory.managerOf(person.id) : undefined;
  const reading = {
    department: person.department,
    managerId: manager?.ok ? manager.value?.id : undefined,
    managerRead: manager?.ok ?? false,
  };
  const moved = before && movedSince(before, reading);
  const listed =
    before !== undefined &&
    moved !== undefined &&
    (await list(deps, who, lastOf(before.at, lastLook), moved));
  // Last, so that a run that is cut off finds the same again.
  if (!before || moved || reading.managerRead || before.goneSince !== undefined)
    await deps.store.writePlain(placeOfSeen(who), seenNow(before, reading, now));
  return listed;
}

const isDue = (before: Seen | undefined, now: Instant) =>
  before?.managerReadAt === undefined ||
  secondsBetween(before.managerReadAt as Instant, now) > MANAGER_AFTER;

export const forget = (deps: Deps, who: Watched): Promise<void> =>
  deps.store.removePlain(placeOfSeen(who));

const lastOf = (noted: string, looked = noted): string => (looked > noted ? looked : noted);

/** The directory does not know them; answers whether that is so since an earlier look. */
export async function noteGone(deps: Deps, who: Watched): Promise<boolean> {
  const before = seenSchema.safeParse(await deps.store.readPlain(placeOfSeen(who))).data;
  const now = deps.now();
  if (isGoneSince(before, now)) return true;
  if (before?.goneSince === undefined)
    await deps.store.writePlain(placeOfSeen(who), { v: 1, at: now, ...before, goneSince: now });
  return false;
}

/** Only what they were given in the place they had before: until they were last looked at. */
async function list(deps: Deps, who: Watched, until: string, moved: Moved): Promise<boolean> {
  const held = await readableGrants(deps, who.grantIds);
  const grantIds = held
    .filter((grant) => grant.state === 'active' || grant.state === 'provisioning')
    .filter((grant) => (grant.startedAt ?? grant.decidedAt) <= until)
    .map(({ id }) => id)
    .sort();
  if (grantIds.length === 0) return false;
  const what = [moved.department && 'department', moved.manager && 'manager'].filter(Boolean);
  const opened = await openFinding(deps, {
    key: `mover:${who.connectionId}:${who.personId}`,
    kind: 'mover',
    connectionId: who.connectionId,
    personId: who.personId,
    grantIds,
    sentence: `Somebody with access has another ${what.join(' and another ')} than when it was given.`,
    nextStep: 'Look at each access and end what is not needed any more; then dismiss this.',
    facts: { ...moved },
  });
  return opened === 'opened' || opened === 'refreshed';
}
