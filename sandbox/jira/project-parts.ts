/** What the projects of a site are put together from. */
import type { CustomField, FieldKind, RequestType, Status } from './configuration';

export type NewId = () => string;

export const JSM_MADE = { description: 'This custom field was created by Jira Service Desk.' };

export type FieldMaker = (
  name: string,
  kind: FieldKind,
  projects: readonly string[],
  more: { description?: string; stableId?: string; scopedTo?: string },
) => CustomField;

export function fieldMaker(newId: NewId): FieldMaker {
  return (name, kind, projects, { description = '', ...more }) => ({
    id: `customfield_${newId()}`,
    name,
    kind,
    projects,
    description,
    ...more,
  });
}

export function requestFields(
  field: FieldMaker,
  projects: string[],
  scopedTo?: string,
): CustomField[] {
  const scope = scopedTo === undefined ? {} : { scopedTo };
  return [
    field('App', 'text', projects, scope),
    field('Role', 'text', projects, scope),
    field('Duration', 'text', projects, scope),
    field('Beneficiary', 'user', projects, scope),
  ];
}

export function accessRequestType(
  newId: NewId,
  issueTypeId: string,
  fields: readonly CustomField[],
  defaultApprovers: readonly string[] = [],
): RequestType {
  return {
    id: newId(),
    name: 'Request access to an app',
    description: 'Ask for a role in an app the company uses.',
    issueTypeId,
    fields: [
      { id: 'summary', label: 'What do you need?', required: true },
      ...fields.map(({ id, name }) => ({ id, label: name, required: false })),
      { id: 'description', label: 'Why do you need it?', required: false },
    ],
    defaultApprovers,
  };
}

/** Company-managed projects share statuses: one id per name on the whole site. */
export function companyStatuses(newId: NewId) {
  return {
    new: { id: newId(), name: 'New', category: 'new' },
    waiting: { id: newId(), name: 'Waiting for approval', category: 'indeterminate' },
    approved: { id: newId(), name: 'Approved', category: 'indeterminate' },
    granted: { id: newId(), name: 'Access granted', category: 'done', resolution: 'Done' },
    ended: { id: newId(), name: 'Access ended', category: 'done', resolution: 'Done' },
    declined: { id: newId(), name: 'Declined', category: 'done', resolution: 'Declined' },
    withdrawn: { id: newId(), name: 'Withdrawn', category: 'done', resolution: 'Withdrawn' },
    attention: { id: newId(), name: 'Needs attention', category: 'indeterminate' },
    open: { id: newId(), name: 'Open', category: 'new' },
    resolved: { id: newId(), name: 'Resolved', category: 'done', resolution: 'Done' },
  } satisfies Record<string, Status>;
}
export type CompanyStatuses = ReturnType<typeof companyStatuses>;

/** Workflows have UUIDs; these are readable ones. */
export function workflowId(newId: NewId): string {
  return `00000000-0000-4000-8000-${newId().padStart(12, '0')}`;
}
