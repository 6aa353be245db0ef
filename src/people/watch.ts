/**
 * Looks every hour at everybody who has access, in each directory.
 *
 * 1. who has live grants is found by the index, in the connection that the grants were made in;
 * 2. they are read fifty at a time; who is missing in an answer is asked for alone;
 * 3. disabled: every live grant ends now (`leaver.ts`), and what waits for approvers stops; gone: the
 *    same once two looks have said so, unless the directory misses too many of a connection at once;
 * 4. another department or manager: listed for an administrator (`mover.ts`), never removed.
 * A reading that failed, or that is too odd to be true, changes nothing: the next hour looks again, and
 * a finding of the connection says that leavers could not be seen (`unseen.ts`).
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
import { type Failure, ok, type Result } from '../shared/result';
import { endAccess, stopRequests } from './leaver';
import { standingOf, tooManyGone } from './model/watch';
import { forget, noteGone, noteMove, type Watched } from './mover';
import { TOO_MANY, tellUnseen } from './unseen';
import { dropOthers, lastLook, noteLook } from './watched';

const AT_ONCE = 50;
const PAGE = 100;
const MOST_PAGES = 300;
const LONGEST_STEP = 4 * MINUTE;
/** A directory that limits calls is waited for a few times; then the next hour looks. */
const MOST_WAITS = 3;
const MOST_GONE = 1_000;

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
  /** The connection that is being looked at. */
  here: z.optional(
    z.strictObject({
      connectionId: z.string(),
      lastLook: z.optional(z.string()),
      /** Of how many the directory has told whether it knows them, and how many it does not. */
      asked: z.int(),
      missed: z.int(),
      /** Keys of those whom it does not know; what is more waits for the next look. */
      gone: z.array(z.string()),
    }),
  ),
  /** So many people an administrator has said to be gone. */
  confirmed: z.optional(z.int()),
});
type Mark = z.infer<typeof markSchema>;
type Here = NonNullable<Mark['here']>;
const startSchema = z.object({ confirmed: z.int() });
const FRESH: Mark = { after: '', read: 0, ended: 0, stopped: 0, moved: 0, unread: [] };

interface Live extends Watched {
  readonly key: string;
  readonly tenant: string;
}

/** `job.about`: one connection, or `site` for all. */
export const watchPeople: JobStep = async (deps, job) => {
  const begun = deps.now();
  const isLong = () => secondsBetween(begun, deps.now()) > LONGEST_STEP;
  let mark = markOf(job);
  const all = await whoHasAccess(deps, job.about);
  const rest = all.filter((who) => who.key > mark.after);
  for (;;) {
    const connectionId = rest[0]?.connectionId;
    if (mark.here && mark.here.connectionId !== connectionId) {
      mark = await settle(deps, mark, mark.here, all, isLong);
      if (mark.here) return { kind: 'more', mark, progress: progressOf(mark, all.length) };
      continue;
    }
    if (connectionId === undefined) break;
    if (isLong()) return { kind: 'more', mark, progress: progressOf(mark, all.length) };
    const here: Here = mark.here ?? {
      connectionId,
      lastLook: await lastLook(deps, connectionId),
      asked: 0,
      missed: 0,
      gone: [],
    };
    const others = rest.findIndex((who) => who.connectionId !== connectionId);
    const batch = rest.splice(0, Math.min(AT_ONCE, others < 0 ? rest.length : others));
    const looked = await look(deps, here, batch);
    if (!looked.ok) {
      const waits = looked.error.code === 'rate-limited' && job.troubles < MOST_WAITS;
      if (waits) return waitOrKeep(job, mark, looked.error, all.length);
      const left = rest.findIndex((who) => who.connectionId !== connectionId);
      rest.splice(0, left < 0 ? rest.length : left);
      mark = {
        ...unreadIn(mark, connectionId, looked.error.code),
        here: { ...here, asked: 0, missed: 0, gone: [] },
      };
      continue;
    }
    mark = add(mark, here, looked.value, (batch.at(-1) as Live).key);
  }
  if (job.about === 'site') await dropOthers(deps, new Set(all.map((who) => who.connectionId)));
  const { after: _, here: __, confirmed: ___, ...result } = mark;
  return { kind: 'done', progress: progressOf(mark, all.length), result };
};

function markOf(job: Job): Mark {
  const begun = startSchema.safeParse(job.mark).data;
  return (
    markSchema.safeParse(job.mark).data ?? {
      ...FRESH,
      ...(begun && { confirmed: begun.confirmed }),
    }
  );
}

