/**
 * The projects of a site: `IT` set up well, `HELP` in JSM's stock shape, `BAD` set up wrongly in the
 * usual ways, five desks that ask for approval in other ways, and `INC` for incidents. Ids come from
 * the site, so that no two sites share one.
 */
import { APPROVAL_DESKS, approvalDesks, withSubtasks } from './approval-desks';
import type {
  ApprovalStep,
  Configuration,
  CustomField,
  Project,
  Status,
  SystemFields,
  Workflow,
} from './configuration';
import { incidentProject } from './incidents';
import type { CompanyStatuses, NewId } from './project-parts';
import {
  accessRequestType,
  companyStatuses,
  fieldMaker,
  JSM_MADE,
  requestFields,
  workflowId,
} from './project-parts';

export interface ConfigurationOptions {
  /** First number for ids. */
  readonly base: number;
  /** Account ids of the approvers that the stock project's request type fills in. */
  readonly stockApprovers: readonly string[];
  /** Replaces parts of the approval step of `IT`. */
  readonly approvalStep?: Partial<ApprovalStep> | undefined;
}

export function configure({
  base,
  stockApprovers,
  approvalStep,
}: ConfigurationOptions): Configuration {
  let last = base;
  const newId: NewId = () => String(++last);
  const field = fieldMaker(newId);
  const desks = Object.keys(APPROVAL_DESKS);
  const all = ['IT', 'HELP', 'BAD', ...desks];
  const system: SystemFields = {
    requestType: field('Request Type', 'request-type', all, JSM_MADE),
    organizations: field('Organizations', 'organizations', all, JSM_MADE),
    approvers: field('Approvers', 'users', ['IT', 'HELP', ...desks], {
      stableId: 'sfid:approvers',
      description:
        'Contains users needed for approval. This custom field was created by Jira Service Desk.',
    }),
    approvals: field('Approvals', 'approvals', all, {
      description:
        'Provides search options for Jira Service Desk approvals information. This custom field was created by Jira Service Desk.',
    }),
    participants: field('Request participants', 'participants', all, JSM_MADE),
    sla: field('Time to resolution', 'sla', all, JSM_MADE),
    approverGroups: field('Approver groups', 'groups', ['IT', ...desks], {
      stableId: 'sfid:approver-groups',
      description:
        'Contains groups needed for approval. This custom field was created by Jira Service Desk.',
    }),
  };
  // A picker of the same type that has nothing to do with approvals, as most sites have.
  const stakeholders = field('Stakeholders', 'users', ['IT', 'HELP'], {
    description: 'People to keep informed.',
  });
  const shared = requestFields(field, ['IT', 'BAD', ...desks]);
  const own = requestFields(field, ['HELP'], 'HELP');
  const statuses = companyStatuses(newId);
  const it = projectIt(newId, statuses, shared, approvalStep);
  const help = projectHelp(newId, own, stockApprovers);
  const bad = projectBad(newId, statuses, shared);
  const subtasks = withSubtasks(newId);
  const others = approvalDesks(newId, statuses, shared).map(subtasks);
  return {
    // What came later comes last, so that the ids of what was there stay.
    projects: [subtasks(it), help, bad, ...others, incidentProject(newId)],
    fields: [...Object.values(system), stakeholders, ...shared, ...own],
    system,
  };
}

function projectIt(
  newId: NewId,
  s: CompanyStatuses,
  fields: readonly CustomField[],
  approvalStep: Partial<ApprovalStep> = {},
): Project {
  const access: Workflow = {
    id: workflowId(newId),
    name: 'IT: access requests',
    initial: s.new.id,
    statuses: [
      s.new,
      s.waiting,
      s.approved,
      s.granted,
      s.ended,
      s.declined,
      s.withdrawn,
      s.attention,
    ],
    transitions: [
      { id: '11', name: 'Ask for approval', from: [s.new.id], to: s.waiting.id },
      { id: '21', name: 'Approve without asking', from: [s.new.id], to: s.approved.id },
      { id: '31', name: 'Needs attention', from: [s.new.id], to: s.attention.id },
      { id: '41', name: 'Refuse', from: [s.new.id, s.attention.id], to: s.declined.id },
      {
        id: '51',
        name: 'Withdraw',
        from: [s.new.id, s.attention.id],
        to: s.withdrawn.id,
        customers: true,
      },
      {
        id: '61',
        name: 'Approve',
        from: [s.waiting.id],
        to: s.approved.id,
        blockedByApproval: true,
      },
      {
        id: '71',
        name: 'Decline',
        from: [s.waiting.id],
        to: s.declined.id,
        blockedByApproval: true,
      },
      {
        id: '81',
        name: 'Stop for attention',
        from: [s.waiting.id],
        to: s.attention.id,
        appOnly: true,
      },
      { id: '91', name: 'Ask again', from: [s.attention.id], to: s.waiting.id },
      { id: '101', name: 'Back to new', from: [s.attention.id], to: s.new.id },
      { id: '111', name: 'Access granted', from: [s.approved.id], to: s.granted.id },
      { id: '121', name: 'Grant stopped', from: [s.approved.id], to: s.attention.id },
      {
        id: '131',
        name: 'Another approval',
        from: [s.approved.id],
        to: s.waiting.id,
        appOnly: true,
      },
      { id: '141', name: 'Access ended', from: [s.granted.id], to: s.ended.id },
      // What IT put right goes on from where it stopped; nothing leads from there to Approved.
      {
        id: '151',
        name: 'Access granted after all',
        from: [s.attention.id],
        to: s.granted.id,
        appOnly: true,
      },
    ],
    approvals: {
      [s.waiting.id]: {
        field: 'approvers',
        conditionType: 'number',
        conditionValue: 1,
        exclude: ['reporter'],
        transitionApproved: '61',
        transitionRejected: '71',
        ...approvalStep,
      },
    },
  };
  const plain: Workflow = {
    id: workflowId(newId),
    name: 'IT: help',
    initial: s.open.id,
    statuses: [s.open, s.resolved],
    transitions: [
      { id: '11', name: 'Resolve', from: [s.open.id], to: s.resolved.id, customers: true },
      { id: '21', name: 'Reopen', from: [s.resolved.id], to: s.open.id },
    ],
    approvals: {},
  };
  const accessType = {
    id: newId(),
    name: 'Service request with approvals',
    workflow: access,
  };
  const helpType = { id: newId(), name: 'Service request', workflow: plain };
  return {
    id: newId(),
    key: 'IT',
    name: 'IT Service Desk',
    style: 'classic',
    typeKey: 'service_desk',
    serviceDeskId: newId(),
    issueTypes: [accessType, helpType],
    requestTypes: [
      accessRequestType(newId, accessType.id, fields),
      {
        id: newId(),
        name: 'Get IT help',
        description: 'Anything else.',
        issueTypeId: helpType.id,
        fields: [
          { id: 'summary', label: 'Summary', required: true },
          { id: 'description', label: 'Description', required: false },
        ],
        defaultApprovers: [],
      },
    ],
  };
}

