/** What Jira's issue events bring along, as far as it is used. */
import * as z from 'zod/mini';

const account = z.object({ accountId: z.string() });

export const issueEventSchema = z.object({
  eventType: z.string(),
  issue: z.object({
    // It becomes part of a key of the store.
    id: z.string().check(z.regex(/^\d{1,18}$/)),
    fields: z.optional(
      z.object({
        project: z.optional(z.object({ id: z.string() })),
        status: z.optional(
          z.object({
            id: z.string(),
            statusCategory: z.optional(z.object({ key: z.optional(z.string()) })),
          }),
        ),
      }),
    ),
  }),
  changelog: z.optional(z.object({ items: z.array(z.object({ field: z.optional(z.string()) })) })),
  comment: z.optional(z.object({ author: z.optional(account), body: z.unknown() })),
});
export type IssueEvent = z.infer<typeof issueEventSchema>;
