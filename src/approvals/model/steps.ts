/**
 * Where a request stands in its workflow: which of Jira's approval steps, and whom each of them asks.
 * Step 0 is the first approval status, the approved status comes after the last one.
 */
import type { Binding } from '../../catalog/model/settings';
import type { Decision, Pin, Stage } from '../../requests/model/request';
import type { Refusal } from '../../shared/result';

/** Statuses in which Jira asks for approval, in order. */
export const approvalStatuses = ({ statuses, steps }: Binding): string[] => [
  statuses.waiting,
  ...(steps ?? []).map(({ status }) => status),
];

/** `undefined`: at none of them. */
export function stepAt(binding: Binding, statusId: string): number | undefined {
  const at = [...approvalStatuses(binding), binding.statuses.approved].indexOf(statusId);
  return at < 0 ? undefined : at;
}

/** Which stage each step from there on asks: the last one again where Jira asks more often than the policy. */
export function fieldsFrom(
  binding: Binding,
  stages: readonly Stage[],
  from: { readonly stage: number; readonly step: number },
  decided: readonly Decision[] = [],
  before: readonly Stage[] = [],
): Record<string, unknown> {
  const { approvers, approverGroups } = binding.fields;
  const values: Record<string, unknown> = {};
  for (let step = from.step; step < approvalStatuses(binding).length; step++) {
    const field = (step === 0 ? undefined : binding.steps?.[step - 1]?.approvers) ?? approvers;
    const stage = stages[Math.min(from.stage + step - from.step, stages.length - 1)];
    // A field that several steps share holds whom the nearest of them asks.
    if (!(field in values)) values[field] = stage ? askedIn(stage, decided) : [];
  }
  // By name: Jira takes no id there. Left alone where no stage asks a group, nor did one of the round
  // before, whose group Jira would go on asking: the field may not be on the form.
  if (approverGroups !== undefined && [...stages, ...before].some((s) => groupsIn(s).length > 0))
    values[approverGroups] = groupsIn(stages[from.stage]).map(({ name }) => ({ name }));
  return values;
}

/** A group that Jira would have to ask and cannot: nobody would ever answer, and nobody be reminded. */
export function unaskable(
  { fields, approval, projectKey }: Binding,
  stages: readonly Stage[],
): Refusal | undefined {
  if (approval === 'app' || fields.approverGroups !== undefined) return undefined;
  const stage = stages.find((s) => groupsIn(s).length > 0 && s.approvers.length < s.needs);
  if (!stage) return undefined;
  const groups = groupsIn(stage).map(({ name }) => name);
  return {
    check: 'groups-askable',
    sentence: `The group ${groups.join(', ')} decides on this, and the workflow of ${projectKey} has no field to ask a group in.`,
    nextStep: `An administrator names the field for approver groups in the settings of ${projectKey}, or chooses people who decide; then IT presses Resume.`,
    facts: { stage: stage.id, groups: groupsIn(stage).map(({ id }) => id) },
  };
}

const groupsIn = (stage: Stage | undefined) =>
  (stage?.groups ?? []).filter(({ kind }) => kind === 'jira-group');

/** Whoever said yes already is not asked again. */
const askedIn = ({ id, approvers }: Stage, decided: readonly Decision[]) =>
  approvers
    .filter((a) => !decided.some((d) => d.stage === id && d.by === a.accountId))
    .map(({ accountId }) => ({ accountId }));

/** Steps to go back to from the approved status, best first: so many stages are still to come after it. */
export function waysBack(binding: Binding, pin: Pin, stage: number): number[] {
  const last = approvalStatuses(binding).length - 1;
  const left = pin.stages.length - stage;
  const best = Math.max(last + 1 - left, 0);
  const all = Array.from({ length: last + 1 }, (_, n) => n);
  return [best, ...all.filter((n) => n !== best)];
}
