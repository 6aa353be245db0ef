/** What Jira's issue events bring along, as far as it is used. */
import * as z from 'zod/mini';

const account = z.object({ accountId: z.string() });

export const issueEventSchema = z.object({
  eventType: z.string(),
  issue: z.object({
    id: z.string(),
    fields: z.optional(
      z.object({
        project: z.optional(z.object({ id: z.string() })),
        status: z.optional(z.object({ id: z.string() })),
      }),
    ),
  }),
  changelog: z.optional(z.object({ items: z.array(z.object({ field: z.optional(z.string()) })) })),
  comment: z.optional(z.object({ author: z.optional(account), body: z.unknown() })),
});
export type IssueEvent = z.infer<typeof issueEventSchema>;
