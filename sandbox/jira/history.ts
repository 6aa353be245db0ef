/** Every change of an issue goes through here: history, search index, event. */
import type { SiteContext } from './context';
import { newId } from './context';
import { issueUpdated } from './events';
import type { Actor } from './people';
import type { ChangeItem, HistoryEntry, IndexedIssue, IssueState } from './state';

export interface Change {
  readonly by: Actor;
  readonly items: readonly ChangeItem[];
  /** Jira's own name for the change. */
  readonly kind: 'issue_generic' | 'issue_updated' | 'issue_assigned' | 'issue_moved';
}

export function record(site: SiteContext, issue: IssueState, change: Change): void {
  if (change.items.length === 0) return;
  const entry = recordQuietly(site, issue, change);
  issueUpdated(site, issue, change.by, { entry, kind: change.kind });
}

/** For changes that have an event of their own. */
export function recordQuietly(
  site: SiteContext,
  issue: IssueState,
  change: Pick<Change, 'by' | 'items'>,
): HistoryEntry {
  const at = site.clock.now();
  const entry: HistoryEntry = {
    id: newId(site),
    author: change.by.accountId,
    at,
    items: [...change.items],
  };
  issue.updated = at;
  issue.history.push(entry);
  reindex(site, issue);
  return entry;
}

/**
 * The search index hears of a change some time later, and knows the old state until then.
 * https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/
 */
export function reindex(site: SiteContext, issue: IssueState): void {
  const now = site.clock.now();
  const lag = Math.round(site.random.next() * site.profile.jiraSearchLagMaxMs);
  const last = issue.indexed.at(-1);
  issue.indexed = issue.indexed.filter(
    (known, i) => known.visibleFrom > now || i === latestVisible(issue, now),
  );
  issue.indexed.push(describe(issue, Math.max(now + lag, last?.visibleFrom ?? 0)));
}

/** What the index holds of an issue as it stands now. */
export function describe(issue: IssueState, visibleFrom: number): IndexedIssue {
  return {
    visibleFrom,
    projectKey: issue.projectKey,
    key: issue.key,
    statusId: issue.statusId,
    issueTypeId: issue.issueTypeId,
    ...(issue.requestTypeId !== undefined && { requestTypeId: issue.requestTypeId }),
    reporter: issue.reporter,
    created: issue.created,
    updated: issue.updated,
    properties: { ...issue.properties },
  };
}

/** Position of what the index shows at `now`; -1 while it has not heard of the issue. */
export function latestVisible(issue: IssueState, now: number): number {
  let position = -1;
  issue.indexed.forEach((known, i) => {
    if (known.visibleFrom <= now) position = i;
  });
  return position;
}

export const statusItem = (
  from: { id: string; name: string },
  to: { id: string; name: string },
): ChangeItem => ({
  field: 'status',
  fieldtype: 'jira',
  fieldId: 'status',
  from: from.id,
  fromString: from.name,
  to: to.id,
  toString: to.name,
});
