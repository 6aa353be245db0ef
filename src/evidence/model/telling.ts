/**
 * Who is told what, where: the one table. Public comments are read by customers in the portal, so
 * they say what happened, the role, until when and the next step. Internal ones are for the service
 * team: check names, group ids, directory answers.
 *
 * said                  public                              internal
 * asked                 the question and the choices        -
 * attention             what stopped, the next step         check, facts
 * pinned                who may decide, what happens next   digest, groups, source of each approver
 * question              what an approver asks               -   (their answer: Jira's mail to whoever asked)
 * more people asked     -                                   who, why   (and Jira's mail to them)
 * lapsing, lapsed       when it lapses; nothing changed     -
 * auto-approved         by which rule                       rule and who signed it off
 * other approver        that somebody else decides, why     accounts, sources, an operator's reason
 * gate-refused          what stopped, the way back          check, facts
 * granted               role, until when                    groups, origin, directory request ids
 * warned                when it ends, what can be done      -   (and Jira's mail to who has it)
 * filed (renewal)       that it extends nothing while open  -
 * waits (start)         when it begins                      -
 * ended                 that it ended, sessions may go on   groups, what was removed or left, why
 * blocked, stuck        that IT is on it                    the ask, the directory's answer
 * declined, withdrawn   that nothing was changed, why       -
 * break-glass given     in capitals, until when to review   who may review
 * reviewed              the verdict                         who said it, and their words
 * review overdue        that it is over and blocks          -
 * revoked by a person   that it is taken away now           who, and the reason
 * stopped               that IT stopped the request         who, and the reason
 * kill switch           as ended                            who, and the reason
 */
import * as z from 'zod/mini';

export const saidSchema = z.strictObject({
  /** One sentence in bold, then plain ones. */
  headline: z.string(),
  lines: z.array(z.string()),
  items: z.optional(z.array(z.string())),
});
export type Said = z.infer<typeof saidSchema>;

export const targets = ['public', 'internal', 'move', 'property'] as const;

/** One thing to put on the issue, kept until it is there. */
export const outboxSchema = z.strictObject({
  v: z.literal(1),
  issueId: z.string(),
  evidenceId: z.string(),
  /** Order of delivery on one issue. */
  order: z.int(),
  target: z.enum(targets),
  said: z.optional(saidSchema),
  /** `move`: ids of statuses, the first one reachable is taken. */
  toStatusIds: z.optional(z.array(z.string())),
  /** `move`: a status to go through when none of them can be reached directly. */
  viaStatusId: z.optional(z.string()),
  property: z.optional(z.record(z.string(), z.unknown())),
  /** First characters of the evidence record's hash, shown on the comment. */
  shortHash: z.string(),
  /** Until then the one who wrote it delivers it; afterwards anybody may, after looking. */
  claimedUntil: z.string(),
});
export type OutboxEntry = z.infer<typeof outboxSchema>;

export const outboxKey = (entry: Pick<OutboxEntry, 'evidenceId' | 'target'>) =>
  `${entry.evidenceId}:${entry.target}`;

/** How a comment of ours is found again on the issue. */
export const markerOf = (entry: Pick<OutboxEntry, 'evidenceId' | 'target'>) => outboxKey(entry);
