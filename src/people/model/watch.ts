/** What a fresh reading of a person means for the access that they have. */
import * as z from 'zod/mini';
import { type Instant, MINUTE, secondsBetween } from '../../shared/instant';

/** What was last seen of somebody with access; ids and the department's name, nobody's name. */
export const seenSchema = z.strictObject({
  v: z.literal(1),
  department: z.optional(z.string()),
  managerId: z.optional(z.string()),
  /** Managers take a call each, so they are read once a day. */
  managerReadAt: z.optional(z.string()),
  at: z.string(),
  /** The directory did not know them from then on; what it says once more in the next look is so. */
  goneSince: z.optional(z.string()),
});
export type Seen = z.infer<typeof seenSchema>;

interface Reading {
  readonly department?: string | undefined;
  readonly managerId?: string | undefined;
}

export type Standing = 'stays' | 'person-disabled' | 'person-gone';

/** `null`: asked for alone, and the directory has no such person. */
export function standingOf(person: { readonly status: string } | null): Standing {
  if (person === null) return 'person-gone';
  const out = person.status === 'suspended' || person.status === 'deactivated';
  // Pending is somebody who comes back after having been away, and cannot sign in yet.
  return out ? 'person-disabled' : 'stays';
}

/**
 * Not believed: that everybody is gone, or more than half of at least two. Then it is the reading that
 * is wrong, for instance because the credential sees fewer people than before; a removal with it would
 * call a membership gone that stands. `confirmed`: as many an administrator has said to be gone.
 */
export const tooManyGone = (gone: number, asked: number, confirmed = 0): boolean =>
  gone > confirmed && (gone === asked || (gone >= 2 && gone * 2 > asked));

/** Somebody is gone who was missing in two looks with at least this between them. */
const LOOKS_APART = 30 * MINUTE;

export const isGoneSince = (before: Seen | undefined, now: Instant): boolean =>
  before?.goneSince !== undefined &&
  secondsBetween(before.goneSince as Instant, now) >= LOOKS_APART;

export interface Moved {
  readonly department?: { readonly from: string; readonly to: string };
  readonly manager?: { readonly from: string; readonly to: string };
}

/** Only what both readings tell: a value that is missing now is not a change. */
export function movedSince(before: Seen, now: Reading): Moved | undefined {
  const department = changed(before.department, now.department);
  const manager = changed(before.managerId, now.managerId);
  if (!department && !manager) return undefined;
  return { ...(department && { department }), ...(manager && { manager }) };
}

const changed = (from: string | undefined, to: string | undefined) =>
  from !== undefined && to !== undefined && from !== to ? { from, to } : undefined;

export function seenNow(
  before: Seen | undefined,
  now: Reading & { readonly managerRead: boolean },
  at: string,
): Seen {
  const department = now.department ?? before?.department;
  const managerId = now.managerId ?? before?.managerId;
  const managerReadAt = now.managerRead ? at : before?.managerReadAt;
  return {
    v: 1,
    ...(department !== undefined && { department }),
    ...(managerId !== undefined && { managerId }),
    ...(managerReadAt !== undefined && { managerReadAt }),
    at,
  };
}
