/**
 * Jira Service Management's approval step. Entering a status that has one opens an approval from
 * the Approvers or the Approver groups field; while it is open its list follows the field and the
 * groups; one decline declines; the approval or refusal runs the configured transition as the
 * person who answered last.
 */
import type { ApprovalStep } from './configuration';
import { statusOf } from './configuration';
import type { SiteContext } from './context';
import { newId, workflowFor } from './context';
import { SiteError } from './errors';
import type { Actor } from './people';
import type { ApprovalState, IssueState } from './state';

export function stepOf(site: SiteContext, issue: IssueState): ApprovalStep | undefined {
  return workflowFor(site, issue).approvals[issue.statusId];
}

export function pendingApproval(issue: IssueState): ApprovalState | undefined {
  return issue.approvals.find((a) => a.finalDecision === 'pending' && !a.abandoned);
}

/** Opens an approval if the status the issue has just entered asks for one. */
export function openApproval(site: SiteContext, issue: IssueState): void {
  if (!stepOf(site, issue)) return;
  issue.approvals.push({
    id: newId(site),
    statusId: issue.statusId,
    name: statusOf(workflowFor(site, issue), issue.statusId).name,
    openedAt: site.clock.now(),
    finalDecision: 'pending',
    answers: [],
  });
}

/** The issue is about to leave its status by a way that is not the approval's own. */
export function abandonApproval(site: SiteContext, issue: IssueState): void {
  const pending = pendingApproval(issue);
  if (!pending) return;
  pending.finalApprovers = approversOf(site, issue, pending);
  pending.abandoned = true;
}

/** Account ids; with nobody in the field the approval waits until somebody is. */
export function approversOf(
  site: SiteContext,
  issue: IssueState,
  approval: ApprovalState,
): string[] {
  if (approval.finalApprovers) return approval.finalApprovers;
  const step = stepOf(site, issue);
  return step ? [...new Set(principalsOf(site, issue, step).flat())] : [];
}

/**
 * Who may answer for each listed person or group. A listed person who is excluded is no principal;
 * a listed group stays one with nobody left in it, and is waited for.
 */
function principalsOf(site: SiteContext, issue: IssueState, step: ApprovalStep): string[][] {
  const { approvers, approverGroups } = site.configuration.system;
  const excluded = new Set<string | undefined>();
  if (step.exclude.includes('reporter')) excluded.add(issue.reporter);
  if (step.exclude.includes('assignee')) excluded.add(issue.assignee);
  if (step.field === 'approvers') {
    return [...(issue.values[approvers.id] ?? [])]
      .filter((accountId) => !excluded.has(accountId))
      .map((accountId) => [accountId]);
  }
  return [...(issue.values[approverGroups.id] ?? [])].map((group) =>
    site.people
      .group(group)
      .map((account) => account.accountId)
      .filter((accountId) => !excluded.has(accountId)),
  );
}

/**
 * The approvers as the API lists them. Of a group perhaps only those who have answered: the
 * description speaks of users alone, and has no place for a group that is still being asked.
 */
export function listedApprovers(
  site: SiteContext,
  issue: IssueState,
  approval: ApprovalState,
): string[] {
  const approvers = approversOf(site, issue, approval);
  const step = workflowFor(site, issue).approvals[approval.statusId];
  if (step?.field !== 'approverGroups' || site.profile.jsmGroupMembersListed > 0) return approvers;
  return approvers.filter((accountId) => decisionOf(approval, accountId) !== 'pending');
}

export function decisionOf(
  approval: ApprovalState,
  accountId: string,
): 'approved' | 'declined' | 'pending' {
  return approval.answers.find((a) => a.accountId === accountId)?.decision ?? 'pending';
}

export function canAnswer(
  site: SiteContext,
  issue: IssueState,
  approval: ApprovalState,
  accountId: string,
): boolean {
  return (
    approval === pendingApproval(issue) &&
    approversOf(site, issue, approval).includes(accountId) &&
    decisionOf(approval, accountId) === 'pending'
  );
}

export interface Answer {
  readonly approvalId: string;
  readonly decision: 'approve' | 'decline';
  readonly by: Actor;
}

/**
 * Records an answer and returns the id of the transition that must now be run, if any. There is no
 * answering in another's name: the caller is the approver.
 */
export function answerApproval(
  site: SiteContext,
  issue: IssueState,
  { approvalId, decision, by }: Answer,
): { approval: ApprovalState; transitionId: string | undefined } {
  const approval = issue.approvals.find((candidate) => candidate.id === approvalId);
  if (!approval) throw new SiteError(404, 'The approval does not exist.');
  const step = stepOf(site, issue);
  if (approval !== pendingApproval(issue) || !step) {
    throw new SiteError(409, 'The approval has already been completed.');
  }
  const approvers = approversOf(site, issue, approval);
  if (!approvers.includes(by.accountId)) {
    throw new SiteError(403, 'You are not an approver of this request.');
  }
  if (decisionOf(approval, by.accountId) !== 'pending') {
    throw new SiteError(409, 'You have already answered this approval.');
  }
  const at = site.clock.now();
  approval.answers.push({
    accountId: by.accountId,
    decision: decision === 'approve' ? 'approved' : 'declined',
    at,
  });
  const outcome = outcomeOf(approval, principalsOf(site, issue, step), step);
  if (outcome === 'pending') return { approval, transitionId: undefined };
  approval.finalDecision = outcome;
  approval.completedAt = at;
  approval.finalApprovers = approvers;
  return {
    approval,
    transitionId: outcome === 'approved' ? step.transitionApproved : step.transitionRejected,
  };
}

function outcomeOf(
  approval: ApprovalState,
  principals: readonly (readonly string[])[],
  step: ApprovalStep,
) {
  const approvers = [...new Set(principals.flat())];
  const decisions = approvers.map((accountId) => decisionOf(approval, accountId));
  if (decisions.includes('declined')) return 'declined';
  const approvals = (accountIds: readonly string[]) =>
    accountIds.filter((accountId) => decisionOf(approval, accountId) === 'approved').length;
  if (step.conditionType === 'numberPerPrincipal') {
    // A listed person can give one answer only, whatever the number.
    const needed = step.field === 'approvers' ? 1 : step.conditionValue;
    return principals.every((members) => approvals(members) >= needed) ? 'approved' : 'pending';
  }
  const needed =
    step.conditionType === 'percent'
      ? Math.ceil((approvers.length * step.conditionValue) / 100)
      : step.conditionValue;
  return approvals(approvers) >= needed ? 'approved' : 'pending';
}
