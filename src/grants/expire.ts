/**
 * What happens when a grant's time comes.
 *
 * Two nets, each enough on its own:
 * - the sweep, every five minutes: what is overdue goes to the revoke queue at once; what is due
 *   within ten minutes gets a delayed event, one per quarter of a minute and shard, never one per grant;
 * - the delayed event (`slice`): ends what is due by then and arms itself again for the rest. A
 *   grant that is active for less than twenty minutes arms its own (`arm.ts`).
 * Ending itself is `due.ts` → `revoke.ts`. An idle sweep costs two queries and, in turns, one heartbeat or one search.
 */
import { StoreUnavailable } from '../forge/store-unavailable';
import type { Deps } from '../requests/deps';
import { dueSecond, epochSeconds, MINUTE } from '../shared/instant';
import { find } from '../shared/record';
import { laneOf, type Timer, timerLeft, timers } from '../shared/timer';
import { LONGEST_DELAY, SLICE_SECONDS, shardOf, sliceOf } from './arm';
import { type Due, runDue } from './due';

const LOOK_AHEAD = 10 * MINUTE;
/** "Ten minutes before the end" must not become five because the sweep comes every five. */
const NEXT_SWEEP = 5 * MINUTE;
const PAGE = 100;
/** A sweep takes at most this many pages a lane; the next one goes on. */
const MOST_PAGES = 20;
const KEYS_PER_MESSAGE = 20;

export interface Swept {
  readonly overdue: number;
  readonly armed: number;
}

export async function sweep(deps: Deps): Promise<Swept> {
  const now = epochSeconds(deps.now());
  const ending = await timersOf(deps, 'revoke', { to: now + LOOK_AHEAD });
  const near = await timersOf(deps, 'other', { to: now + NEXT_SWEEP });
  const other = near.filter((t) => at(t) <= now);
  const overdue = ending
    .filter((t) => at(t) <= now)
    .sort((a, b) => Number(b.privileged) - Number(a.privileged));
  const ahead = ending.filter((t) => at(t) > now);
  await pushDue(deps, overdue);
  await pushDue(deps, other);
  await pushLater(
    deps,
    near.filter((t) => at(t) > now && t.what === 'warn'),
    now,
  );
  const slices = new Map(ahead.map((t) => [`${sliceOf(at(t))}/${shardOf(t.objectId)}`, t]));
  await deps.queues.push(
    'revoke',
    [...slices.values()].map((t) => sliceMessage(t, earliest(ahead, t), now)),
  );
  return { overdue: overdue.length + other.length, armed: slices.size };
}

/** Says that the sweep is alive; whoever finds it old knows that nothing ends by itself any more. */
export const heartbeat = (deps: Pick<Deps, 'store' | 'now'>, swept: Swept): Promise<void> =>
  deps.store.writePlain('heartbeat', { at: deps.now(), ...swept });

const at = (t: Timer) => dueSecond(t.at as never);

/** The first due of the same slice and shard: there is nothing to do before. */
const earliest = (all: readonly Timer[], t: Timer) =>
  Math.min(
    ...all
      .filter(
        (o) => sliceOf(at(o)) === sliceOf(at(t)) && shardOf(o.objectId) === shardOf(t.objectId),
      )
      .map(at),
  );

const sliceMessage = (t: Timer, first: number, now: number) => ({
  body: { kind: 'slice', slice: sliceOf(at(t)), shard: shardOf(t.objectId) },
  delay: Math.min(Math.max(first - now, 0), LONGEST_DELAY),
});

