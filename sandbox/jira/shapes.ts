/** How Jira writes things in its own API. */

import type { CustomField, IssueType, Project, Status } from './configuration';
import { CATEGORIES, FIELD_SCHEMAS, statusOf } from './configuration';
import type { SiteContext } from './context';
import { fieldsOf, projectOf, requestTypeOf, workflowFor } from './context';
import { deskDate, jiraDate } from './dates';
import { approvalJson, slaJson } from './desk-shapes';
import { uuidOf } from './people';
import type { Caller } from './permissions';
import type { CommentState, HistoryEntry, IssueState } from './state';
import { resolutionId } from './transitions';
import { avatarUrls, userJson } from './user-shapes';

export function statusJson(site: SiteContext, status: Status) {
  const category = CATEGORIES[status.category];
  return {
    self: `${site.baseUrl}/rest/api/3/status/${status.id}`,
    description: '',
    iconUrl: `${site.baseUrl}/images/icons/statuses/generic.png`,
    name: status.name,
    id: status.id,
    statusCategory: {
      self: `${site.baseUrl}/rest/api/3/statuscategory/${category.id}`,
      id: category.id,
      key: status.category,
      colorName: category.colorName,
      name: category.name,
    },
  };
}

export function projectJson(site: SiteContext, project: Project) {
  return {
    self: `${site.baseUrl}/rest/api/3/project/${project.id}`,
    id: project.id,
    key: project.key,
    name: project.name,
    projectTypeKey: project.typeKey,
    simplified: project.style === 'next-gen',
    style: project.style,
    avatarUrls: avatarUrls(site, project.key),
  };
}

export function issueTypeJson(site: SiteContext, type: IssueType) {
  return {
    self: `${site.baseUrl}/rest/api/3/issuetype/${type.id}`,
    id: type.id,
    description: '',
    iconUrl: `${site.baseUrl}/images/icons/issuetypes/service.png`,
    name: type.name,
    subtask: type.subtask === true,
    avatarId: 10300,
    hierarchyLevel: type.subtask ? -1 : 0,
  };
}

export function fieldSchema(field: CustomField) {
  const { type, items, custom } = FIELD_SCHEMAS[field.kind];
  return {
    type,
    ...(items !== undefined && { items }),
    custom,
    customId: Number(field.id.replace('customfield_', '')),
  };
}

export function historyJson(site: SiteContext, caller: Caller, entry: HistoryEntry) {
  return {
    id: entry.id,
    author: userJson(site, caller, entry.author),
    created: jiraDate(entry.at),
    items: entry.items.map((item) => ({ ...item })),
  };
}

export function commentJson(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  comment: CommentState,
  withProperties = false,
) {
  return {
    self: `${site.baseUrl}/rest/api/3/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author: userJson(site, caller, comment.author),
    body: comment.body,
    updateAuthor: userJson(site, caller, comment.updateAuthor),
    created: jiraDate(comment.at),
    updated: jiraDate(comment.updatedAt),
    jsdPublic: comment.public,
    ...(withProperties && {
      properties: Object.entries(comment.properties).map(([key, value]) => ({ key, value })),
    }),
  };
}

/** Every field of an issue, by id; `null` where it has none. */
export function issueFields(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
): Record<string, unknown> {
  const project = projectOf(site, issue);
  const type = project.issueTypes.find((candidate) => candidate.id === issue.issueTypeId);
  const person = (accountId: string | undefined) =>
    accountId === undefined ? null : userJson(site, caller, accountId);
  const fields: Record<string, unknown> = {
    summary: issue.summary,
    description: issue.description,
    issuetype: type && issueTypeJson(site, type),
    project: projectJson(site, project),
    status: statusJson(site, statusOf(workflowFor(site, issue), issue.statusId)),
    resolution:
      issue.resolution === undefined
        ? null
        : {
            self: `${site.baseUrl}/rest/api/3/resolution/${resolutionId(issue.resolution)}`,
            id: resolutionId(issue.resolution),
            name: issue.resolution,
            description: '',
          },
    resolutiondate: issue.resolvedAt === undefined ? null : jiraDate(issue.resolvedAt),
    created: jiraDate(issue.created),
    updated: jiraDate(issue.updated),
    statuscategorychangedate: jiraDate(issue.statusSince),
    creator: person(issue.creator),
    reporter: person(issue.reporter),
    assignee: person(issue.assignee),
    labels: [],
    duedate: issue.duedate ?? null,
  };
  for (const field of fieldsOf(site, project.key)) {
    fields[field.id] = fieldValue(site, caller, issue, field);
  }
  return fields;
}

function fieldValue(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  field: CustomField,
): unknown {
  const value = issue.values[field.id];
  const list = Array.isArray(value) ? value : [];
  switch (field.kind) {
    case 'users':
      return list.length === 0 ? null : list.map((id) => userJson(site, caller, id));
    case 'user':
      return typeof value === 'string' && value !== '' ? userJson(site, caller, value) : null;
    case 'groups':
      return list.length === 0 ? null : list.map((name) => groupJson(site, name));
    case 'text':
      return value === undefined || value === '' ? null : value;
    case 'participants':
      return issue.participants.map((id) => userJson(site, caller, id));
    case 'organizations':
      return [];
    case 'request-type':
      return requestTypeValue(site, issue);
    case 'approvals':
      return issue.approvals.map((approval) => approvalJson(site, caller, issue, approval));
    case 'sla':
      return slaJson(site, issue);
  }
}

export function groupJson(site: SiteContext, name: string) {
  const groupId = uuidOf(`${site.cloudId}/${name}`);
  return { name, groupId, self: `${site.baseUrl}/rest/api/3/group?groupId=${groupId}` };
}

/** What the Request Type field holds when read; written, it takes the id as a string. */
function requestTypeValue(site: SiteContext, issue: IssueState) {
  const type = requestTypeOf(site, issue);
  if (!type) return null;
  const project = projectOf(site, issue);
  const desk = `${site.baseUrl}/rest/servicedeskapi`;
  const status = statusOf(workflowFor(site, issue), issue.statusId);
  return {
    _links: {
      jiraRest: `${site.baseUrl}/rest/api/2/issue/${issue.id}`,
      web: `${site.baseUrl}/servicedesk/customer/portal/${project.serviceDeskId}/${issue.key}`,
      self: `${desk}/request/${issue.id}`,
      agent: `${site.baseUrl}/browse/${issue.key}`,
    },
    requestType: {
      _expands: ['field'],
      id: type.id,
      _links: { self: `${desk}/servicedesk/${project.serviceDeskId}/requesttype/${type.id}` },
      name: type.name,
      description: type.description,
      helpText: '',
      issueTypeId: type.issueTypeId,
      serviceDeskId: project.serviceDeskId,
      portalId: project.serviceDeskId,
      groupIds: [],
      icon: {},
    },
    currentStatus: {
      status: status.name,
      statusCategory: status.category.toUpperCase(),
      statusDate: deskDate(issue.statusSince),
    },
  };
}
