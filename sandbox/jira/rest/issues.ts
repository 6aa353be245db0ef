/** `/rest/api/3/issue`: create, read, edit, delete, changelog. */
import { z } from 'zod';
import { empty, json } from '../../kit/routes';
import { checkedDocument } from '../adf';
import { addComment, isPublic } from '../comments';
import type { IssueType, Project } from '../configuration';
import type { SiteContext } from '../context';
import { findProject, lookUp } from '../context';
import type { Door, SiteCall } from '../door';
import { refuseFields, SiteError } from '../errors';
import { applyUpdate, readFields, readProperties, readSummary } from '../field-input';
import { createIssue, deleteIssue, editIssue, subtasksOf } from '../issues';
import { isProjectAdmin, worksHere } from '../permissions';
import { historyJson } from '../shapes';
import type { IssueState } from '../state';
import { issueJson, type Reading } from './issue-json';

const properties = z.array(z.looseObject({ key: z.string(), value: z.unknown() }));
const bodySchema = z.looseObject({
  fields: z.record(z.string(), z.unknown()).default({}),
  update: z.record(z.string(), z.unknown()).default({}),
  properties: properties.default([]),
});

export function issueRoutes(door: Door): void {
  door.platform('POST', '/rest/api/3/issue', create);
  door.platform('GET', '/rest/api/3/issue/:issue', (call) => {
    const issue = call.issue();
    call.cost(1);
    return json(200, issueJson(call.site, call.caller, issue, readingOf(call.req.query)));
  });
  door.platform('PUT', '/rest/api/3/issue/:issue', edit);
  door.platform('DELETE', '/rest/api/3/issue/:issue', (call) => {
    const issue = call.issue();
    const whole = call.req.query.get('deleteSubtasks') === 'true';
    if (!whole && subtasksOf(call.site, issue).length > 0) {
      throw new SiteError(
        400,
        `The issue '${issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.`,
      );
    }
    call.write(issue);
    deleteIssue(call.site, issue, call.actor());
    return empty();
  });
  door.platform('GET', '/rest/api/3/issue/:issue/changelog', changelog);
}

const list = (text: string | null): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function readingOf(query: URLSearchParams): Reading {
  const all = (name: string) => query.getAll(name).flatMap(list);
  return { fields: all('fields'), properties: all('properties'), expand: all('expand') };
}

function create(call: SiteCall) {
  const { site, caller } = call;
  const body = call.body(bodySchema);
  const actor = call.actor();
  if (!worksHere(caller)) {
    throw refuseFields({ project: 'You cannot create issues in this project.' });
  }
  const { project: projectInput, issuetype, parent, ...rest } = body.fields;
  const project = findProject(site, idOrKeyOf(projectInput));
  if (!project) throw refuseFields({ project: 'valid project is required' });
  const issueTypeId = idOrKeyOf(issuetype);
  const type = project.issueTypes.find((t) => t.id === issueTypeId || t.name === issueTypeId);
  if (!type) throw refuseFields({ issuetype: 'Specify a valid issue type' });
  const summary = readSummary(rest['summary']);
  const values = readFields(site, project.key, rest);
  const requestType = project.requestTypes.find((t) => t.id === values.requestTypeId);
  if (requestType && requestType.issueTypeId !== type.id) {
    throw refuseFields({ issuetype: 'The request type does not belong to this issue type.' });
  }
  const parentId = readParent(site, project, type, parent);
  const issue = createIssue(
    site,
    {
      project,
      issueTypeId: type.id,
      ...(parentId !== undefined && { parentId }),
      ...(values.assignee && { assignee: values.assignee }),
      ...(values.duedate && { duedate: values.duedate }),
      summary,
      description: values.description ?? null,
      reporter: values.reporter ?? actor.accountId,
      values: values.values ?? {},
      participants: values.participants ?? [],
      properties: readProperties(body.properties),
      ...(requestType && { requestTypeId: requestType.id }),
    },
    actor,
  );
  return json(201, {
    id: issue.id,
    key: issue.key,
    self: `${site.baseUrl}/rest/api/3/issue/${issue.id}`,
  });
}

/** A sub-task needs a parent in its project that is none itself; other work takes none here. */
function readParent(
  site: SiteContext,
  project: Project,
  type: IssueType,
  given: unknown,
): string | undefined {
  if (!type.subtask) {
    if (given === undefined || given === null) return undefined;
    throw refuseFields({
      parentId: 'Given parent work item does not belong to appropriate hierarchy.',
    });
  }
  const parent = lookUp(site, idOrKeyOf(given));
  if (!parent) {
    throw refuseFields({
      issuetype: 'Issue type is a sub-task but parent issue key or id not specified.',
    });
  }
  if (parent.projectKey !== project.key || parent.parentId !== undefined) {
    throw refuseFields({
      parentId: 'Given parent work item does not belong to appropriate hierarchy.',
    });
  }
  return parent.id;
}

function idOrKeyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const given = value as { id?: unknown; key?: unknown; name?: unknown };
  return String(given.id ?? given.key ?? given.name ?? '');
}

function edit(call: SiteCall) {
  const { site, req, caller } = call;
  const issue = call.issue();
  const body = call.body(bodySchema);
  call.write(issue);
  const { comment: comments, ...update } = body.update;
  const change = {
    ...readFields(site, issue.projectKey, {
      ...body.fields,
      ...applyUpdate(site, issue, update),
    }),
    ...(body.properties.length > 0 && { properties: readProperties(body.properties) }),
  };
  // Without the right to administer, asking for silence loses the whole edit, and says 204.
  if (req.query.get('notifyUsers') === 'false' && !isProjectAdmin(caller)) return empty();
  editIssue(site, issue, change, call.actor());
  for (const operation of addedComments(comments)) {
    addComment(site, issue, operation, call.actor());
  }
  if (req.query.get('returnIssue') !== 'true') return empty();
  return json(200, issueJson(site, caller, issue, { fields: [], properties: [], expand: [] }));
}

const commentOperations = z.array(
  z.looseObject({
    add: z.looseObject({ body: z.unknown(), properties: properties.optional() }),
  }),
);

function addedComments(input: unknown) {
  if (input === undefined) return [];
  const parsed = commentOperations.safeParse(input);
  if (!parsed.success) throw refuseFields({ comment: 'Operation value must be a comment' });
  return parsed.data.map(({ add }) => {
    const held = readProperties(add.properties ?? []);
    return {
      body: checkedDocument(add.body, 'comment'),
      public: isPublic(held),
      properties: held,
    };
  });
}

/** Oldest first, at most 100 a page. */
function changelog(call: SiteCall) {
  const { site, caller, req } = call;
  const issue: IssueState = call.issue();
  const startAt = Number(req.query.get('startAt') ?? 0);
  const maxResults = Math.min(100, Number(req.query.get('maxResults') ?? 100));
  if (!(startAt >= 0) || !(maxResults > 0)) throw new SiteError(400, 'Invalid page.');
  const values = issue.history.slice(startAt, startAt + maxResults);
  call.cost(values.length);
  return json(200, {
    self: `${site.baseUrl}/rest/api/3/issue/${issue.id}/changelog?maxResults=${maxResults}&startAt=${startAt}`,
    maxResults,
    startAt,
    total: issue.history.length,
    isLast: startAt + maxResults >= issue.history.length,
    values: values.map((entry) => historyJson(site, caller, entry)),
  });
}
