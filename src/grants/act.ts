/** The changes of one grant in the directory, one membership after the other, each read back. */
import type { Directory } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { type Instant, plusSeconds } from '../shared/instant';
import { type Failure, ok } from '../shared/result';
import { keepMember, type NativeEnd } from './backstop';
import type { Edge, Grant } from './model/grant';
import { type Hold, release, settleAdd } from './model/hold';

export interface Standing {
  readonly hold: Hold;
  readonly rev: number;
  readonly add: boolean;
  /** The end that the directory knew before this run. */
  readonly known: string | null | undefined;
  /** An earlier run made the change and died before it could say so. */
  readonly ownSince: Instant | undefined;
}
export interface Acted {
  readonly edges: readonly Edge[];
  readonly holds: readonly { hold: Hold; rev: number }[];
  /** What certainly was not changed: this grant holds none of it any more. */
  readonly released?: readonly { hold: Hold; rev: number }[];
  readonly startedAt: Instant;
  readonly endsAt: Instant | null;
  readonly verified: boolean;
  readonly native: readonly NativeEnd[];
  readonly failure?: Failure;
  /** The group whose change failed. */
  readonly failedAt?: string;
}

/** Stops at the first that fails. */
export async function act(
  deps: Deps,
  directory: Directory,
  grant: Grant,
  standing: readonly Standing[],
): Promise<Acted> {
  const edges: Edge[] = [];
  const settled: { hold: Hold; rev: number }[] = [];
  let startedAt = grant.startedAt as Instant | undefined;
  let verified = true;
  const native: NativeEnd[] = [];
  const end = (start: Instant) =>
    grant.duration === null ? null : plusSeconds(start, grant.duration);
  for (const [i, edge] of grant.edges.entries()) {
    const { rev, ownSince, ...stands } = standing[i] as Standing;
    // The end counts from the first change: never later than it can have been made.
    startedAt ??= ownSince;
    const membership = { group: edge.groupId, person: grant.personId };
    const { made, hold, native: ends } = await keepMember(directory, membership, stands);
    if (ends) native.push(ends);
    const now = deps.now();
    if (made && !made.ok)
      return {
        ...unchanged(grant, standing, { edges, from: made.error.outcomeUnknown ? i + 1 : i, now }),
        holds: settled,
        startedAt: startedAt ?? now,
        endsAt: end(startedAt ?? now),
        verified,
        native,
        failure: made.error,
        failedAt: edge.groupName,
      };
    startedAt ??= now;
    const seen = made ? await directory.isMember(membership) : ok(true);
    const visible = seen.ok && seen.value;
    if (seen.ok && !visible && !directory.can.readsLag) {
      const failure: Failure = {
        class: 'retryable',
        code: 'bad-answer',
        detail: `The directory accepted the change to ${edge.groupName} but does not show it.`,
        retryAfter: 60,
      };
      return {
        ...unchanged(grant, standing, { edges, from: i + 1, now }),
        holds: settled,
        startedAt,
        endsAt: end(startedAt),
        verified,
        native,
        failure,
      };
    }
    if (!visible) verified = false;
    const alreadySo = made?.value.outcome === 'already-so';
    const next = settleAdd(hold, { grantId: grant.id, endsAt: end(startedAt), alreadySo, now });
    settled.push({ hold: next, rev });
    edges.push({
      ...edge,
      state: 'held',
      found:
        next.origin === 'absent'
          ? 'not-member'
          : next.origin === 'uncertain'
            ? 'uncertain'
            : 'member',
      ...(visible && { verifiedAt: now }),
      ...(made && {
        status: made.value.status,
        ...(made.value.requestId && { requestId: made.value.requestId }),
      }),
    });
  }
  const start = startedAt ?? deps.now();
  return { edges, holds: settled, startedAt: start, endsAt: end(start), verified, native };
}

/** The memberships from there on were not made, unless an earlier run made them without telling. */
function unchanged(
  grant: Grant,
  standing: readonly Standing[],
  { edges, from, now }: { edges: readonly Edge[]; from: number; now: Instant },
): { edges: Edge[]; released: { hold: Hold; rev: number }[] } {
  const released: { hold: Hold; rev: number }[] = [];
  const rest = grant.edges.slice(edges.length).map((edge, n): Edge => {
    const at = standing[edges.length + n];
    const free = edges.length + n >= from && at && release(at.hold, grant.id, now);
    if (!free) return edge;
    released.push({ hold: free, rev: at.rev });
    return { groupId: edge.groupId, groupName: edge.groupName, state: 'to-do' };
  });
  return { edges: [...edges, ...rest], released };
}
