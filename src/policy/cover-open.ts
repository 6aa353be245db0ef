/** Open requests that a cover may touch. The indexes find them, each request is read again. */
import { tasks } from '../approvals/task-record';
import { stageOf } from '../approvals/tasks';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { find } from '../shared/record';

const PAGE = 50;

/** Issues on which this person has something to decide. The index finds them, the request decides. */
export async function openOf(deps: Pick<Deps, 'store'>, accountId: string): Promise<string[]> {
  const issues: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await find(deps.store, tasks, {
      index: 'by-approver',
      partition: [accountId, 'yes'],
      sort: 'ascending',
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    issues.push(...page.found.map(({ value }) => value.issueId));
    cursor = page.cursor;
  } while (cursor !== undefined && issues.length < 20 * PAGE);
  return [...new Set(issues)];
}

/** Issues on which anybody decides instead of this person: a fallback is nobody's cover. */
export async function heldFor(deps: Pick<Deps, 'store'>, away: string): Promise<string[]> {
  const issues: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await find(deps.store, requests, {
      index: 'by-state',
      partition: ['waiting'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of page.found)
      if (stageOf(value)?.approvers.some(({ covers = [] }) => covers.includes(away)))
        issues.push(value.issueId);
    cursor = page.cursor;
    pages += 1;
  } while (cursor !== undefined && pages < 20);
  return issues;
}
