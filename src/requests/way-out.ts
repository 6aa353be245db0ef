/**
 * How the issue of a request that is over leaves the workflow: to the first of these statuses that can be
 * reached. No way leads there from a running approval; "needs attention" is the app's way out.
 */
import type { Binding } from '../catalog/model/settings';
import type { Telling } from '../evidence/record';

export type Over = 'withdrawn' | 'declined' | 'ended';

export function wayOut(
  statuses: Binding['statuses'] | undefined,
  order: readonly Over[],
  property: Record<string, unknown>,
): Pick<Telling, 'move' | 'property'> {
  const toStatusIds = order.map((name) => statuses?.[name]).filter((id) => id !== undefined);
  const via = statuses?.attention;
  return toStatusIds.length > 0
    ? { move: { toStatusIds, ...(via && { viaStatusId: via }), property } }
    : { property };
}
