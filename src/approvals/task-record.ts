/**
 * One open decision of one person: what an approver still has to answer, found by approver. Written with
 * the pin and with every change of who is asked; the pin's stages stay the authority of who may decide.
 */
import * as z from 'zod/mini';
import { epochSeconds, parseInstant } from '../shared/instant';
import type { RecordType } from '../shared/record';

export const taskSchema = z.strictObject({
  v: z.literal(1),
  issueId: z.string(),
  issueKey: z.string(),
  round: z.int(),
  /** Stage id. */
  stage: z.string(),
  accountId: z.string(),
  roleId: z.string(),
  beneficiary: z.string(),
  /** Removed when there is nothing to answer any more, or somebody else took it over. */
  state: z.enum(['open', 'answered']),
  openedAt: z.string(),
  /** When the request lapses. */
  dueAt: z.string(),
  /** Steps taken: 1 when they were reminded of it. */
  reminded: z.int(),
  /** The last mail that named it, also one about another request of theirs. */
  mailedAt: z.optional(z.string()),
  /** Why this person is asked and not (only) whom the policy names. */
  insteadOf: z.optional(z.string()),
});
export type Task = z.infer<typeof taskSchema>;

export const taskKey = (t: Pick<Task, 'issueId' | 'round' | 'stage' | 'accountId'>) =>
  `${t.issueId}:${t.round}:${t.stage}:${t.accountId}`;

export const tasks: RecordType<Task> = {
  entity: 'task',
  schema: taskSchema,
  key: taskKey,
  attributes: (task) => ({
    accountId: task.accountId,
    open: task.state === 'open' ? 'yes' : 'no',
    dueAt: epochSeconds(parseInstant(task.dueAt)),
  }),
};
