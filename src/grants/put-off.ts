/**
 * "Not now, later": moves the object's own timer and, when that is sooner than the next sweep, sends
 * one message that carries the timer's new hour. A message whose timer has moved on is spent, so
 * however often events, sweeps and retries meet, one object has one successor and not an avalanche.
 */
import type { Deps } from '../requests/deps';
import { type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { load } from '../shared/record';
import { setTimer, timerKey, timers } from '../shared/timer';
import type { Due } from './due';
import { queueOf } from './expire';

/** A sweep comes every five minutes; what is put off longer waits for one. */
const BEFORE_NEXT_SWEEP = 4 * MINUTE;
const SHORTEST = 5;

export async function putOff(deps: Deps, due: Due, seconds: number): Promise<void> {
  const delay = Math.max(Math.ceil(seconds), SHORTEST);
  const at: Instant = plusSeconds(deps.now(), delay);
  const { kind, objectId, what } = due;
  await deps.store.transact([setTimer({ kind, objectId, what, at, privileged: false })]);
  if (delay > BEFORE_NEXT_SWEEP) return;
  await deps.queues.push(queueOf(due), [
    { body: { kind: 'due', due: [{ kind, objectId, what, at }] }, delay },
  ]);
}

/** The timer that this message was sent for is gone or was moved: somebody else has it in hand. */
export async function isSpent(deps: Pick<Deps, 'store'>, due: Due): Promise<boolean> {
  if (due.at === undefined) return false;
  const held = await load(deps.store, timers, timerKey(due));
  return held?.value.at !== due.at;
}
