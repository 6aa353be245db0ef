/** What Forge hands in. Named are the members used; everything else is ignored. */
import { z } from 'zod';

const account = z.object({ accountId: z.string() });

export const issueEventSchema = z.object({
  eventType: z.string(),
  issue: z.object({
    id: z.string(),
    fields: z
      .object({
        project: z.object({ id: z.string() }).optional(),
        status: z.object({ id: z.string() }).optional(),
      })
      .optional(),
  }),
  comment: z.object({ author: account.optional(), body: z.unknown() }).optional(),
});
export type IssueEvent = z.infer<typeof issueEventSchema>;

const due = z.strictObject({
  kind: z.enum(['grant', 'issue']),
  objectId: z.string(),
  what: z.enum(['end', 'verify', 'roll-back', 'provision', 'revoke', 'deliver']),
});

/** Bodies of our own queue events: ids only, everything else is read again from the ledger. */
export const messageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('intake'),
    issueId: z.string(),
    attempt: z.int().nonnegative(),
    resumed: z.boolean().optional(),
    comment: z.strictObject({ by: z.string(), text: z.string() }).optional(),
  }),
  z.strictObject({ kind: z.literal('consent'), issueId: z.string() }),
  z.strictObject({ kind: z.literal('due'), due: z.array(due).max(50) }),
  z.strictObject({ kind: z.literal('slice'), slice: z.int(), shard: z.int() }),
]);
export type Message = z.infer<typeof messageSchema>;

export const queueEventSchema = z.object({
  queueName: z.string(),
  body: z.unknown(),
  retryContext: z.object({ retryCount: z.number() }).partial().optional(),
});

export const resolverSchema = z.object({
  call: z.object({ functionKey: z.string(), payload: z.unknown().optional() }),
  context: z.record(z.string(), z.unknown()).optional(),
});
