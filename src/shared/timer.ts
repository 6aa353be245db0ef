/** The one due-time index for everything that has to happen at some hour. */
import * as z from 'zod/mini';
import type { Row, Write } from '../forge/ports';
import { dueSecond, type Instant, instant, parseInstant } from './instant';
import { put, type RecordType } from './record';

export const timerKind = z.enum(['grant', 'issue', 'job', 'request', 'cover']);
/**
 * warn        the person is told that the access ends soon
 * review      a break-glass use must have been reviewed
 * task        work that people do by hand is overdue
 * remind      who has not decided is reminded, later the fallback is asked as well
 * lapse       nobody decided in time
 * begin, over a cover starts or ends
 */
export const timerWhat = z.enum([
  'end',
  'verify',
  'roll-back',
  'provision',
  'revoke',
  'deliver',
  'job',
  'warn',
  'review',
  'task',
  'remind',
  'lapse',
  'begin',
  'over',
]);

/** What a timer asks for when it is due. A timer is a hint: the work reads its object again. */
export const timerSchema = z.strictObject({
  v: z.literal(1),
  kind: timerKind,
  objectId: z.string(),
  what: timerWhat,
  at: z.string(),
  privileged: z.boolean(),
});
export type Timer = z.infer<typeof timerSchema>;

export const timerKey = (t: Pick<Timer, 'kind' | 'objectId' | 'what'>) =>
  `${t.kind}:${t.objectId}:${t.what}`;
export const laneOf = (what: Timer['what']): 'revoke' | 'other' =>
  what === 'end' || what === 'revoke' || what === 'roll-back' ? 'revoke' : 'other';

export const timers: RecordType<Timer> = {
  entity: 'timer',
  schema: timerSchema,
  key: timerKey,
  attributes: (timer) => ({ lane: laneOf(timer.what), at: dueSecond(parseInstant(timer.at)) }),
};

/** Sets the timer to this hour whatever it said before: only the newest state knows. */
export const setTimer = (timer: Omit<Timer, 'v' | 'at'> & { at: Instant }): Write =>
  put(timers, { v: 1, ...timer }, 'any');
export const dropTimer = (timer: Pick<Timer, 'kind' | 'objectId' | 'what'>): Write => ({
  op: 'remove',
  entity: 'timer',
  key: timerKey(timer),
  ifRev: 'any',
});

/** A timer whose record cannot be read still says by its key what to look at, and by its index when. */
export function timerLeft(key: string, row: Row): Timer | undefined {
  const [kind, ...middle] = key.split(':');
  const what = middle.pop();
  const at = Number(row['at']);
  if (!Number.isSafeInteger(at)) return undefined;
  return timerSchema.safeParse({
    v: 1,
    kind,
    objectId: middle.join(':'),
    what,
    at: instant(at * 1000),
    privileged: false,
  }).data;
}