/** Everybody of a connection was asked for: now it can be told whether those who are gone are. */
async function settle(
  deps: Deps,
  mark: Mark,
  here: Here,
  all: readonly Live[],
  isLong: () => boolean,
): Promise<Mark> {
  const { connectionId, missed: gone, asked } = here;
  let now = mark;
  if (gone > 0 && tooManyGone(gone, asked, mark.confirmed))
    now = { ...now, unread: once([...now.unread, { connectionId, why: TOO_MANY }]) };
  else
    for (const [i, key] of here.gone.entries()) {
      if (isLong()) return { ...now, here: { ...here, gone: here.gone.slice(i) } };
      const who = all.find((one) => one.key === key);
      if (who) now = await letGo(deps, now, who);
    }
  const why = now.unread.filter((one) => one.connectionId === connectionId).map((one) => one.why);
  await tellUnseen(deps, connectionId, why, { gone, of: asked });
  const people = all.filter((one) => one.connectionId === connectionId);
  if (asked > 0)
    await noteLook(deps, connectionId, [...new Set(people.map((one) => one.personId))]);
  const { here: _, ...after } = now;
  return after;
}

async function letGo(deps: Deps, mark: Mark, who: Live): Promise<Mark> {
  const { connectionId, personId } = who;
  try {
    if (!(await noteGone(deps, who)) && mark.confirmed === undefined) return mark;
    const ended = await endAccess(deps, who.grantIds, 'person-gone');
    const stopped = await stopRequests(deps, `${connectionId}:${personId}`);
    await forget(deps, who);
    return { ...mark, ended: mark.ended + ended, stopped: mark.stopped + stopped };
  } catch (cause) {
    return { ...mark, unread: once([...mark.unread, trouble(deps, who, cause)]) };
  }
}

/** One person must not keep the app from looking at all others. */
function trouble(deps: Deps, { connectionId, personId }: Watched, cause: unknown) {
  if (cause instanceof StoreUnavailable) throw cause;
  deps.log.error('people.failed', cause, { connection: connectionId, person: personId });
  return { connectionId, why: 'app-error' };
}

/** What was done before the directory asked to wait is not done again. */
const waitOrKeep = (job: Job, mark: Mark, failure: Failure, of: number): Step =>
  JSON.stringify(markOf(job)) === JSON.stringify(mark)
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
  readonly asked: number;
  /** Keys of those whom the directory does not know. */
  readonly gone: readonly string[];
  readonly ended: number;
  readonly stopped: number;
  readonly moved: number;
  readonly unread: Mark['unread'];
}

async function look(
  deps: Deps,
  { connectionId, lastLook: before }: Here,
  batch: readonly Live[],
): Promise<Result<Looked, Failure>> {
  // As little as a removal needs: one that a newer version wrote still lets people go.
  const connection = connectionLeft(await deps.store.get('config', `connection:${connectionId}`));
  // An id means nothing in another tenant than the one it was read in.
  const mine = batch.filter((who) => who.tenant === connection?.tenant);
  const unread: Mark['unread'] = [];
  if (mine.length < batch.length) unread.push({ connectionId, why: 'tenant-changed' });
  const first = mine[0];
  if (!first) return ok({ read: 0, asked: 0, gone: [], ended: 0, stopped: 0, moved: 0, unread });
  const opened = await openFor(deps, first, connection);
  if (!opened.ok) return opened;
  const directory = opened.value;
  const answer = await directory.peopleById(mine.map((who) => who.personId));
  if (!answer.ok) return answer;
  const { read, failed } = await completed(directory, mine, answer.value);
  unread.push(...failed.map((why) => ({ connectionId, why })));
  const gone: string[] = [];
  let [asked, ended, stopped, moved] = [0, 0, 0, 0];
  for (const who of mine) {
    const person = read.get(who.personId);
    if (person === undefined) continue;
    asked++;
    const standing = standingOf(person);
    try {
      if (person === null) gone.push(who.key);
      else if (standing === 'stays') {
        if (await noteMove(deps, directory, who, person, before)) moved++;
      } else {
        ended += await endAccess(deps, who.grantIds, standing);
        stopped += await stopRequests(deps, `${connectionId}:${who.personId}`);
        await forget(deps, who);
      }
    } catch (cause) {
      unread.push(trouble(deps, who, cause));
    }
  }
  return ok({ read: mine.length, asked, gone, ended, stopped, moved, unread });
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

function add(mark: Mark, here: Here, looked: Looked, after: string): Mark {
  return {
    ...mark,
    here: {
      ...here,
      asked: here.asked + looked.asked,
      missed: here.missed + looked.gone.length,
      gone: [...here.gone, ...looked.gone].slice(0, MOST_GONE),
    },
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
