/** Reading, trying, rehearsing and changing the policy; documents are judged in words by `policy/`. */
import * as z from 'zod/mini';
import { overrideSchema, tierSchema } from './policy';

const account = z.string().check(z.minLength(1), z.maxLength(128));
const roleId = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/,
      'an app and a role, as figma.editor',
    ),
  );

/** `version`: the one that was looked at, so that two administrators do not write over each other. */
export const policyInput = z.strictObject({
  version: z.int().check(z.nonnegative()),
  policy: z.unknown(),
});

export const previewInput = z.strictObject({
  role: roleId,
  /** Who would receive it. */
  beneficiary: account,
  requester: z.optional(account),
  /** Seconds; `null`: no end. */
  duration: z.nullable(z.int().check(z.gte(0))),
  reason: z._default(z.string().check(z.maxLength(5000)), ''),
  ticket: z.optional(z.string().check(z.maxLength(300))),
  /** With the draft instead of what stands. */
  draft: z._default(z.boolean(), false),
});

export const rehearsalInput = z.strictObject({
  /** The newest so many requests that were judged. */
  last: z._default(z.int().check(z.gte(1), z.lte(1000)), 200),
  /** One role as it would be, beside the draft. */
  role: z.optional(
    z.strictObject({ id: roleId, risk: z.optional(tierSchema), rules: z.optional(overrideSchema) }),
  ),
});

export const shadowInput = z.strictObject({ on: z.boolean() });

export const proposalRef = z.strictObject({
  what: z.string().check(z.regex(/^(role|app|policy):[a-z0-9.-]{1,130}$/)),
  /** When it was made, as it is shown: what was looked at is what is confirmed. */
  at: z.string(),
});

/** Whose rule is signed off again: of a tier, an app or a role. */
export const signOffInput = z.strictObject({
  of: z.string().check(z.regex(/^(role|app|tier):[a-z0-9.-]{1,130}$/)),
});
