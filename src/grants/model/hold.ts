/**
 * The hold: the one record per membership, keyed by connection, group and person. It counts who
 * still needs the membership and remembers whether it was there before us, so that two grants
 * never decide from a query and nothing is removed that we did not add.
 *
 * `origin` is read once, when the hold opens without holders, and inherited by every later holder.
 */
import * as z from 'zod/mini';
import { HOUR, type Instant, later, plusSeconds, secondsBetween } from '../../shared/instant';

export const holdSchema = z.strictObject({
  v: z.literal(1),
  connectionId: z.string(),
  groupId: z.string(),
  personId: z.string(),
  /** `uncertain` is treated as pre-existing and listed for an administrator. */
  origin: z.enum(['absent', 'pre-existing', 'uncertain']),
  holders: z.array(z.strictObject({ grantId: z.string(), endsAt: z.nullable(z.string()) })),
  /** A change in flight: written before the directory is called, cleared when it is proven. */
  op: z.optional(
    z.strictObject({
      kind: z.enum(['add', 'remove']),
      grantId: z.string(),
      /** Rises before each further call: only the first answer "already so" says anything about origin. */
      attempt: z.int().check(z.positive()),
      since: z.string(),
      /** An add was in flight when this removal began: the run that makes it may not know yet. */
      overtook: z.optional(z.literal(true)),
    }),
  ),
  /** Our own first accepted add. */
  addedAt: z.optional(z.string()),
  /** When the directory ends the membership by itself; `null`: it was told not to. Absent: it knows none. */
  nativeEnd: z.optional(z.nullable(z.string())),
  changedAt: z.string(),
});
export type Hold = z.infer<typeof holdSchema>;
export type Origin = Hold['origin'];

export const holdKey = (h: Pick<Hold, 'connectionId' | 'groupId' | 'personId'>) =>
  `${h.connectionId}:${h.groupId}:${h.personId}`;

export interface Joining {
  readonly connectionId: string;
  readonly groupId: string;
  readonly personId: string;
  readonly grantId: string;
  readonly endsAt: Instant | null;
  /** What the directory showed just now. */
  readonly found: 'member' | 'not-member' | 'uncertain';
  readonly now: Instant;
}

export type Join =
  /** A removal is in flight: wait until it is proven, then join. */
  | { readonly do: 'wait' }
  /** The membership stands; nothing is changed in the directory. */
  | { readonly do: 'nothing'; readonly hold: Hold }
  | { readonly do: 'add'; readonly hold: Hold };

export function join(hold: Hold | undefined, j: Joining): Join {
  if (hold?.op?.kind === 'remove') return { do: 'wait' };
  const opens = hold === undefined || (hold.holders.length === 0 && hold.op === undefined);
  const origin: Origin = opens ? originFrom(j.found) : hold.origin;
  const others = opens ? [] : hold.holders.filter((h) => h.grantId !== j.grantId);
  const addedAt = opens ? undefined : hold.addedAt;
  const nativeEnd = opens ? undefined : hold.nativeEnd;
  const next: Hold = {
    v: 1,
    connectionId: j.connectionId,
    groupId: j.groupId,
    personId: j.personId,
    origin,
    holders: [...others, { grantId: j.grantId, endsAt: j.endsAt }],
    ...(addedAt !== undefined && { addedAt }),
    ...(nativeEnd !== undefined && { nativeEnd }),
    changedAt: j.now,
  };
  // Another grant's add in flight is not proof: this grant makes sure for itself, which is harmless.
  const mustAdd = j.found !== 'member' || hold?.op?.kind === 'add';
  if (!mustAdd) return { do: 'nothing', hold: next };
  // Whoever tried before may have made the change without learning of it, so attempts are counted
  // for the membership and not for each grant.
  const op = {
    kind: 'add' as const,
    grantId: j.grantId,
    attempt: (hold?.op?.attempt ?? 0) + 1,
    since: hold?.op?.grantId === j.grantId ? hold.op.since : j.now,
  };
  return { do: 'add', hold: { ...next, op } };
}

function originFrom(found: Joining['found']): Origin {
  return found === 'member' ? 'pre-existing' : found === 'not-member' ? 'absent' : 'uncertain';
}

/**
 * The add was answered, or the membership was there: the holder's final end is written.
 * `alreadySo`: the directory said that the person was a member before this call. On our very first
 * attempt that means somebody else was quicker than our own reading; on a later one it may be our
 * own change whose answer was lost, so it says nothing.
 */
