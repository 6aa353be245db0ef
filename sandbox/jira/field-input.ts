/** Reads the `fields`, `update` and `properties` of a request body into an edit. */
import { checkedDocument } from './adf';
import type { CustomField } from './configuration';
import type { SiteContext } from './context';
import { fieldsOf, findProject } from './context';
import { refuseFields, SiteError } from './errors';
import type { Edit } from './issues';
import { asSeenBy, isAgent } from './permissions';
import type { IssueState } from './state';

export const LONGEST_SUMMARY = 255;
export const LONGEST_PROPERTY = 32_768;

export interface PropertyInput {
  key: string;
  value?: unknown;
}

/** The new values; everything wrong is named at once, by field. */
export function readFields(
  site: SiteContext,
  projectKey: string,
  fields: Readonly<Record<string, unknown>>,
): Edit {
  const wrong: Record<string, string> = {};
  const edit: { -readonly [K in keyof Edit]: Edit[K] } = {};
  const values: Record<string, string | string[]> = {};
  for (const [id, value] of Object.entries(fields)) {
    try {
      if (!readSystemField(site, edit, id, value)) {
        const field = fieldsOf(site, projectKey).find((candidate) => candidate.id === id);
        if (!field) throw refuseFields({ [id]: notSettable(id) });
        readCustomField(site, { edit, values, field, projectKey }, value);
      }
    } catch (cause) {
      if (!(cause instanceof SiteError)) throw cause;
      Object.assign(wrong, cause.fields);
    }
  }
  if (Object.keys(wrong).length > 0) throw refuseFields(wrong);
  if (Object.keys(values).length > 0) edit.values = values;
  return edit;
}