function projectHelp(
  newId: NewId,
  fields: readonly CustomField[],
  stockApprovers: readonly string[],
): Project {
  const waiting: Status = { id: newId(), name: 'Waiting for approval', category: 'indeterminate' };
  const approved: Status = { id: newId(), name: 'Approved', category: 'indeterminate' };
  const progress: Status = { id: newId(), name: 'In progress', category: 'indeterminate' };
  const resolved: Status = {
    id: newId(),
    name: 'Resolved',
    category: 'done',
    resolution: 'Done',
  };
  const declined: Status = {
    id: newId(),
    name: 'Declined',
    category: 'done',
    resolution: 'Declined',
  };
  const workflow: Workflow = {
    id: workflowId(newId),
    name: 'HELP: service request with approvals',
    initial: waiting.id,
    statuses: [waiting, approved, progress, resolved, declined],
    transitions: [
      {
        id: '2',
        name: 'Approve',
        from: [waiting.id],
        to: approved.id,
        blockedByApproval: true,
      },
      {
        id: '3',
        name: 'Decline',
        from: [waiting.id],
        to: declined.id,
        blockedByApproval: true,
      },
      { id: '4', name: 'Start', from: [approved.id], to: progress.id },
      { id: '5', name: 'Resolve', from: [approved.id, progress.id], to: resolved.id },
      {
        id: '6',
        name: 'Ask for approval again',
        from: [approved.id, progress.id],
        to: waiting.id,
      },
      { id: '7', name: 'Reopen', from: [resolved.id, declined.id], to: progress.id },
      { id: '8', name: 'Refuse', from: [approved.id, progress.id], to: declined.id },
    ],
    approvals: {
      [waiting.id]: {
        field: 'approvers',
        conditionType: 'number',
        conditionValue: 1,
        exclude: [],
        transitionApproved: '2',
        transitionRejected: '3',
      },
    },
  };
  const issueType = { id: newId(), name: 'Service request', workflow };
  return {
    id: newId(),
    key: 'HELP',
    name: 'Help desk',
    style: 'next-gen',
    typeKey: 'service_desk',
    serviceDeskId: newId(),
    issueTypes: [issueType],
    requestTypes: [accessRequestType(newId, issueType.id, fields, stockApprovers)],
  };
}

function projectBad(newId: NewId, s: CompanyStatuses, fields: readonly CustomField[]): Project {
  const workflow: Workflow = {
    id: workflowId(newId),
    name: 'BAD: access requests',
    initial: s.new.id,
    statuses: [s.new, s.waiting, s.approved, s.granted, s.declined],
    transitions: [
      { id: '11', name: 'Ask for approval', from: [s.new.id], to: s.waiting.id },
      { id: '21', name: 'Decline', from: [s.waiting.id], to: s.declined.id },
      { id: '31', name: 'Access granted', from: [s.approved.id], to: s.granted.id },
      { id: '41', name: 'Approved', from: 'any', to: s.approved.id },
    ],
    approvals: {},
  };
  const issueType = { id: newId(), name: 'Service request', workflow };
  return {
    id: newId(),
    key: 'BAD',
    name: 'Misconfigured desk',
    style: 'classic',
    typeKey: 'service_desk',
    serviceDeskId: newId(),
    issueTypes: [issueType],
    requestTypes: [accessRequestType(newId, issueType.id, fields)],
  };
}
