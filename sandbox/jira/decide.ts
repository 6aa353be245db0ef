/** An approver's answer, with the transition it leads to. */
import type { Answer } from './approvals';
import { answerApproval } from './approvals';
import type { SiteContext } from './context';
import { workflowFor } from './context';
import type { ApprovalState, IssueState } from './state';
import { runTransition } from './transitions';

export function decide(site: SiteContext, issue: IssueState, answer: Answer): ApprovalState {
  const { approval, transitionId } = answerApproval(site, issue, answer);
  const transition = workflowFor(site, issue).transitions.find((t) => t.id === transitionId);
  // The step's own transitions skip conditions and screens, and run as the approver.
  if (transition) runTransition(site, issue, transition, answer.by);
  return approval;
}
