/** Who decides in whose place, and from when until when. */
import * as z from 'zod/mini';
import '../shared/english';

const account = z.string().check(z.minLength(1), z.maxLength(128));
const hour = z.string().check(
  z.maxLength(40),
  z.refine((text) => {
    const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(
      text,
    );
    return isWhole && !Number.isNaN(Date.parse(text));
  }, 'is not a time with its offset, as 2026-12-24T09:00:00+01:00'),
);
const reason = z
  .string()
  .check(z.trim(), z.minLength(5, 'say in a few words why'), z.maxLength(500));

const times = {
  cover: account,
  /** Absent: at once. */
  from: z.optional(hour),
  until: hour,
};
/** Whoever calls is away. */
export const ownCoverInput = z.strictObject(times);
/** `away` absent: whoever calls. */
export const coverInput = z.strictObject({ away: z.optional(account), ...times });
export const coverList = z.optional(z.strictObject({ away: z.optional(account) }));
export const coverRef = z.strictObject({ id: z.string().check(z.minLength(1), z.maxLength(80)) });

const issueId = z.string().check(z.regex(/^\d+$/, 'the id of an issue'));
export const replacement = z.strictObject({ issueId, from: account, to: account, reason });
/** Who would decide; nothing is written. */
export const chainAsk = z.strictObject({
  role: z.string().check(z.maxLength(121), z.regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'the id of a role')),
  /** Absent: the person who calls. */
  beneficiary: z.optional(account),
});
