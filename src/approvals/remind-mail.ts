/**
 * The mails that remind: Jira's own, because the app sends none. A person with several open decisions
 * gets one mail that names them all, and those are marked, so that their own reminder stays silent.
 */
import type { Deps } from '../requests/deps';
import { find, put } from '../shared/record';
import { type Task, tasks } from './task-record';

/** More than this a mail does not name. */
const MOST_NAMED = 20;

/** Answers who got none for certain. */
export async function mailReminders(deps: Deps, first: readonly Task[]): Promise<string[]> {
  const alone: Task[] = [];
  const unsent: string[] = [];
  for (const task of first) {
    const others = await openBeside(deps, task);
    if (others.length === 0) alone.push(task);
    else if (await mail(deps, task.issueId, [task], others)) await note(deps, others);
    else unsent.push(task.accountId);
  }
  const [one] = alone;
  if (one && !(await mail(deps, one.issueId, alone, [])))
    unsent.push(...alone.map(({ accountId }) => accountId));
  return unsent;
}

/** The index lags: at worst a mail names a request that was decided a moment ago. */
async function openBeside(deps: Deps, { accountId, issueId }: Task) {
  const { found } = await find(deps.store, tasks, {
    index: 'by-approver',
    partition: [accountId, 'yes'],
    sort: 'ascending',
    limit: MOST_NAMED + 1,
  });
  return found.filter(({ value }) => value.issueId !== issueId).slice(0, MOST_NAMED);
}

async function mail(
  deps: Deps,
  issueId: string,
  to: readonly Task[],
  others: readonly { readonly value: Task }[],
): Promise<boolean> {
  const key = to[0]?.issueKey ?? issueId;
  const keys = others.map(({ value }) => value.issueKey).join(', ');
  const sent = await deps.jira.notify(
    issueId,
    to.map(({ accountId }) => accountId),
    {
      subject:
        others.length === 0
          ? `${key} waits for your decision`
          : `${others.length + 1} requests wait for your decision`,
      lines: [
        `The access request ${key} waits for your decision. Who asks, for what, why and until when stands in its description.`,
        ...(others.length === 0
          ? []
          : [`These wait for you as well: ${keys}. You are not reminded of them once more today.`]),
        'If you are away, set a cover in Latchkey, and they are asked instead of you.',
      ],
    },
  );
  if (sent.ok) return true;
  deps.log.warn('mail.not-sent', { issue: issueId, code: sent.error.code });
  // Perhaps it went out; a second one would be worse than none.
  return sent.error.outcomeUnknown === true || sent.error.class !== 'retryable';
}

async function note(
  deps: Deps,
  others: readonly { readonly value: Task; readonly rev: number }[],
): Promise<void> {
  const mailedAt = deps.now();
  // One by one: a decision made meanwhile concerns none but its own.
  for (const { value, rev } of others)
    await deps.store.transact([put(tasks, { ...value, mailedAt }, rev)]);
}
