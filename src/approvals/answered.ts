/** Who has answered an approval already, in Jira or by card. */
import type { Binding } from '../catalog/model/settings';
import type { Approval } from '../jira/port';
import type { AccessRequest } from '../requests/model/request';
import { cardAnswers, stageOf } from './tasks';

/** In Jira, since the request was pinned. */
export function hasAnswered(
  request: AccessRequest,
  approvals: readonly Approval[],
  accountId: string,
): boolean {
  const before = new Map((request.pin?.approvalsBefore ?? []).map((a) => [a.id, a.answered]));
  return approvals.some((approval) =>
    approval.answers.some(
      (one) =>
        one.accountId === accountId &&
        one.decision !== 'pending' &&
        !before.get(approval.id)?.includes(accountId),
    ),
  );
}

/** By card counts only where Jira has no step; else Jira's own answer says it. */
export function answersOf(
  request: AccessRequest,
  binding: Pick<Binding, 'approval'> | undefined,
  approvals: readonly Approval[],
): (accountId: string) => boolean {
  const cards = cardAnswers(request, stageOf(request)?.id);
  return (accountId) =>
    binding?.approval === 'app'
      ? cards.some((card) => card.by === accountId)
      : hasAnswered(request, approvals, accountId);
}

/** The approval that Jira has open; the newest, should it still list one that nobody can answer. */
export const openApproval = (approvals: readonly Approval[]): Approval | undefined =>
  approvals.filter((one) => one.finalDecision === 'pending').at(-1);
