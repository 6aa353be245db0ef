/** What an administrator of the site would have configured: projects, workflows, fields, desks. */

export type CategoryKey = 'new' | 'indeterminate' | 'done';

export interface ApprovalStep {
  readonly field: 'approvers' | 'approverGroups';
  /** `numberPerPrincipal`: so many answers of every listed group; a listed person is one by itself. */
  readonly conditionType: 'number' | 'percent' | 'numberPerPrincipal';
  /** A count up to 20, or a percentage up to 100. */
  readonly conditionValue: number;
  readonly exclude: readonly ('reporter' | 'assignee')[];
  readonly transitionApproved: string;
  readonly transitionRejected: string;
}

export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: CategoryKey;
  /** Set by a post function when an issue enters; statuses of category `done` only. */
  readonly resolution?: string;
}

export interface Transition {
  readonly id: string;
  readonly name: string;
  /** `any` is a global transition. */
  readonly from: readonly string[] | 'any';
  readonly to: string;
  /** A condition lets only apps through. */
  readonly appOnly?: boolean;
  /** `system:block-in-progress-approval`: hidden while an approval is pending. */
  readonly blockedByApproval?: boolean;
  /** Shown to customers in the portal. */
  readonly customers?: boolean;
}

export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly initial: string;
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  /** Approval steps by status id. */
  readonly approvals: Readonly<Record<string, ApprovalStep>>;
}

export interface IssueType {
  readonly id: string;
  readonly name: string;
  readonly workflow: Workflow;
  /** Its issues hang under a parent in the same project. */
  readonly subtask?: boolean;
}

export type FieldKind =
  | 'users'
  | 'user'
  | 'groups'
  | 'text'
  | 'request-type'
  | 'approvals'
  | 'participants'
  | 'organizations'
  | 'sla';

export interface CustomField {
  /** `customfield_…`; differs from site to site. */
  readonly id: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  /** Only fields that JSM itself made have one. */
  readonly stableId?: string;
  /** Keys of the projects whose issues have it. */
  readonly projects: readonly string[];
  /** Team-managed projects keep fields to themselves. */
  readonly scopedTo?: string;
}

export interface RequestType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly issueTypeId: string;
  /** `summary`, `description` or the id of a custom field. */
  readonly fields: readonly {
    readonly id: string;
    readonly label: string;
    readonly required: boolean;
  }[];
  /** Account ids that JSM puts into Approvers when a request is created. */
  readonly defaultApprovers: readonly string[];
}

export interface Project {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly style: 'classic' | 'next-gen';
  readonly typeKey: 'service_desk' | 'software';
  /** Also the portal's id; empty where there is no desk. */
  readonly serviceDeskId: string;
  readonly issueTypes: readonly IssueType[];
  readonly requestTypes: readonly RequestType[];
}

/** The fields JSM needs by role, the same on the whole site. */
export interface SystemFields {
  readonly approvers: CustomField;
  readonly approverGroups: CustomField;
  readonly participants: CustomField;
  readonly organizations: CustomField;
  readonly requestType: CustomField;
  readonly approvals: CustomField;
  readonly sla: CustomField;
}

export interface Configuration {
  readonly projects: readonly Project[];
  readonly fields: readonly CustomField[];
  readonly system: SystemFields;
}

export const CATEGORIES: Record<CategoryKey, { id: number; name: string; colorName: string }> = {
  new: { id: 2, name: 'To Do', colorName: 'blue-gray' },
  indeterminate: { id: 4, name: 'In Progress', colorName: 'yellow' },
  done: { id: 3, name: 'Done', colorName: 'green' },
};

/** `type`, `items` and `custom` of `GET /field`, by which an app must recognise a field. */
export const FIELD_SCHEMAS: Record<FieldKind, { type: string; items?: string; custom: string }> = {
  users: {
    type: 'array',
    items: 'user',
    custom: 'com.atlassian.jira.plugin.system.customfieldtypes:multiuserpicker',
  },
  user: { type: 'user', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:userpicker' },
  groups: {
    type: 'array',
    items: 'group',
    custom: 'com.atlassian.jira.plugin.system.customfieldtypes:multigrouppicker',
  },
  text: { type: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield' },
  'request-type': {
    type: 'sd-customerrequesttype',
    custom: 'com.atlassian.servicedesk:vp-origin',
  },
  approvals: {
    type: 'sd-approvals',
    custom: 'com.atlassian.servicedesk.approvals-plugin:sd-approvals',
  },
  participants: {
    type: 'array',
    items: 'user',
    custom: 'com.atlassian.servicedesk:sd-request-participants',
  },
  organizations: {
    type: 'array',
    items: 'sd-customerorganization',
    custom: 'com.atlassian.servicedesk:sd-customer-organizations',
  },
  sla: { type: 'sd-servicelevelagreement', custom: 'com.atlassian.servicedesk:sd-sla-field' },
};

export function workflowOf(project: Project, issueTypeId: string): Workflow {
  const type = project.issueTypes.find((candidate) => candidate.id === issueTypeId);
  if (!type) throw new Error(`Project ${project.key} has no work type ${issueTypeId}.`);
  return type.workflow;
}

export function statusOf(workflow: Workflow, statusId: string): Status {
  const status = workflow.statuses.find((candidate) => candidate.id === statusId);
  if (!status) throw new Error(`Workflow ${workflow.name} has no status ${statusId}.`);
  return status;
}