async function timersOf(
  { store, log }: Pick<Deps, 'store' | 'log'>,
  lane: 'revoke' | 'other',
  range: { readonly from?: number; readonly to: number },
): Promise<Timer[]> {
  const due: Timer[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const {
      found,
      unreadable,
      cursor: next,
    } = await find(store, timers, {
      index: 'by-lane',
      partition: [lane],
      range,
      sort: 'ascending',
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    due.push(...found.map((held) => held.value));
    for (const one of unreadable) {
      log.error('timer.unreadable', one, { timer: one.key });
      const left = timerLeft(one.key, one.row);
      if (left) due.push(left);
    }
    if (next === undefined) break;
    cursor = next;
  }
  return due;
}

/** What is to be told at its minute. Those of one quarter of a minute share a message. */
async function pushLater(deps: Deps, soon: readonly Timer[], now: number): Promise<void> {
  const slices = new Map<number, Timer[]>();
  for (const t of soon) slices.set(sliceOf(at(t)), [...(slices.get(sliceOf(at(t))) ?? []), t]);
  const messages = [];
  for (const timersOfSlice of slices.values()) {
    for (let i = 0; i < timersOfSlice.length; i += KEYS_PER_MESSAGE) {
      const due = timersOfSlice.slice(i, i + KEYS_PER_MESSAGE);
      messages.push({
        body: {
          kind: 'due',
          due: due.map(({ kind, objectId, what, at: hour }) => ({
            kind,
            objectId,
            what,
            at: hour,
          })),
        },
        delay: Math.max(...due.map(at)) - now,
      });
    }
  }
  if (messages.length > 0) await deps.queues.push('grant', messages);
}

/** To the queue of its kind, so that nothing here can delay a revocation. */
async function pushDue(deps: Deps, due: readonly Timer[]): Promise<void> {
  for (const queue of ['revoke', 'grant', 'deliver', 'job'] as const) {
    const mine = due
      .filter((t) => queueOf(t) === queue)
      .map(({ kind, objectId, what, at: hour }) =>
        queue === 'grant' ? { kind, objectId, what, at: hour } : { kind, objectId, what },
      );
    const messages = [];
    for (let i = 0; i < mine.length; i += KEYS_PER_MESSAGE) {
      messages.push({ body: { kind: 'due', due: mine.slice(i, i + KEYS_PER_MESSAGE) } });
    }
    if (messages.length > 0) await deps.queues.push(queue, messages);
  }
}

export const queueOf = (t: Due): 'revoke' | 'deliver' | 'job' | 'grant' => {
  if (laneOf(t.what) === 'revoke') return 'revoke';
  return t.what === 'deliver' || t.what === 'job' ? t.what : 'grant';
};

/** What could not be finished, and when it is worth another try. */
export interface Again extends Due {
  readonly seconds: number;
}

/**
 * A delayed event came: ends what is due, and comes back for what is due a little later. More than one
 * function can end in good time is handed over at once, and one that fails never keeps the others.
 */
export async function runSlice(
  deps: Deps,
  slice: number,
  shard: number,
): Promise<readonly Again[]> {
  const all = await timersOf(deps, 'revoke', { from: slice, to: slice + SLICE_SECONDS - 1 });
  const mine = all.filter((t) => shardOf(t.objectId) === shard);
  const before = epochSeconds(deps.now());
  const due = mine
    .filter((t) => at(t) <= before)
    .sort((a, b) => Number(b.privileged) - Number(a.privileged));
  await pushDue(deps, due.slice(KEYS_PER_MESSAGE));
  const again: Again[] = [];
  for (const { kind, objectId, what } of due.slice(0, KEYS_PER_MESSAGE)) {
    try {
      const next = await runDue({ ...deps, channel: 'delayed' }, { kind, objectId, what });
      if (next.kind === 'later') again.push({ kind, objectId, what, seconds: next.seconds });
    } catch (cause) {
      if (cause instanceof StoreUnavailable) throw cause;
      // It keeps its timer, so the next sweep brings it again.
      deps.log.error('due.failed', cause, { what, object: objectId });
    }
  }
  const now = epochSeconds(deps.now());
  const rest = mine.filter((t) => at(t) > before);
  const first = rest[0];
  if (first) await deps.queues.push('revoke', [sliceMessage(first, earliest(rest, first), now)]);
  return again;
}
