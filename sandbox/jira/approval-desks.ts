/**
 * Desks whose workflows ask for approval in other ways than `IT` does. All have the request type,
 * the fields and the statuses of `IT`; what differs is said beside each.
 */
import type {
  ApprovalStep,
  CustomField,
  IssueType,
  Project,
  Status,
  Transition,
} from './configuration';
import type { CompanyStatuses, NewId } from './project-parts';
import { accessRequestType, workflowId } from './project-parts';

interface Plan {
  readonly name: string;
  /** Names of the statuses between New and Approved, in order. */
  readonly waiting: readonly string[];
  /** The approval step of each of them; `undefined` for a workflow without any. */
  readonly step: Pick<ApprovalStep, 'field' | 'conditionType' | 'conditionValue'> | undefined;
  /** Whether an app can bring a request back from Approved or Needs attention to the first. */
  readonly wayBack: boolean;
}

const ONE_ANSWER = { field: 'approvers', conditionType: 'number', conditionValue: 1 } as const;
const WAITING = 'Waiting for approval';

export const APPROVAL_DESKS: Readonly<Record<string, Plan>> = {
  /** Two approval steps in a row. */
  TWO: {
    name: 'Two-stage desk',
    waiting: ['Waiting for manager', 'Waiting for owner'],
    step: ONE_ANSWER,
    wayBack: true,
  },
  /** No approval step: whoever works here may move a request on, and that is no consent. */
  OWN: { name: 'Desk without approvals', waiting: [WAITING], step: undefined, wayBack: true },
  /** One approval step that cannot be entered a second time. */
  ONCE: { name: 'One-way desk', waiting: [WAITING], step: ONE_ANSWER, wayBack: false },
  /** One approval step that wants two answers. */
  PAIR: {
    name: 'Two-answer desk',
    waiting: [WAITING],
    step: { ...ONE_ANSWER, conditionValue: 2 },
    wayBack: true,
  },
  /** One approval step on the Approver groups field: one answer of every listed group. */
  GRP: {
    name: 'Group desk',
    waiting: [WAITING],
    step: { field: 'approverGroups', conditionType: 'numberPerPrincipal', conditionValue: 1 },
    wayBack: true,
  },
};

export function approvalDesks(
  newId: NewId,
  statuses: CompanyStatuses,
  fields: readonly CustomField[],
): Project[] {
  const named = new Map<string, Status>([[WAITING, statuses.waiting]]);
  const waiting = (name: string): Status => {
    const known = named.get(name) ?? { id: newId(), name, category: 'indeterminate' };
    named.set(name, known);
    return known;
  };
  return Object.entries(APPROVAL_DESKS).map(([key, plan]) => {
    const stages = plan.waiting.map(waiting);
    const workflow = {
      id: workflowId(newId),
      name: `${key}: access requests`,
      initial: statuses.new.id,
      statuses: [
        statuses.new,
        ...stages,
        statuses.approved,
        statuses.granted,
        statuses.ended,
        statuses.declined,
        statuses.withdrawn,
        statuses.attention,
      ],
      transitions: [
        ...aroundApproval(statuses, stages[0] ?? statuses.approved, plan.wayBack),
        ...stages.flatMap((stage, i) =>
          ofStage(statuses, stage, { next: stages[i + 1] ?? statuses.approved, i, plan }),
        ),
      ],
      approvals: Object.fromEntries(
        stages.flatMap((stage, i) => (plan.step ? [[stage.id, stepOf(plan.step, i)]] : [])),
      ),
    };
    const issueType = { id: newId(), name: 'Service request with approvals', workflow };
    return {
      id: newId(),
      key,
      name: plan.name,
      style: 'classic',
      typeKey: 'service_desk',
      serviceDeskId: newId(),
      issueTypes: [issueType],
      requestTypes: [accessRequestType(newId, issueType.id, fields)],
    };
  });
}

const stepOf = (step: NonNullable<Plan['step']>, i: number): ApprovalStep => ({
  ...step,
  exclude: ['reporter'],
  transitionApproved: `6${i + 1}`,
  transitionRejected: `7${i + 1}`,
});

function ofStage(
  s: CompanyStatuses,
  stage: Status,
  { next, i, plan }: { next: Status; i: number; plan: Plan },
): Transition[] {
  const blocked = plan.step ? { blockedByApproval: true } : {};
  const from = [stage.id];
  return [
    { id: `6${i + 1}`, name: 'Approve', from, to: next.id, ...blocked },
    { id: `7${i + 1}`, name: 'Decline', from, to: s.declined.id, ...blocked },
    { id: `8${i + 1}`, name: 'Stop for attention', from, to: s.attention.id, appOnly: true },
  ];
}

function aroundApproval(s: CompanyStatuses, first: Status, wayBack: boolean): Transition[] {
  const back: Transition[] = [
    { id: '91', name: 'Ask again', from: [s.attention.id], to: first.id },
    { id: '101', name: 'Back to new', from: [s.attention.id], to: s.new.id },
    { id: '131', name: 'Another approval', from: [s.approved.id], to: first.id, appOnly: true },
  ];
  const stopped = [s.new.id, s.attention.id];
  return [
    { id: '11', name: 'Ask for approval', from: [s.new.id], to: first.id },
    { id: '21', name: 'Approve without asking', from: [s.new.id], to: s.approved.id },
    { id: '31', name: 'Needs attention', from: [s.new.id], to: s.attention.id },
    { id: '41', name: 'Refuse', from: stopped, to: s.declined.id },
    { id: '51', name: 'Withdraw', from: stopped, to: s.withdrawn.id, customers: true },
    { id: '111', name: 'Access granted', from: [s.approved.id], to: s.granted.id },
    { id: '121', name: 'Grant stopped', from: [s.approved.id], to: s.attention.id },
    { id: '141', name: 'Access ended', from: [s.granted.id], to: s.ended.id },
    {
      id: '151',
      name: 'Access granted after all',
      from: [s.attention.id],
      to: s.granted.id,
      appOnly: true,
    },
    ...(wayBack ? back : []),
  ];
}

/** Company-managed projects share one work type for sub-tasks; the stock project has none. */
export function withSubtasks(newId: NewId): (project: Project) => Project {
  const todo: Status = { id: newId(), name: 'To do', category: 'new' };
  const progress: Status = { id: newId(), name: 'In progress', category: 'indeterminate' };
  const done: Status = { id: newId(), name: 'Done', category: 'done', resolution: 'Done' };
  const subtask: IssueType = {
    id: newId(),
    name: 'Sub-task',
    subtask: true,
    workflow: {
      id: workflowId(newId),
      name: 'Sub-tasks',
      initial: todo.id,
      statuses: [todo, progress, done],
      transitions: [
        { id: '11', name: 'Start', from: [todo.id], to: progress.id },
        { id: '21', name: 'Done', from: [todo.id, progress.id], to: done.id },
        { id: '31', name: 'Reopen', from: [done.id], to: todo.id },
      ],
      approvals: {},
    },
  };
  return (project) => ({ ...project, issueTypes: [...project.issueTypes, subtask] });
}
