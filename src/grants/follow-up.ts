/**
 * An issue that somebody must work on besides the request itself: a review, the account of a kill
 * switch. As a sub-task of the request where the project has sub-tasks, else as a task beside it that
 * is linked; with its assignee where Jira lets them be one. Customers see neither.
 */
import * as z from 'zod/mini';
import type { Issue, IssueMore } from '../jira/port';
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

/** What Jira shows of an issue's sub-tasks, and of what is linked with it. */
const brief = z.object({ id: z.string(), fields: z.object({ summary: z.string() }) });
const named = z.array(brief);
const linked = z.array(
  z.object({ inwardIssue: z.optional(brief), outwardIssue: z.optional(brief) }),
);

/** To be read of the issue it belongs to. */
export const followUpShown = ['subtasks', 'issuelinks'];

/** The one that an earlier run made before it died. */
export function followUpIn({ fields }: Pick<Issue, 'fields'>, summary: string): string | undefined {
  const { subtasks, issuelinks } = fields;
  const there = [
    ...(named.safeParse(subtasks).data ?? []),
    ...(linked.safeParse(issuelinks).data ?? []).flatMap((one) =>
      [one.inwardIssue, one.outwardIssue].filter((issue) => issue !== undefined),
    ),
  ];
  return there.find((one) => one.fields.summary === summary)?.id;
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
