/** Where a kill switch stands between the steps of its job; ids only. */
import * as z from 'zod/mini';
import { stopTarget } from '../contracts/emergency';

export const killMarkSchema = z.strictObject({
  target: stopTarget,
  by: z.string(),
  reason: z.string(),
  run: z.string(),
  at: z.string(),
  /** Directory persons that the directories named, besides those of the ledger. */
  persons: z.optional(z.array(z.string())),
  /** All grants concerned so far. */
  grants: z.array(z.string()),
  /** Of accesses whose records could not be read. */
  unreadable: z.optional(z.array(z.string())),
  /** Issues of the requests that were stopped. */
  stopped: z.array(z.string()),
  /** Looks in a row that found nothing new. */
  looks: z.int(),
  /** Reports so far. */
  turns: z.int(),
  /** The issue that people follow it on; `none`: none can be made. */
  parent: z.optional(z.string()),
  /** Hash of what it says. */
  said: z.optional(z.string()),
});
export type KillMark = z.infer<typeof killMarkSchema>;

/** So many looks in a row that find nothing new: then all there was is known. */
export const LOOKS = 2;
/** A mark that cannot be read says nothing about what was found. */
export const isLooking = (mark: unknown): boolean =>
  (killMarkSchema.safeParse(mark).data?.looks ?? 0) < LOOKS;
