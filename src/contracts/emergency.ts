/** What is called for when it is urgent: revoke, stop, review; one schema per function. */
import * as z from 'zod/mini';
import '../shared/english';

const issueId = z.string().check(z.regex(/^\d+$/, 'the id of an issue'));
const account = z.string().check(z.minLength(1), z.maxLength(128));
/** People read it on the issues concerned. */
const reason = z.string().check(z.trim(), z.minLength(5), z.maxLength(1000));

export const reviewInput = z.strictObject({
  grantId: z.string().check(z.regex(/^g-\d+-\d+$/, 'the id of a grant')),
  verdict: z.enum(['justified', 'not-justified']),
  words: z.string().check(z.trim(), z.minLength(10), z.maxLength(2000)),
});
export type ReviewInput = z.infer<typeof reviewInput>;

export const revokeInput = z.strictObject({ issueId, reason });
export type RevokeInput = z.infer<typeof revokeInput>;

export const stopTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), accountId: account }),
  z.strictObject({
    kind: z.literal('app'),
    app: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'the id of an app')),
  }),
  z.strictObject({ kind: z.literal('issue'), issueId }),
]);
export type StopTarget = z.infer<typeof stopTarget>;

export const stopPreview = z.strictObject({ target: stopTarget });
export const stopRun = z.strictObject({
  target: stopTarget,
  reason,
  /** Of the preview that was looked at: what is concerned must still be the same. */
  preview: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'the hash of a preview')),
});
export type StopRun = z.infer<typeof stopRun>;
export const stopLift = z.strictObject({ target: stopTarget, reason });
