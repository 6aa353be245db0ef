/**
 * The directory's own expiry, where it has one and an administrator switched it on: should the app be
 * down when access ends, the directory ends it an hour later by itself. Only a net under the grant:
 * when it cannot be spun, the grant goes on, and evidence and a finding say so.
 */
import type { Directory, Membership, Receipt } from '../directories/directory';
import { openFinding, resolveFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import type { Instant } from '../shared/instant';
import { type Failure, no, ok, type Result } from '../shared/result';
import type { Grant } from './model/grant';
import { comesTooEarly, type Hold, nativeEndFor } from './model/hold';

export interface NativeEnd {
  readonly groupId: string;
  /** `null`: the directory ends it no more. */
  readonly until: Instant | null;
  readonly failed?: Failure;
}

interface Kept {
  /** Absent: the membership stood and nothing was added. */
  readonly made?: Result<Receipt, Failure>;
  readonly hold: Hold;
  readonly native?: NativeEnd;
}

/** With the intent: what the directory is about to be told, so that a second run tells it the same. */
export function withNativeEnd(directory: Directory, hold: Hold): Hold {
  const wanted = directory.can.nativeExpiry ? nativeEndFor(hold) : undefined;
  return wanted && hold.nativeEnd === undefined ? { ...hold, nativeEnd: wanted } : hold;
}

/** Makes sure of one membership and that the directory does not end it before its last holder. */
export async function keepMember(
  directory: Directory,
  m: Membership,
  { hold, add, known }: { hold: Hold; add: boolean; known: string | null | undefined },
): Promise<Kept> {
  const wanted = nativeEndFor(hold);
  let made: Result<Receipt, Failure> | undefined;
  if (add) {
    const until = directory.can.nativeExpiry && wanted ? wanted : undefined;
    made = await directory.ensureMember(m, until);
    if (!made.ok && until && mayDoWithout(made.error, hold)) {
      const native = { groupId: m.group, until, failed: made.error };
      if (made.error.outcomeUnknown) return { ...(await settled(directory, m, hold)), native };
      const plain = await directory.ensureMember(m);
      if (!plain.ok) return { made: plain, hold };
      const { nativeEnd: _, ...without } = hold;
      return { made: plain, hold: without, native };
    }
    if (!made.ok) return { made, hold };
    if (until && known === undefined && made.value.outcome !== 'already-so')
      return { made, hold, native: { groupId: m.group, until } };
  }
  const answered = made && { made };
  if (known === undefined || wanted === undefined || !comesTooEarly(known, wanted))
    return { ...answered, hold };
  const moved = directory.can.nativeExpiry
    ? await directory.moveNativeEnd(m, wanted)
    : no(SWITCHED_OFF);
  const native = { groupId: m.group, until: wanted };
  return moved.ok
    ? { ...answered, hold: { ...hold, nativeEnd: wanted }, native }
    : { ...answered, hold, native: { ...native, failed: moved.error } };
}

const SWITCHED_OFF: Failure = {
  class: 'needs-human',
  code: 'forbidden',
  detail: "The connection's use of the directory's own expiry is switched off.",
};

/**
 * Nobody knows whether the call with an end was carried out. Looked at, then made sure of without one:
 * a later attempt, so that our own membership is not taken for somebody else's. The end may stand.
 */
async function settled(directory: Directory, m: Membership, hold: Hold): Promise<Kept> {
  const later = hold.op ? { ...hold, op: { ...hold.op, attempt: hold.op.attempt + 1 } } : hold;
  const seen = await directory.isMember(m);
  if (seen.ok && seen.value)
    return { made: ok({ outcome: 'already-so', status: 200 }), hold: later };
  const plain = await directory.ensureMember(m);
  if (plain.ok) return { made: plain, hold: later };
  return { made: no({ ...plain.error, outcomeUnknown: true }), hold: later };
}

/**
 * The membership itself may be fine, so an outage of the expiry alone keeps nobody waiting. Not so when
 * an end of the membership is missing, and a rate limit is waited out once.
 */
const mayDoWithout = (failure: Failure, hold: Hold) =>
  (failure.code !== 'rate-limited' || (hold.op?.attempt ?? 1) > 1) &&
  failure.code !== 'group-not-found' &&
  failure.code !== 'person-not-found';

/** For the record of the grant. */
export const nativeFacts = (ends: readonly NativeEnd[]) =>
  ends.length === 0
    ? {}
    : {
        nativeEnds: ends.map(({ groupId, until, failed }) => ({
          groupId,
          until,
          ...(failed && { failed: failed.code, requestId: failed.requestId ?? null }),
        })),
      };

export async function tellNativeEnds(
  deps: Deps,
  grant: Grant,
  ends: readonly NativeEnd[],
): Promise<void> {
  for (const { groupId, until, failed } of ends) {
    const { connectionId, personId } = grant;
    const key = `native-end-failed:${connectionId}:${groupId}:${personId}`;
    if (!failed) {
      await resolveFinding(deps, key, 'The directory took the end.');
      continue;
    }
    await openFinding(deps, {
      key,
      kind: 'native-end-failed',
      connectionId,
      groupId,
      personId,
      grantIds: [grant.id],
      sentence:
        until === null
          ? 'The directory would end a membership by itself although an access to it has no end, and did not take that back.'
          : 'The directory did not take the end of a membership. The app still ends it in time; only the net under it is missing, or would end it too early.',
      nextStep: 'Look at the membership in the directory, and run the self-test of the connection.',
      facts: { check: `directory-${failed.code}`, until },
    });
  }
}