export const notSettable = (id: string): string =>
  `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;

function readSystemField(
  site: SiteContext,
  edit: { -readonly [K in keyof Edit]: Edit[K] },
  id: string,
  value: unknown,
): boolean {
  switch (id) {
    case 'summary':
      edit.summary = readSummary(value);
      return true;
    case 'description':
      edit.description = value === null ? null : checkedDocument(value, 'description');
      return true;
    case 'reporter':
      edit.reporter = readPerson(site, 'reporter', value);
      return true;
    case 'assignee':
      edit.assignee = value === null ? null : readAssignee(site, value);
      return true;
    case 'duedate':
      edit.duedate = value === null ? null : readDay(value);
      return true;
    default:
      return false;
  }
}

/** Only those who work in the projects can be given work. */
function readAssignee(site: SiteContext, value: unknown): string {
  const accountId = readPerson(site, 'assignee', value);
  if (!isAgent(asSeenBy(site, accountId))) {
    throw refuseFields({ assignee: `User '${accountId}' cannot be assigned issues.` });
  }
  return accountId;
}

function readDay(value: unknown): string {
  if (typeof value !== 'string') {
    throw refuseFields({ duedate: 'Operation value must be a string' });
  }
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw refuseFields({ duedate: `Error parsing date string: ${value}` });
  }
  return value;
}

export function readSummary(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw refuseFields({ summary: 'You must specify a summary of the issue.' });
  }
  if (/[\r\n]/.test(value)) {
    throw refuseFields({
      summary: 'The summary is invalid because it contains newline characters.',
    });
  }
  if (value.length > LONGEST_SUMMARY) {
    throw refuseFields({
      summary: `The summary exceeds the maximum length of ${LONGEST_SUMMARY} characters.`,
    });
  }
  return value;
}

interface CustomTarget {
  readonly edit: { -readonly [K in keyof Edit]: Edit[K] };
  readonly values: Record<string, string | string[]>;
  readonly field: CustomField;
  readonly projectKey: string;
}

function readCustomField(
  site: SiteContext,
  { edit, values, field, projectKey }: CustomTarget,
  value: unknown,
): void {
  switch (field.kind) {
    case 'users':
      values[field.id] = readPeople(site, field.id, value);
      return;
    case 'participants':
      edit.participants = readPeople(site, field.id, value);
      return;
    case 'user':
      values[field.id] = value === null ? '' : readPerson(site, field.id, value);
      return;
    case 'groups':
      values[field.id] = readList(field.id, value).map((group) => readGroup(site, field.id, group));
      return;
    case 'text':
      values[field.id] = readText(field.id, value);
      return;
    case 'request-type':
      edit.requestTypeId = readRequestType(site, field.id, { projectKey, value });
      return;
    case 'approvals':
    case 'organizations':
    case 'sla':
      throw refuseFields({ [field.id]: notSettable(field.id) });
  }
}

function readText(id: string, value: unknown): string {
  if (value === null) return '';
  if (typeof value !== 'string') {
    throw refuseFields({ [id]: 'Operation value must be a string' });
  }
  if (value.length > 255) {
    throw refuseFields({
      [id]: 'The entered text is too long. It exceeds the allowed limit of 255 characters.',
    });
  }
  return value;
}

function readList(id: string, value: unknown): unknown[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw refuseFields({ [id]: 'data was not an array' });
  return value;
}

function readPeople(site: SiteContext, id: string, value: unknown): string[] {
  return [...new Set(readList(id, value).map((person) => readPerson(site, id, person)))];
}

/** Takes `{"accountId"}` and `{"id"}`; the account must exist and be active. */
export function readPerson(site: SiteContext, id: string, value: unknown): string {
  const given = typeof value === 'object' && value !== null ? value : {};
  const accountId = 'accountId' in given ? given.accountId : 'id' in given ? given.id : undefined;
  if (typeof accountId !== 'string') {
    throw refuseFields({ [id]: 'expected Object containing an accountId or id' });
  }
  if (!site.people.find(accountId)?.active) {
    throw refuseFields({ [id]: `User '${accountId}' was not found or is inactive.` });
  }
  return accountId;
}

/** By name alone; an id is no way to write it. */
function readGroup(site: SiteContext, id: string, value: unknown): string {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : '';
  if (typeof name !== 'string' || name === '') {
    throw refuseFields({ [id]: "expected 'name' property to be provided" });
  }
  if (!site.people.groups().includes(name)) {
    throw refuseFields({ [id]: `Group '${name}' does not exist.` });
  }
  return name;
}

/** Written as the id, as a string; the name that people see is refused. */
function readRequestType(
  site: SiteContext,
  id: string,
  { projectKey, value }: { projectKey: string; value: unknown },
): string {
  const known = findProject(site, projectKey)?.requestTypes.find((type) => type.id === value);
  if (!known) {
    throw refuseFields({ [id]: `Request type '${String(value)}' is not valid for this project.` });
  }
  return known.id;
}

/** Turns `update` operations into whole new values; only lists of people and groups can be added to. */
export function applyUpdate(
  site: SiteContext,
  issue: IssueState,
  update: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [id, operations] of Object.entries(update)) {
    const people =
      id === site.configuration.system.participants.id ? issue.participants : undefined;
    const held = people ?? issue.values[id];
    const groups = site.configuration.fields.find((f) => f.id === id)?.kind === 'groups';
    const read = (item: unknown) =>
      groups ? readGroup(site, id, item) : readPerson(site, id, item);
    let current: unknown[] = Array.isArray(held)
      ? held.map((item) => (groups ? { name: item } : { accountId: item }))
      : [];
    for (const operation of readList(id, operations)) {
      if (typeof operation !== 'object' || operation === null) continue;
      if ('set' in operation) {
        fields[id] = operation.set;
        current = Array.isArray(operation.set) ? operation.set : [];
      } else if ('add' in operation) {
        current = [...current, operation.add];
        fields[id] = current;
      } else if ('remove' in operation) {
        const gone = read(operation.remove);
        current = current.filter((item) => read(item) !== gone);
        fields[id] = current;
      }
    }
  }
  return fields;
}

export function readProperties(input: readonly PropertyInput[]): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const { key, value } of input) {
    checkProperty(key, value);
    properties[key] = value;
  }
  return properties;
}

export function checkProperty(key: string, value: unknown): void {
  if (key.length > 255) throw new SiteError(400, 'The property key exceeds 255 characters.');
  if (value === undefined || value === null || value === '') {
    throw new SiteError(400, 'The property value must not be empty.');
  }
  if (JSON.stringify(value).length > LONGEST_PROPERTY) {
    throw new SiteError(
      400,
      `The property value exceeds the maximum length of ${LONGEST_PROPERTY} characters.`,
    );
  }
}
