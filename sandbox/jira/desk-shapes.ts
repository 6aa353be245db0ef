/** How Jira Service Management writes things in its API. */
import { plainText } from './adf';
import { canAnswer, decisionOf, listedApprovers } from './approvals';
import type { Project, RequestType } from './configuration';
import type { SiteContext } from './context';
import { projectOf, requestTypeOf, workflowFor } from './context';
import { deskDate } from './dates';
import type { Caller } from './permissions';
import type { ApprovalState, CommentState, IssueState } from './state';
import { avatarUrls, deskUser } from './user-shapes';

export const deskApi = (site: SiteContext): string => `${site.baseUrl}/rest/servicedeskapi`;

/** `size` is the number on this page; there is no total. */
export function page<T>(
  site: SiteContext,
  query: URLSearchParams,
  { path, values }: { path: string; values: readonly T[] },
) {
  const start = Math.max(0, Number(query.get('start') ?? 0) || 0);
  const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 50) || 50));
  const shown = values.slice(start, start + limit);
  const isLastPage = start + limit >= values.length;
  const at = (from: number) => `${deskApi(site)}${path}?start=${from}&limit=${limit}`;
  return {
    _expands: [],
    size: shown.length,
    start,
    limit,
    isLastPage,
    _links: {
      self: at(start),
      base: deskApi(site),
      context: '',
      ...(!isLastPage && { next: at(start + limit) }),
      ...(start > 0 && { prev: at(Math.max(0, start - limit)) }),
    },
    values: shown,
  };
}

export function approvalJson(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  approval: ApprovalState,
) {
  const accountId = caller.account?.accountId ?? '';
  return {
    id: approval.id,
    name: approval.name,
    finalDecision: approval.finalDecision,
    canAnswerApproval: canAnswer(site, issue, approval, accountId),
    approvers: listedApprovers(site, issue, approval).map((approver) => ({
      approver: deskUser(site, caller, approver),
      approverDecision: decisionOf(approval, approver),
    })),
    createdDate: deskDate(approval.openedAt),
    ...(approval.completedAt !== undefined && { completedDate: deskDate(approval.completedAt) }),
    _links: { self: `${deskApi(site)}/request/${issue.id}/approval/${approval.id}` },
  };
}

export function currentStatus(site: SiteContext, issue: IssueState) {
  return statusEntry(site, issue, { statusId: issue.statusId, at: issue.statusSince });
}

export function statusEntry(
  site: SiteContext,
  issue: IssueState,
  entry: { statusId: string; at: number },
) {
  // After a move an old status may be unknown to the new workflow.
  const known = workflowFor(site, issue).statuses.find((s) => s.id === entry.statusId);
  return {
    status: known?.name ?? 'Unknown',
    statusCategory: known ? (known.category.toUpperCase() as 'NEW') : 'UNDEFINED',
    statusDate: deskDate(entry.at),
  };
}

export function requestJson(site: SiteContext, caller: Caller, issue: IssueState) {
  const project = projectOf(site, issue);
  const type = requestTypeOf(site, issue);
  return {
    _expands: [
      'participant',
      'status',
      'sla',
      'requestType',
      'serviceDesk',
      'attachment',
      'action',
      'comment',
    ],
    issueId: issue.id,
    issueKey: issue.key,
    summary: issue.summary,
    ...(type && { requestTypeId: type.id }),
    serviceDeskId: project.serviceDeskId,
    createdDate: deskDate(issue.created),
    reporter: deskUser(site, caller, issue.reporter),
    requestFieldValues: type ? requestFieldValues(site, caller, issue, type) : [],
    currentStatus: currentStatus(site, issue),
    _links: {
      self: `${deskApi(site)}/request/${issue.id}`,
      jiraRest: `${site.baseUrl}/rest/api/2/issue/${issue.id}`,
      web: `${site.baseUrl}/servicedesk/customer/portal/${project.serviceDeskId}/${issue.key}`,
      agent: `${site.baseUrl}/browse/${issue.key}`,
    },
  };
}

function requestFieldValues(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  type: RequestType,
) {
  return type.fields.flatMap(({ id, label }) => {
    const value = fieldValue(site, caller, issue, id);
    return value === undefined ? [] : [{ fieldId: id, label, value }];
  });
}

function fieldValue(site: SiteContext, caller: Caller, issue: IssueState, fieldId: string) {
  if (fieldId === 'summary') return issue.summary;
  if (fieldId === 'description') return plainText(issue.description) || undefined;
  const value = issue.values[fieldId];
  if (value === undefined || value === '') return undefined;
  const field = site.configuration.fields.find((candidate) => candidate.id === fieldId);
  return field?.kind === 'user' ? deskUser(site, caller, String(value)) : value;
}

export function requestTypeJson(site: SiteContext, project: Project, type: RequestType) {
  const self = `${deskApi(site)}/servicedesk/${project.serviceDeskId}/requesttype/${type.id}`;
  return {
    _expands: ['field'],
    id: type.id,
    _links: { self },
    name: type.name,
    description: type.description,
    helpText: '',
    issueTypeId: type.issueTypeId,
    serviceDeskId: project.serviceDeskId,
    portalId: project.serviceDeskId,
    groupIds: ['1'],
    icon: { id: '10493', _links: { iconUrls: avatarUrls(site, `requesttype-${type.id}`) } },
    restrictionStatus: 'OPEN' as const,
    canCreateRequest: true,
  };
}

export function serviceDeskJson(site: SiteContext, project: Project) {
  return {
    id: project.serviceDeskId,
    projectId: project.id,
    projectName: project.name,
    projectKey: project.key,
    projectTypeKey: 'service_desk',
    _links: { self: `${deskApi(site)}/servicedesk/${project.serviceDeskId}` },
  };
}

/** Bodies are strings here, not documents. */
export function deskComment(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  comment: CommentState,
) {
  return {
    _expands: ['attachment', 'renderedBody'],
    id: comment.id,
    body: plainText(comment.body),
    public: comment.public,
    author: deskUser(site, caller, comment.author),
    created: deskDate(comment.at),
    _links: { self: `${deskApi(site)}/request/${issue.id}/comment/${comment.id}` },
  };
}

const SLA_GOAL_MS = 3 * 24 * 3_600_000;

/** The clock starts with the request and stops with the resolution. */
export function slaJson(site: SiteContext, issue: IssueState) {
  const end = issue.resolvedAt ?? site.clock.now();
  const elapsed = end - issue.created;
  const cycle = {
    startTime: deskDate(issue.created),
    breachTime: deskDate(issue.created + SLA_GOAL_MS),
    breached: elapsed > SLA_GOAL_MS,
    goalDuration: duration(SLA_GOAL_MS),
    elapsedTime: duration(elapsed),
    remainingTime: duration(SLA_GOAL_MS - elapsed),
  };
  const stopped = issue.resolvedAt !== undefined;
  const id = site.configuration.system.sla.id.replace('customfield_', '');
  return {
    id,
    name: site.configuration.system.sla.name,
    completedCycles: stopped ? [{ ...cycle, stopTime: deskDate(end) }] : [],
    ...(!stopped && { ongoingCycle: { ...cycle, paused: false, withinCalendarHours: true } }),
    _links: { self: `${deskApi(site)}/request/${issue.id}/sla/${id}` },
  };
}

const duration = (millis: number) => ({
  millis,
  friendly: `${Math.round(millis / 60_000)}m`,
});

/** Names of the statuses a request has been in, newest first. */
export function statusHistory(site: SiteContext, issue: IssueState) {
  return [...issue.statuses].reverse().map((entry) => statusEntry(site, issue, entry));
}
