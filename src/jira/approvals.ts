/** Jira Service Management's own approvals: who was asked, and what each of them answered. */
import { route } from '@forge/api';
import type * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import { callerClient, type JiraClient } from './client';
import { readAll, servicePage } from './pages';
import type { Approval } from './port';
import { approvalSchema } from './schemas';

export async function readApprovals(
  client: JiraClient,
  issueId: string,
): Promise<Result<readonly Approval[], Failure>> {
  const read = await readAll(
    client,
    (start) => route`/rest/servicedeskapi/request/${issueId}/approval?start=${start}&limit=${50}`,
    servicePage(approvalSchema),
  );
  return read.ok ? ok(read.value.map(approvalOf)) : read;
}

/** As the person who calls: nobody else can give their answer. */
export function answerApproval(
  issueId: string,
  approvalId: string,
  decision: 'approve' | 'decline',
): Promise<Result<void, Failure>> {
  return callerClient.change({
    method: 'POST',
    path: route`/rest/servicedeskapi/request/${issueId}/approval/${approvalId}`,
    body: { decision },
  });
}

function approvalOf(answer: z.infer<typeof approvalSchema>): Approval {
  return {
    id: answer.id,
    name: answer.name,
    finalDecision: answer.finalDecision,
    created: answer.createdDate,
    completed: answer.completedDate ?? undefined,
    // An approver whose account is gone has no id; nobody could check who that was.
    answers: answer.approvers.flatMap(({ approver, approverDecision }) =>
      approver === undefined ? [] : [{ accountId: approver, decision: approverDecision }],
    ),
  };
}
