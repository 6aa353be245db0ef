/** Creating, changing, moving and deleting issues. Who may is asked before. */

import { plainText } from './adf';
import { abandonApproval, openApproval } from './approvals';
import type { CustomField, Project } from './configuration';
import { statusOf, workflowOf } from './configuration';
import type { SiteContext } from './context';
import { newId, projectOf, workflowFor } from './context';
import { issueAssigned, issueCreated, issueDeleted } from './events';
import { record, reindex, statusItem } from './history';
import type { Actor } from './people';
import type { AdfNode, ChangeItem, IssueState } from './state';

export interface NewIssue {
  readonly project: Project;
  readonly issueTypeId: string;
  readonly requestTypeId?: string;
  readonly summary: string;
  readonly description: AdfNode | null;
  readonly reporter: string;
  readonly assignee?: string;
  readonly duedate?: string;
  /** For sub-tasks. */
  readonly parentId?: string;
  readonly values: Readonly<Record<string, string | string[]>>;
  readonly participants?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

export function createIssue(site: SiteContext, input: NewIssue, by: Actor): IssueState {
  const { project } = input;
  const workflow = workflowOf(project, input.issueTypeId);
  const number = (site.state.lastNumber[project.key] ?? 0) + 1;
  site.state.lastNumber[project.key] = number;
  const at = site.clock.now();
  const type = project.requestTypes.find((t) => t.id === input.requestTypeId);
  const approvers = site.configuration.system.approvers.id;
  const issue: IssueState = {
    id: newId(site),
    key: `${project.key}-${number}`,
    previousKeys: [],
    projectKey: project.key,
    issueTypeId: input.issueTypeId,
    statusId: workflow.initial,
    statusSince: at,
    summary: input.summary,
    description: input.description,
    creator: by.accountId,
    reporter: input.reporter,
    ...(input.assignee !== undefined && { assignee: input.assignee }),
    ...(input.duedate !== undefined && { duedate: input.duedate }),
    ...(input.parentId !== undefined && { parentId: input.parentId }),
    created: at,
    updated: at,
    ...(input.requestTypeId !== undefined && { requestTypeId: input.requestTypeId }),
    participants: [...(input.participants ?? [])],
    values: {
      ...(type && type.defaultApprovers.length > 0 && { [approvers]: [...type.defaultApprovers] }),
      ...input.values,
    },
    properties: { ...input.properties },
    comments: [],
    history: [],
    statuses: [{ statusId: workflow.initial, at }],
    approvals: [],
    indexed: [],
  };
  site.state.issues[issue.id] = issue;
  const parent = input.parentId === undefined ? undefined : site.state.issues[input.parentId];
  if (parent) parent.subtaskIds = [...(parent.subtaskIds ?? []), issue.id];
  openApproval(site, issue);
  reindex(site, issue);
  issueCreated(site, issue, by);
  return issue;
}

/** New values; what is absent stays. */
export interface Edit {
  readonly summary?: string;
  readonly description?: AdfNode | null;
  readonly reporter?: string;
  /** `null` takes the assignee away. */
  readonly assignee?: string | null;
  /** `2026-03-05`; `null` takes it away. */
  readonly duedate?: string | null;
  readonly requestTypeId?: string;
  readonly participants?: readonly string[];
  readonly values?: Readonly<Record<string, string | string[]>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export function editIssue(site: SiteContext, issue: IssueState, edit: Edit, by: Actor): void {
  const items: ChangeItem[] = [];
  const note = (item: ChangeItem | undefined) => item && items.push(item);
  if (edit.summary !== undefined) {
    note(textChange('summary', issue.summary, edit.summary));
    issue.summary = edit.summary;
  }
  if (edit.description !== undefined) {
    note(textChange('description', plainText(issue.description), plainText(edit.description)));
    issue.description = edit.description;
  }
  if (edit.reporter !== undefined && edit.reporter !== issue.reporter) {
    note(personChange(site, 'reporter', issue.reporter, edit.reporter));
    issue.reporter = edit.reporter;
  }
  const assigned = edit.assignee !== undefined && (edit.assignee ?? undefined) !== issue.assignee;
  if (assigned) {
    note(personChange(site, 'assignee', issue.assignee, edit.assignee ?? undefined));
    if (edit.assignee) issue.assignee = edit.assignee;
    else delete issue.assignee;
  }
  if (edit.duedate !== undefined) {
    note(dateChange('duedate', issue.duedate, edit.duedate ?? undefined));
    if (edit.duedate === null) delete issue.duedate;
    else issue.duedate = edit.duedate;
  }
  if (edit.requestTypeId !== undefined && edit.requestTypeId !== issue.requestTypeId) {
    const field = site.configuration.system.requestType;
    note(customChange(site, field, issue.requestTypeId ?? '', edit.requestTypeId));
    issue.requestTypeId = edit.requestTypeId;
  }
  if (edit.participants !== undefined) {
    const field = site.configuration.system.participants;
    note(customChange(site, field, issue.participants, [...edit.participants]));
    issue.participants = [...edit.participants];
  }
  for (const [fieldId, value] of Object.entries(edit.values ?? {})) {
    const field = site.configuration.fields.find((candidate) => candidate.id === fieldId);
    if (!field) continue;
    note(customChange(site, field, issue.values[fieldId] ?? '', value));
    issue.values[fieldId] = value;
  }
  if (edit.properties !== undefined) Object.assign(issue.properties, edit.properties);
  if (items.length === 0) {
    if (edit.properties !== undefined) reindex(site, issue);
    return;
  }
  record(site, issue, { by, items, kind: assigned ? 'issue_assigned' : 'issue_updated' });
  // One assignment makes two events.
  if (assigned) issueAssigned(site, issue, by);
}

/** No event is sent for properties. */
export function setProperty(
  site: SiteContext,
  issue: IssueState,
  key: string,
  value: unknown,
): 'created' | 'updated' {
  const known = key in issue.properties;
  issue.properties[key] = value;
  reindex(site, issue);
  return known ? 'updated' : 'created';
}

export function deleteProperty(site: SiteContext, issue: IssueState, key: string): void {
  delete issue.properties[key];
  reindex(site, issue);
}

/** With its sub-tasks, and with every link to it. */
export function deleteIssue(site: SiteContext, issue: IssueState, by: Actor): void {
  for (const child of subtasksOf(site, issue)) deleteIssue(site, child, by);
  issueDeleted(site, issue, by);
  delete site.state.issues[issue.id];
  site.state.links = site.state.links.filter(
    (link) => link.sourceId !== issue.id && link.destinationId !== issue.id,
  );
}

/** Those that still exist. */
export const subtasksOf = (site: SiteContext, issue: IssueState): IssueState[] =>
  (issue.subtaskIds ?? []).flatMap((id) => site.state.issues[id] ?? []);

/** Moves an issue to another project: new key, first status there, no request type. */
export function moveIssue(site: SiteContext, issue: IssueState, target: Project, by: Actor): void {
  const origin = projectOf(site, issue);
  const from = statusOf(workflowFor(site, issue), issue.statusId);
  const type = target.issueTypes[0];
  if (!type) throw new Error(`Project ${target.key} has no work types.`);
  const to = type.workflow.statuses.find((s) => s.id === from.id || s.name === from.name);
  const status = to ?? statusOf(type.workflow, type.workflow.initial);
  const number = (site.state.lastNumber[target.key] ?? 0) + 1;
  site.state.lastNumber[target.key] = number;
  const key = `${target.key}-${number}`;
  const items: ChangeItem[] = [
    {
      field: 'project',
      fieldtype: 'jira',
      fieldId: 'project',
      from: origin.id,
      fromString: origin.name,
      to: target.id,
      toString: target.name,
    },
    {
      field: 'Key',
      fieldtype: 'jira',
      fieldId: 'issuekey',
      from: null,
      fromString: issue.key,
      to: null,
      toString: key,
    },
  ];
  if (status.id !== from.id) items.push(statusItem(from, status));
  abandonApproval(site, issue);
  issue.previousKeys.push(issue.key);
  issue.key = key;
  issue.projectKey = target.key;
  issue.issueTypeId = type.id;
  delete issue.requestTypeId;
  if (status.id !== issue.statusId) {
    issue.statusId = status.id;
    issue.statusSince = site.clock.now();
    issue.statuses.push({ statusId: status.id, at: issue.statusSince });
    openApproval(site, issue);
  }
  record(site, issue, { by, items, kind: 'issue_moved' });
}

/** The issues go without a word: Jira sends no event for them. */
export function deleteProject(site: SiteContext, project: Project): void {
  site.state.deletedProjects.push(project.key);
  for (const issue of Object.values(site.state.issues)) {
    if (issue.projectKey === project.key) delete site.state.issues[issue.id];
  }
}

function textChange(field: string, before: string, after: string): ChangeItem | undefined {
  if (before === after) return undefined;
  return {
    field,
    fieldtype: 'jira',
    fieldId: field,
    from: null,
    fromString: before === '' ? null : before,
    to: null,
    toString: after === '' ? null : after,
  };
}

function dateChange(
  field: string,
  before: string | undefined,
  after: string | undefined,
): ChangeItem | undefined {
  if (before === after) return undefined;
  const shownAs = (day: string | undefined) => (day === undefined ? null : `${day} 00:00:00.0`);
  return {
    field,
    fieldtype: 'jira',
    fieldId: field,
    from: before ?? null,
    fromString: shownAs(before),
    to: after ?? null,
    toString: shownAs(after),
  };
}

function personChange(
  site: SiteContext,
  field: string,
  before: string | undefined,
  after: string | undefined,
): ChangeItem {
  return {
    field,
    fieldtype: 'jira',
    fieldId: field,
    from: before ?? null,
    fromString: before === undefined ? null : site.people.name(before),
    to: after ?? null,
    toString: after === undefined ? null : site.people.name(after),
  };
}

function customChange(
  site: SiteContext,
  field: CustomField,
  before: string | string[],
  after: string | string[],
): ChangeItem | undefined {
  const was = shown(site, field, before);
  const is = shown(site, field, after);
  if (was.id === is.id && was.text === is.text) return undefined;
  return {
    field: field.name,
    fieldtype: 'custom',
    fieldId: field.id,
    from: was.id,
    fromString: was.text,
    to: is.id,
    toString: is.text,
  };
}

function shown(
  site: SiteContext,
  field: CustomField,
  value: string | string[],
): { id: string | null; text: string | null } {
  if (value.length === 0) return { id: null, text: null };
  if (typeof value === 'string') {
    if (field.kind === 'user') return { id: value, text: site.people.name(value) };
    return { id: field.kind === 'request-type' ? value : null, text: value };
  }
  const name = (id: string) => (field.kind === 'groups' ? id : site.people.name(id));
  return { id: `[${value.join(', ')}]`, text: `[${value.map(name).join(', ')}]` };
}