export function settleAdd(
  hold: Hold,
  done: { grantId: string; endsAt: Instant | null; alreadySo: boolean; now: Instant },
): Hold {
  const { op, nativeEnd, ...rest } = hold;
  const mine = op === undefined || (op.kind === 'add' && op.grantId === done.grantId);
  const quicker = done.alreadySo && mine && op?.attempt === 1 && hold.addedAt === undefined;
  return {
    ...rest,
    ...(quicker && hold.origin === 'absent' && { origin: 'pre-existing' as const }),
    ...(nativeEnd !== undefined && !quicker && { nativeEnd }),
    ...(!mine && { op }),
    holders: hold.holders.map((h) =>
      h.grantId === done.grantId ? { grantId: done.grantId, endsAt: done.endsAt } : h,
    ),
    ...(op && mine && !quicker && { addedAt: hold.addedAt ?? done.now }),
    changedAt: done.now,
  };
}

/**
 * The directory refused the add for sure, or was not asked: this grant holds nothing, and the next try
 * reads afresh whose the membership is by then. Nothing when an earlier try may have made it.
 */
export function release(hold: Hold, grantId: string, now: Instant): Hold | undefined {
  const { op, ...rest } = hold;
  const untouched = op?.kind === 'add' && op.grantId === grantId && op.attempt === 1;
  if (!untouched || hold.addedAt !== undefined) return undefined;
  return { ...rest, holders: hold.holders.filter((h) => h.grantId !== grantId), changedAt: now };
}

export type Leave =
  /** Others still need it, or it was there before us: only the record changes. */
  | {
      readonly do: 'leave';
      readonly why: 'other-holders' | 'not-ours' | 'not-held';
      readonly hold: Hold | undefined;
    }
  /** The last holder leaves a membership that we made. */
  | { readonly do: 'remove'; readonly hold: Hold };

export function leave(hold: Hold | undefined, grantId: string, now: Instant): Leave {
  if (hold === undefined) return { do: 'leave', why: 'not-held', hold: undefined };
  if (hold.op?.kind === 'remove' && hold.op.grantId === grantId) {
    const op = { ...hold.op, attempt: hold.op.attempt + 1 };
    return { do: 'remove', hold: { ...hold, op, changedAt: now } };
  }
  if (!hold.holders.some((h) => h.grantId === grantId)) {
    return { do: 'leave', why: 'not-held', hold };
  }
  const holders = hold.holders.filter((h) => h.grantId !== grantId);
  const { op: _, ...rest } = hold;
  if (holders.length > 0) {
    // An add in flight stays on record, whoever began it: its change may have been made.
    return { do: 'leave', why: 'other-holders', hold: { ...hold, holders, changedAt: now } };
  }
  if (hold.origin !== 'absent') {
    return { do: 'leave', why: 'not-ours', hold: { ...rest, holders, changedAt: now } };
  }
  const overtook = hold.op?.kind === 'add' && { overtook: true as const };
  return {
    do: 'remove',
    hold: {
      ...rest,
      holders,
      op: { kind: 'remove', grantId, attempt: 1, since: now, ...overtook },
      changedAt: now,
    },
  };
}

/** A hold without holders and without a change in flight says nothing any more. */
export const isSpent = (hold: Hold): boolean => hold.holders.length === 0 && hold.op === undefined;

/** So much later than ours the directory may end a membership: by then the app was down. Seconds. */
const NATIVE_GRACE = HOUR;

/**
 * When the directory itself should end this membership: after the last of its holders; `null` when one
 * of them has no end. Nothing for a membership that we did not make.
 */
export function nativeEndFor(hold: Hold): Instant | null | undefined {
  if (hold.origin !== 'absent') return undefined;
  const ends = hold.holders.map((h) => h.endsAt as Instant | null);
  const known = ends.filter((end) => end !== null);
  if (known.length < ends.length) return null;
  return known.length === 0 ? undefined : plusSeconds(known.reduce(later), NATIVE_GRACE);
}

/** The end that the directory knows would come too early for one of the holders. */
export function comesTooEarly(known: string | null, wanted: Instant | null): boolean {
  if (known === null) return false;
  return wanted === null || secondsBetween(known as Instant, wanted) > NATIVE_GRACE / 2;
}
