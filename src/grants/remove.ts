/** One membership on its way out: the removal, and the proof of its absence by reading. */
import type { Directory } from '../directories/directory';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import type { Failure } from '../shared/result';
import type { Edge } from './model/grant';
import type { Hold } from './model/hold';

/** An own add this fresh may still be on its way to the copy that answered "absent". */
const FRESH_ADD = 10 * MINUTE;
const SECOND_READ = MINUTE;
/** A provisioning run that was overtaken may still be adding; its function lives no longer than this. */
const OVERTAKEN_RUN = 150;

export interface OneRemoved {
  readonly edge: Edge;
  readonly failure?: Failure;
  readonly wait?: number;
}

export interface Removing {
  readonly directory: Directory;
  readonly now: () => Instant;
  /** Their id in the directory. */
  readonly person: string;
}

export async function removeOne(removing: Removing, edge: Edge, hold: Hold): Promise<OneRemoved> {
  const { directory, person } = removing;
  const membership = { group: edge.groupId, person };
  const asked = await directory.ensureNotMember(membership);
  if (!asked.ok) return refused(removing, { edge, hold, failure: asked.error });
  const { outcome, requestId, status } = asked.value;
  const now = removing.now();
  const answered: Edge = { ...edge, status, ...(requestId !== undefined && { requestId }) };
  const mayReturn = directory.can.restoresDeleted && { mayReturn: true as const };
  if (outcome === 'person-gone')
    return { edge: { ...answered, state: 'gone', verifiedAt: now, ...mayReturn } };
  if (outcome === 'group-gone') return { edge: { ...answered, state: 'gone', verifiedAt: now } };
  const seen = await directory.isMember(membership);
  if (!seen.ok) {
    if (seen.error.code === 'person-not-found')
      return { edge: { ...answered, state: 'gone', verifiedAt: now, ...mayReturn } };
    if (seen.error.code === 'group-not-found')
      return { edge: { ...answered, state: 'gone', verifiedAt: now } };
    return { edge: answered, failure: seen.error };
  }
  if (seen.value) {
    const { verifiedAt: _, ...still } = answered;
    return { edge: still, wait: directory.can.readsLag ? SECOND_READ : 30 };
  }
  return absent(answered, hold, now);
}

function absent(edge: Edge, hold: Hold, now: Instant): OneRemoved {
  const needed = secondReadAt(edge, hold, now);
  if (needed !== undefined)
    return { edge: { ...edge, verifiedAt: edge.verifiedAt ?? now }, wait: needed };
  return { edge: { ...edge, state: 'gone', verifiedAt: now } };
}

/**
 * A refusal leaves the membership where it is, but there may be none: the credential that may not
 * remove could not add either, and somebody else may have removed it. Reading tells.
 */
async function refused(
  { directory, now, person }: Removing,
  { edge, hold, failure }: { edge: Edge; hold: Hold; failure: Failure },
): Promise<OneRemoved> {
  if (failure.class === 'retryable') return { edge, failure };
  const seen = await directory.isMember({ group: edge.groupId, person });
  if (!seen.ok || seen.value) return { edge, failure };
  return absent(edge, hold, now());
}

/** Seconds until the absence may be believed, or nothing when it may be now. */
function secondReadAt(edge: Edge, hold: Hold, now: Instant): number | undefined {
  const added = hold.addedAt as Instant | undefined;
  const since = hold.op?.since as Instant;
  // No accepted add is on record, or one more was in flight: a run that was overtaken may still be at it.
  const late = added === undefined || hold.op?.overtook === true;
  const until = late ? plusSeconds(since, OVERTAKEN_RUN) : undefined;
  if (until !== undefined && now < until) return Math.ceil(secondsBetween(now, until));
  if (added === undefined || secondsBetween(added, since) > FRESH_ADD) return undefined;
  const first = edge.verifiedAt as Instant | undefined;
  if (first === undefined) return SECOND_READ;
  const left = SECOND_READ - secondsBetween(first, now);
  return left > 0 ? Math.ceil(left) : undefined;
}
