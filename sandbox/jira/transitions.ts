/** Moving an issue through its workflow. */
import { abandonApproval, openApproval, pendingApproval } from './approvals';
import type { Transition } from './configuration';
import { statusOf } from './configuration';
import type { SiteContext } from './context';
import { workflowFor } from './context';
import { SiteError } from './errors';
import { record, statusItem } from './history';
import type { Actor } from './people';
import type { Caller } from './permissions';
import { isApp, worksHere } from './permissions';
import type { ChangeItem, IssueState } from './state';

/** What this caller may do now; customers may do only what the portal shows them. */
export function availableTransitions(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
): Transition[] {
  return workflowFor(site, issue).transitions.filter(
    (transition) =>
      (transition.from === 'any' || transition.from.includes(issue.statusId)) &&
      (worksHere(caller) || transition.customers === true) &&
      (!transition.appOnly || isApp(caller)) &&
      !(transition.blockedByApproval && pendingApproval(issue)),
  );
}

export function demandTransition(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  id: string,
): Transition {
  const transition = availableTransitions(site, caller, issue).find((t) => t.id === id);
  if (transition) return transition;
  const known = workflowFor(site, issue).transitions.find((t) => t.id === id);
  if (!known) throw new SiteError(400, `Transition id '${id}' is not valid for this issue.`);
  throw new SiteError(
    400,
    `It seems that you have tried to perform a workflow operation (${known.name}) that is not valid for the current state of this issue (${issue.key}). The likely cause is that somebody has changed the issue recently, please look at the issue history for details.`,
  );
}

/** Runs a transition without asking who may; the caller has, or is the approval step. */
export function runTransition(
  site: SiteContext,
  issue: IssueState,
  transition: Transition,
  by: Actor,
): void {
  const workflow = workflowFor(site, issue);
  const from = statusOf(workflow, issue.statusId);
  const to = statusOf(workflow, transition.to);
  abandonApproval(site, issue);
  const items: ChangeItem[] = [];
  const resolution = resolutionChange(site, issue, to.resolution);
  if (resolution) items.push(resolution);
  items.push(statusItem(from, to));
  issue.statusId = to.id;
  issue.statusSince = site.clock.now();
  issue.statuses.push({ statusId: to.id, at: issue.statusSince });
  openApproval(site, issue);
  record(site, issue, { by, items, kind: 'issue_generic' });
}

/** The post function of every transition: a resolution in done statuses, none in others. */
function resolutionChange(
  site: SiteContext,
  issue: IssueState,
  resolution: string | undefined,
): ChangeItem | undefined {
  // Between two done statuses nothing is reopened, and the first resolution stays.
  if (resolution !== undefined && issue.resolution !== undefined) return undefined;
  if (resolution === issue.resolution) return undefined;
  const before = issue.resolution;
  if (resolution === undefined) {
    delete issue.resolution;
    delete issue.resolvedAt;
  } else {
    issue.resolution = resolution;
    issue.resolvedAt = site.clock.now();
  }
  return {
    field: 'resolution',
    fieldtype: 'jira',
    fieldId: 'resolution',
    from: before === undefined ? null : resolutionId(before),
    fromString: before ?? null,
    to: resolution === undefined ? null : resolutionId(resolution),
    toString: resolution ?? null,
  };
}

const RESOLUTIONS = ['Done', 'Declined', 'Withdrawn'];
export const resolutionId = (name: string): string => String(10_000 + RESOLUTIONS.indexOf(name));
