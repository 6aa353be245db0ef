/** What the list of findings asks for. */
import * as z from 'zod/mini';
import '../shared/english';

export const findingPage = z.strictObject({
  status: z._default(z.enum(['open', 'resolved']), 'open'),
  kind: z.optional(z.string().check(z.maxLength(40))),
  cursor: z.optional(z.string().check(z.maxLength(2000))),
});

export const findingDismissal = z.strictObject({
  key: z.string().check(z.regex(/^[a-zA-Z0-9:._#-]{1,400}$/, 'the key of a finding')),
  /** Kept as evidence. */
  reason: z.string().check(z.trim(), z.minLength(5, 'say why in a few words'), z.maxLength(500)),
});
