/**
 * Looks every hour at everybody who has access, in each directory.
 *
 * 1. who has live grants is found by the index, in the connection that the grants were made in;
 * 2. they are read fifty at a time; who is missing in an answer is asked for alone;
 * 3. disabled or gone: every live grant ends now (`leaver.ts`), and what waits for approvers stops;
 * 4. another department or manager: listed for an administrator (`mover.ts`), never removed.
 * A reading that failed, or that is too odd to be true, changes nothing: the next hour looks again.
 */
import * as z from 'zod/mini';
import type { Directory, DirectoryPerson } from '../directories/directory';
import { StoreUnavailable } from '../forge/store-unavailable';
import { openFor } from '../grants/open';
import { connectionLeft, grantLeft } from '../grants/remains';
import { grants } from '../grants/store';
import type { Job, JobStep, Step } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { MINUTE, secondsBetween } from '../shared/instant';
import { find } from '../shared/record';
import type { Failure, Result } from '../shared/result';
import { endAccess, stopRequests } from './leaver';
import { standingOf, tooManyGone } from './model/watch';
import { forget, noteMove, type Watched } from './mover';

const AT_ONCE = 50;
const PAGE = 100;
const MOST_PAGES = 300;
const LONGEST_STEP = 4 * MINUTE;
/** A directory that limits calls is waited for a few times; then the next hour looks. */
const MOST_WAITS = 3;

const unreadSchema = z.strictObject({ connectionId: z.string(), why: z.string() });
const markSchema = z.strictObject({
  /** Key of the person who was looked at last. */
  after: z.string(),
  read: z.int(),
  ended: z.int(),
  stopped: z.int(),
  moved: z.int(),
  /** Connections, or people in them, that could not be looked at. */
  unread: z.array(unreadSchema),
});
type Mark = z.infer<typeof markSchema>;
const FRESH: Mark = { after: '', read: 0, ended: 0, stopped: 0, moved: 0, unread: [] };

interface Live extends Watched {
  readonly key: string;
  readonly tenant: string;
}

/** `job.about`: one connection, or `site` for all. */
export const watchPeople: JobStep = async (deps, job) => {
  const begun = deps.now();
  let mark = markSchema.safeParse(job.mark).data ?? FRESH;
  const all = await whoHasAccess(deps, job.about);
  const rest = all.filter((who) => who.key > mark.after);
  while (rest.length > 0) {
    if (secondsBetween(begun, deps.now()) > LONGEST_STEP)
      return { kind: 'more', mark, progress: progressOf(mark, all.length) };
    const connectionId = (rest[0] as Live).connectionId;
    const others = rest.findIndex((who) => who.connectionId !== connectionId);
    const batch = rest.splice(0, Math.min(AT_ONCE, others < 0 ? rest.length : others));
    const looked = await look(deps, connectionId, batch);
    if (!looked.ok) {
      const waits = looked.error.code === 'rate-limited' && job.troubles < MOST_WAITS;
      if (waits) return waitOrKeep(job, mark, looked.error, all.length);
      const left = rest.findIndex((who) => who.connectionId !== connectionId);
      rest.splice(0, left < 0 ? rest.length : left);
      mark = unreadIn(mark, connectionId, looked.error.code);
      continue;
    }
    mark = add(mark, looked.value, (batch.at(-1) as Live).key);
  }
  const { after: _, ...result } = mark;
  return { kind: 'done', progress: progressOf(mark, all.length), result };
};

/** What was done before the directory asked to wait is not done again. */
const waitOrKeep = (job: Job, mark: Mark, failure: Failure, of: number): Step =>
  JSON.stringify(job.mark ?? FRESH) === JSON.stringify(mark)
    ? { kind: 'wait', seconds: failure.retryAfter ?? MINUTE, why: failure.code }
    : { kind: 'more', mark, progress: progressOf(mark, of) };

