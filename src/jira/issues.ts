/** Reading an issue whole, and writing it. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, no, ok, type Result } from '../shared/result';
import { LONGEST_DOCUMENT, sizeOf, textOf, toAdf, visible, withOwnPart } from './adf';
import type { JiraClient } from './client';
import { permanent } from './failures';
import { platformPage, readAll } from './pages';
import type { Change, Issue, IssueMore, IssueWants, OwnPart } from './port';
import { historySchema, type IssueAnswer, issueSchema, requestTypeValue } from './schemas';

export interface IssueKeys {
  /** The UUID part of `app.id`, under which the portal keeps the create panel's answers. */
  readonly panelKey: string;
  readonly ownPropertyKey: string;
  /** "Request Type" has another id on every site; `undefined` until it was looked up. */
  readonly requestTypeField: () => Promise<string | undefined>;
}

/** The keys with the field's id looked up. */
type FoundKeys = Omit<IssueKeys, 'requestTypeField'> & {
  readonly requestTypeField: string | undefined;
};

const ALWAYS = ['summary', 'description', 'status', 'creator', 'reporter', 'created', 'project'];

const LONGEST_SUMMARY = 255;
/** Jira's limit for an entity property. */
const LONGEST_PROPERTY = 32_768;

/** One request, unless the issue was changed more often than Jira shows at once. */
export async function readIssue(
  client: JiraClient,
  keys: IssueKeys,
  idOrKey: string,
  wants: IssueWants = {},
): Promise<Result<Issue, Failure>> {
  const requestTypeField = await keys.requestTypeField();
  const read = await client.ask({
    path: route`/rest/api/3/issue/${idOrKey}?${queryOf(keys, wants, requestTypeField)}`,
    answer: issueSchema,
  });
  if (!read.ok) return read;
  const changes = wants.changes ? await readChanges(client, read.value) : ok([]);
  return changes.ok
    ? ok(issueOf(read.value, { ...keys, requestTypeField }, wants, changes.value))
    : changes;
}

function queryOf(
  keys: IssueKeys,
  wants: IssueWants,
  requestTypeField: string | undefined,
): URLSearchParams {
  const fields = [
    ...ALWAYS,
    ...(wants.fields ?? []),
    ...(requestTypeField ? [requestTypeField] : []),
  ];
  const expand = [
    ...(wants.changes ? ['changelog'] : []),
    ...(wants.transitions ? ['transitions'] : []),
  ];
  return new URLSearchParams({
    fields: [...new Set(fields)].join(','),
    properties: [keys.panelKey, keys.ownPropertyKey].join(','),
    ...(expand.length > 0 && { expand: expand.join(',') }),
  });
}

/**
 * The issue carries its latest changes only. Somebody who must not decide (a past reporter) could
 * otherwise be pushed out of sight by enough edits, so the rest is read as well.
 */
async function readChanges(
  client: JiraClient,
  { id, changelog }: IssueAnswer,
): Promise<Result<readonly Change[], Failure>> {
  const shown = changelog?.histories ?? [];
  if (shown.length >= (changelog?.total ?? 0)) return ok(inOrder(shown.flat()));
  const rest = await readAll(
    client,
    (start) => route`/rest/api/3/issue/${id}/changelog?startAt=${start}&maxResults=${100}`,
    platformPage('values', historySchema),
  );
  return rest.ok ? ok(inOrder(rest.value.flat())) : rest;
}

function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) =>
    a.at === b.at ? Number(a.id) - Number(b.id) : a.at < b.at ? -1 : 1,
  );
}

function issueOf(
  { id, key, fields, properties, transitions }: IssueAnswer,
  keys: FoundKeys,
  wants: IssueWants,
  changes: readonly Change[],
): Issue {
  return {
    id,
    key,
    projectId: fields.project.id,
    requestTypeId: requestTypeOf(fields, keys.requestTypeField),
    status: fields.status,
    summary: fields.summary ?? '',
    description: fields.description ?? null,
    descriptionText: textOf(fields.description),
    creator: fields.creator,
    reporter: fields.reporter,
    created: fields.created,
    panel: properties?.[keys.panelKey],
    property: properties?.[keys.ownPropertyKey],
    fields: Object.fromEntries((wants.fields ?? []).map((field) => [field, fields[field] ?? null])),
    changes: changes.map((change) =>
      change.fieldId === keys.requestTypeField ? { ...change, fieldId: 'request-type' } : change,
    ),
    transitions: (transitions ?? [])
      .filter(({ available }) => available)
      .map(({ id: transitionId, name, toStatusId }) => ({ id: transitionId, name, toStatusId })),
  };
}

