/** What people do with their own access, from the portal and the issue. */
import * as z from 'zod/mini';
import '../shared/english';

const issueId = z.string().check(z.minLength(1), z.maxLength(40));
const reason = z.optional(z.string().check(z.trim(), z.maxLength(4000)));

export const renewInput = z.strictObject({
  /** The request whose access shall go on. */
  issueId,
  /** Seconds, or `permanent`; absent: as long as it was given for. */
  duration: z.optional(z.union([z.int().check(z.positive()), z.literal('permanent')])),
  /** Absent: as the request says. */
  reason,
});
export type RenewAsk = z.infer<typeof renewInput>;

export const againInput = z.strictObject({ issueId, reason });
export type AgainAsk = z.infer<typeof againInput>;

export const myPage = z.optional(
  z.strictObject({ cursor: z.optional(z.string().check(z.maxLength(2000))) }),
);