/** Candidates by the index; whoever ends one of the grants loads it again. */
async function whoHasAccess(deps: Deps, about: string): Promise<Live[]> {
  const people = new Map<string, Live & { grantIds: string[] }>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const {
      found,
      unreadable,
      cursor: next,
    } = await find(deps.store, grants, {
      index: 'by-live',
      partition: ['yes'],
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    const left = unreadable.map((one) => grantLeft.safeParse(one.row.body).data);
    for (const grant of [...found.map((held) => held.value), ...left]) {
      if (!grant) continue;
      const { connectionId, personId, tenant, id } = grant;
      if (about !== 'site' && about !== connectionId) continue;
      const key = `${connectionId}:${personId}:${tenant}`;
      const known = people.get(key);
      if (known) known.grantIds.push(id);
      else people.set(key, { key, connectionId, personId, tenant, grantIds: [id] });
    }
    if (next === undefined) break;
    cursor = next;
  }
  return [...people.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

interface Looked {
  readonly read: number;
  readonly ended: number;
  readonly stopped: number;
  readonly moved: number;
  readonly unread: Mark['unread'];
}

async function look(
  deps: Deps,
  connectionId: string,
  batch: readonly Live[],
): Promise<Result<Looked, Failure>> {
  // As little as a removal needs: one that a newer version wrote still lets people go.
  const connection = connectionLeft(await deps.store.get('config', `connection:${connectionId}`));
  // An id means nothing in another tenant than the one it was read in.
  const mine = batch.filter((who) => who.tenant === connection?.tenant);
  const first = mine[0];
  if (!first) return { ok: true, value: nothing(connectionId, 'tenant-changed') };
  const opened = await openFor(deps, first, connection);
  if (!opened.ok) return opened;
  const directory = opened.value;
  const answer = await directory.peopleById(mine.map((who) => who.personId));
  if (!answer.ok) return answer;
  const { read, failed } = await completed(directory, mine, answer.value);
  const unread = failed.map((why) => ({ connectionId, why }));
  const gone = [...read.values()].filter((person) => person === null).length;
  if (tooManyGone(gone, mine.length)) unread.push({ connectionId, why: 'too-many-gone' });
  let [ended, stopped, moved] = [0, 0, 0];
  for (const who of mine) {
    const person = read.get(who.personId);
    if (person === undefined || (person === null && tooManyGone(gone, mine.length))) continue;
    const standing = standingOf(person);
    try {
      if (standing !== 'stays') {
        ended += await endAccess(deps, who.grantIds, standing);
        stopped += await stopRequests(deps, `${connectionId}:${who.personId}`);
        await forget(deps, who);
      } else if (person && (await noteMove(deps, directory, who, person))) moved++;
    } catch (cause) {
      if (cause instanceof StoreUnavailable) throw cause;
      // One person must not keep the app from looking at all others.
      deps.log.error('people.failed', cause, { connection: connectionId, person: who.personId });
      unread.push({ connectionId, why: 'app-error' });
    }
  }
  return { ok: true, value: { read: mine.length, ended, stopped, moved, unread } };
}

/** Who is missing among many is not proven to be gone. */
async function completed(
  directory: Directory,
  batch: readonly Live[],
  told: readonly DirectoryPerson[],
) {
  const read = new Map<string, DirectoryPerson | null>(told.map((person) => [person.id, person]));
  const failed = new Set<string>();
  for (const { personId } of batch) {
    if (read.has(personId)) continue;
    const alone = await directory.person(personId);
    if (alone.ok) read.set(personId, alone.value);
    else failed.add(alone.error.code);
  }
  return { read, failed: [...failed] };
}

const nothing = (connectionId: string, why: string): Looked => ({
  read: 0,
  ended: 0,
  stopped: 0,
  moved: 0,
  unread: [{ connectionId, why }],
});

function add(mark: Mark, looked: Looked, after: string): Mark {
  return {
    after,
    read: mark.read + looked.read,
    ended: mark.ended + looked.ended,
    stopped: mark.stopped + looked.stopped,
    moved: mark.moved + looked.moved,
    unread: once([...mark.unread, ...looked.unread]),
  };
}

const once = (unread: Mark['unread']) =>
  unread.filter(
    (one, i) =>
      i === unread.findIndex((o) => o.connectionId === one.connectionId && o.why === one.why),
  );

const unreadIn = (mark: Mark, connectionId: string, why: string): Mark => ({
  ...mark,
  // Everything of this connection sorts before this.
  after: `${connectionId}:~`,
  unread: once([...mark.unread, { connectionId, why }]),
});

const progressOf = ({ read, ended, moved }: Mark, of: number) => ({
  done: read,
  of,
  what: `${read} of ${of} people with access looked at, ${ended} accesses ended, ${moved} moves listed`,
});