function requestTypeOf(fields: Readonly<Record<string, unknown>>, field: string | undefined) {
  if (field === undefined) return undefined;
  return requestTypeValue.safeParse(fields[field]).data?.requestType.id;
}

/**
 * Without `notifyUsers=false`: unless the app were an administrator, Jira would answer 204 and
 * change nothing.
 */
export async function editIssue(
  client: JiraClient,
  issueId: string,
  edit: { description?: OwnPart; fields?: Readonly<Record<string, unknown>> },
): Promise<Result<{ readonly description: unknown }, Failure>> {
  const description = edit.description && withOwnPart(edit.description);
  const edited = await client.change({
    method: 'PUT',
    path: route`/rest/api/3/issue/${issueId}`,
    body: { fields: { ...edit.fields, ...(description && { description }) } },
  });
  // Nothing is cut from what people wrote, so they are told that it leaves no room.
  if (
    !edited.ok &&
    edited.error.code === 'invalid' &&
    description &&
    sizeOf(description) > LONGEST_DOCUMENT
  ) {
    const detail = 'The description leaves no room for the text that approvers need.';
    return no({ ...edited.error, code: 'too-large', detail });
  }
  return edited.ok ? ok({ description: description ?? null }) : edited;
}

const workTypes = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    subtask: z.boolean(),
    statuses: z.array(z.unknown()),
  }),
);

/** A task where the project has that type, else the type with the plainest workflow; subtasks need a parent. */
export async function createIssue(
  client: JiraClient,
  projectId: string,
  {
    summary,
    lines,
    parentId,
    assignee,
    due,
  }: { summary: string; lines: readonly string[] } & IssueMore,
): Promise<Result<string, Failure>> {
  const types = await client.ask({
    path: route`/rest/api/3/project/${projectId}/statuses`,
    answer: workTypes,
  });
  if (!types.ok) return types;
  const usable = types.value
    .filter((candidate) => candidate.subtask === (parentId !== undefined))
    .sort((a, b) => a.statuses.length - b.statuses.length);
  const type = usable.find(({ name }) => name === 'Task') ?? usable[0];
  if (!type) return no(permanent('invalid', 'The project has no work type that can be created.'));
  const blocks = lines.map((text) => ({ kind: 'paragraph' as const, text }));
  const created = await client.ask({
    method: 'POST',
    path: route`/rest/api/3/issue`,
    body: {
      fields: {
        project: { id: projectId },
        issuetype: { id: type.id },
        summary: visible(summary).replaceAll('\n', ' ').slice(0, LONGEST_SUMMARY),
        description: toAdf({ blocks }),
        ...(parentId !== undefined && { parent: { id: parentId } }),
        ...(assignee !== undefined && { assignee: { accountId: assignee } }),
        ...(due !== undefined && { duedate: due }),
      },
    },
    answer: z.object({ id: z.string() }),
  });
  return created.ok ? ok(created.value.id) : created;
}

export async function setProperty(
  client: JiraClient,
  { ownPropertyKey }: IssueKeys,
  issueId: string,
  value: unknown,
): Promise<Result<void, Failure>> {
  const refused = propertyFailure(value);
  if (refused) return no(refused);
  return client.change({
    method: 'PUT',
    path: route`/rest/api/3/issue/${issueId}/properties/${ownPropertyKey}`,
    body: value,
  });
}

export function propertyFailure(value: unknown): Failure | undefined {
  const { length } = JSON.stringify(value);
  if (length <= LONGEST_PROPERTY) return undefined;
  return permanent('too-large', `The issue property would hold ${length} characters.`);
}
