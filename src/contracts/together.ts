/** Several roles asked for in one go, from the portal. */
import * as z from 'zod/mini';
import '../shared/english';
import { panelSchema } from './panel';

const { reason, beneficiary, start, ticket } = panelSchema.shape;

export const togetherInput = z.strictObject({
  roles: z
    .array(
      z.strictObject({
        /** Role id, `app.role`. */
        role: z.string().check(z.regex(/^[a-z0-9-]{1,60}\.[a-z0-9-]{1,60}$/, 'the id of a role')),
        /** Seconds, or `permanent`. */
        duration: z.union([z.int().check(z.positive()), z.literal('permanent')]),
      }),
    )
    .check(z.minLength(1), z.maxLength(10)),
  reason,
  beneficiary,
  start,
  ticket,
  /** Which of the site's request types; absent: the first one that is bound. */
  binding: z.optional(z.string().check(z.maxLength(40))),
});
export type Together = z.infer<typeof togetherInput>;
