/**
 * Delayed events for ends that are near, so that access ends within seconds of its time and not
 * only when the next sweep comes. A delayed event is a hint: whoever receives it reads again.
 */
import type { Deps } from '../requests/deps';
import { dueSecond, type Instant, MINUTE, secondsBetween } from '../shared/instant';
import type { Grant } from './model/grant';

/** An end nearer than this does not wait for a sweep to arm it. */
const ARM_AT_ONCE = 20 * MINUTE;
/** Forge's longest delay of a queue event. */
export const LONGEST_DELAY = 900;
export const SLICE_SECONDS = 15;
const SHARDS = 4;

/** Grants that are due in the same quarter of a minute share one event, spread over a few shards. */
export const sliceOf = (at: number) => Math.floor(at / SLICE_SECONDS) * SLICE_SECONDS;
export const shardOf = (grantId: string) =>
  [...grantId].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7) % SHARDS;

export async function armEnd(deps: Pick<Deps, 'queues' | 'now'>, grant: Grant): Promise<void> {
  if (grant.endsAt === null) return;
  const left = secondsBetween(deps.now(), grant.endsAt as Instant);
  if (left > ARM_AT_ONCE) return;
  const due = dueSecond(grant.endsAt as Instant);
  // Not taken by the queue: the sweep arms or runs it, so a failure here is not one of the grant.
  await deps.queues.push('revoke', [
    {
      body: { kind: 'slice', slice: sliceOf(due), shard: shardOf(grant.id) },
      delay: Math.min(Math.max(Math.ceil(left), 0), LONGEST_DELAY),
    },
  ]);
}
