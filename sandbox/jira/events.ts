/**
 * Payloads of the product events, as Forge's triggers get them. Only the trimmed fields listed in
 * https://developer.atlassian.com/platform/forge/events-reference/jira/ are in them: no custom
 * field ever is.
 */
import { CATEGORIES, statusOf } from './configuration';
import type { SiteContext } from './context';
import { projectOf, workflowFor } from './context';
import { jiraDate } from './dates';
import type { Actor } from './people';
import type { CommentState, HistoryEntry, IssueState } from './state';

export function issueCreated(site: SiteContext, issue: IssueState, by: Actor): void {
  emit(site, 'avi:jira:created:issue', by, {
    jiraEventTypeName: 'issue_created',
    issue: trimmed(site, issue),
  });
}

/** `kind` is Jira's own name for the change: `issue_generic` for a transition, and so on. */
export function issueUpdated(
  site: SiteContext,
  issue: IssueState,
  by: Actor,
  change: { entry: HistoryEntry; kind: string },
): void {
  const moved = change.entry.items.find((item) => item.field === 'status');
  emit(site, 'avi:jira:updated:issue', by, {
    jiraEventTypeName: change.kind,
    issue: trimmed(site, issue),
    changelog: { id: change.entry.id, items: change.entry.items.map((item) => ({ ...item })) },
    ...(moved && {
      associatedStatuses: [
        { id: moved.from, name: moved.fromString },
        { id: moved.to, name: moved.toString },
      ],
    }),
  });
}

export function issueAssigned(site: SiteContext, issue: IssueState, by: Actor): void {
  emit(site, 'avi:jira:assigned:issue', by, {
    issue: trimmed(site, issue),
    associatedUsers: [by.accountId, issue.assignee]
      .filter((id) => id !== undefined)
      .map((accountId) => ({ accountId })),
  });
}

export function issueDeleted(site: SiteContext, issue: IssueState, by: Actor): void {
  emit(site, 'avi:jira:deleted:issue', by, { issue: trimmed(site, issue) });
}

/** No issue is in it, only ids. */
export function issuesLinked(
  site: SiteContext,
  ends: { source: IssueState; destination: IssueState },
  by: Actor,
  link: { id: string; issueLinkType: Record<string, unknown> },
): void {
  emit(site, 'avi:jira:created:issuelink', by, {
    ...link,
    sourceIssueId: ends.source.id,
    destinationIssueId: ends.destination.id,
    sourceProjectId: projectOf(site, ends.source).id,
    destinationProjectId: projectOf(site, ends.destination).id,
  });
}

/** Sent for new and for edited comments alike. */
export function issueCommented(
  site: SiteContext,
  issue: IssueState,
  by: Actor,
  comment: CommentState,
): void {
  emit(site, 'avi:jira:commented:issue', by, {
    issue: trimmed(site, issue),
    comment: {
      id: comment.id,
      author: { accountId: comment.author },
      updateAuthor: { accountId: comment.updateAuthor },
      body: comment.body,
      created: jiraDate(comment.at),
      updated: jiraDate(comment.updatedAt),
      jsdPublic: comment.public,
    },
  });
}

export function commentDeleted(
  site: SiteContext,
  issue: IssueState,
  by: Actor,
  comment: CommentState,
): void {
  emit(site, 'avi:jira:deleted:comment', by, {
    issue: trimmed(site, issue),
    comment: { id: comment.id, author: { accountId: comment.author } },
  });
}

function emit(
  site: SiteContext,
  eventType: string,
  by: Actor,
  payload: Record<string, unknown>,
): void {
  const event = {
    eventType,
    timestamp: String(site.clock.now()),
    atlassianId: by.accountId,
    associatedUsers: [{ accountId: by.accountId }],
    ...payload,
  };
  site.emit(structuredClone(event), by);
}

function trimmed(site: SiteContext, issue: IssueState) {
  const project = projectOf(site, issue);
  const status = statusOf(workflowFor(site, issue), issue.statusId);
  const category = CATEGORIES[status.category];
  const type = project.issueTypes.find((candidate) => candidate.id === issue.issueTypeId);
  const rest = `${site.baseUrl}/rest/api/2`;
  return {
    id: issue.id,
    key: issue.key,
    fields: {
      summary: issue.summary,
      issuetype: {
        self: `${rest}/issuetype/${issue.issueTypeId}`,
        id: issue.issueTypeId,
        description: '',
        iconUrl: `${rest}/universal_avatar/view/type/issuetype/avatar/10300`,
        name: type?.name,
        subtask: type?.subtask === true,
        avatarId: 10300,
      },
      creator: { accountId: issue.creator },
      created: jiraDate(issue.created),
      project: {
        self: `${rest}/project/${project.id}`,
        id: project.id,
        key: project.key,
        name: project.name,
        projectTypeKey: project.typeKey,
      },
      reporter: { accountId: issue.reporter },
      assignee: issue.assignee === undefined ? null : { accountId: issue.assignee },
      updated: jiraDate(issue.updated),
      status: {
        id: status.id,
        name: status.name,
        statusCategory: { id: category.id, key: status.category, name: category.name },
      },
    },
  };
}
