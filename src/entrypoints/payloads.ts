/** What Forge hands in. Named are the members used; everything else is ignored. */
import * as z from 'zod/mini';
import { timerKind, timerWhat } from '../shared/timer';

const due = z.strictObject({
  kind: timerKind,
  objectId: z.string(),
  /** Hour of the timer that asked: a message whose timer was moved on is spent. */
  at: z.optional(z.string()),
  what: timerWhat,
});

/** Bodies of our own queue events: ids only, everything else is read again from the ledger. */
export const messageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('intake'),
    issueId: z.string(),
    attempt: z.int().check(z.nonnegative()),
    resumed: z.optional(z.boolean()),
    deleted: z.optional(z.boolean()),
    comment: z.optional(z.strictObject({ by: z.string(), text: z.string() })),
  }),
  z.strictObject({ kind: z.literal('consent'), issueId: z.string() }),
  /** Whether a workflow lets the app go back was seen on an issue. */
  z.strictObject({ kind: z.literal('way-back'), binding: z.string(), seen: z.boolean() }),
  /** A ticket of a ticket project was closed, perhaps; or Jira said that it was deleted. */
  z.strictObject({
    kind: z.literal('ticket'),
    issueId: z.string(),
    deleted: z.optional(z.boolean()),
  }),
  z.strictObject({ kind: z.literal('due'), due: z.array(due).check(z.maxLength(50)) }),
  z.strictObject({ kind: z.literal('slice'), slice: z.int(), shard: z.int() }),
  z.strictObject({ kind: z.literal('job'), id: z.string(), turn: z.int() }),
]);
export type Message = z.infer<typeof messageSchema>;

export const queueEventSchema = z.object({
  queueName: z.string(),
  body: z.unknown(),
  retryContext: z.optional(z.partial(z.object({ retryCount: z.number() }))),
});

export const resolverSchema = z.object({
  call: z.object({ functionKey: z.string(), payload: z.optional(z.unknown()) }),
  context: z.optional(z.record(z.string(), z.unknown())),
});
