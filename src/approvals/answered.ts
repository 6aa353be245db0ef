/** Who has answered an approval already, in Jira or by card. */
import type { Binding } from '../catalog/model/settings';
import type { Approval } from '../jira/port';
import type { AccessRequest } from '../requests/model/request';
import { cardAnswers, stageOf } from './tasks';

/** In Jira, since their stage had its turn; or with a yes that counted already. */
export function hasAnswered(
  request: AccessRequest,
  approvals: readonly Approval[],
  accountId: string,
): boolean {
  const stage = stageOf(request)?.id;
  if (request.decisions.some((d) => d.by === accountId && d.stage === stage)) return true;
  const { approvalsBefore = [] } = request.turn ?? request.pin ?? {};
  const before = new Map(approvalsBefore.map((a) => [a.id, a.answered]));
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

/** The approval that Jira has open: the newest, because those of earlier rounds stay pending for ever. */
export const openApproval = (approvals: readonly Approval[]): Approval | undefined =>
  approvals
    .filter((one) => one.finalDecision === 'pending')
    .reduce<Approval | undefined>(
      (last, one) => (last && last.created > one.created ? last : one),
      undefined,
    );
