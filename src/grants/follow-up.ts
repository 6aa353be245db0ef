/**
 * An issue that somebody must work on besides the request itself: a review, the account of a kill
 * switch. As a sub-task of the request where the project has sub-tasks, else as a task beside it that
 * is linked; with its assignee where Jira lets them be one. Customers see neither.
 */
import type { IssueMore } from '../jira/port';
import type { Deps } from '../requests/deps';
import { type Failure, ok, type Result } from '../shared/result';

export interface FollowUp {
  readonly projectId: string;
  readonly summary: string;
  readonly lines: readonly string[];
  /** The request it belongs to. */
  readonly about?: string;
  readonly assignee?: string;
  /** `2026-01-31` */
  readonly due?: string;
}

export async function createFollowUp(
  deps: Pick<Deps, 'jira' | 'log'>,
  wanted: FollowUp,
): Promise<Result<string, Failure>> {
  const { about, assignee, due } = wanted;
  const parent = about === undefined ? {} : { parentId: about };
  const who = assignee === undefined ? {} : { assignee };
  const when = due === undefined ? {} : { due };
  // A manager is often no agent, and then Jira refuses the assignee together with the whole issue;
  // nor has every project sub-tasks, or a due date on its screen.
  const shapes: IssueMore[] = [
    { ...parent, ...who, ...when },
    { ...parent, ...when },
    { ...who, ...when },
    when,
    {},
  ];
  const ways = shapes.filter((one, i) => shapes.findIndex((o) => same(o, one)) === i);
  let last: Result<string, Failure> | undefined;
  for (const more of ways) {
    last = await deps.jira.createIssue(wanted.projectId, wanted.summary, wanted.lines, more);
    if (last.ok) break;
    if (last.error.class === 'retryable') return last;
  }
  if (!last?.ok) return last as Result<string, Failure>;
  if (about !== undefined) {
    const linked = await deps.jira.link(last.value, about);
    if (!linked.ok)
      deps.log.warn('follow-up.not-linked', { issue: about, code: linked.error.code });
  }
  return ok(last.value);
}

const same = (a: IssueMore, b: IssueMore) =>
  a.parentId === b.parentId && a.assignee === b.assignee && a.due === b.due;
