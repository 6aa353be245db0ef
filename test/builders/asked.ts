/** A request that waits for its approver, with the approval that Jira opened for it. */
import { intake } from '../../src/requests/intake';
import { HOUR } from '../../src/shared/instant';
import type { MemoryIssue } from '../fakes/memory-jira';
import type { SmallSite } from './small-site';

export interface AskedFor {
  readonly duration?: number;
  readonly reporter?: string;
  readonly beneficiary?: string;
  /** Whom Jira lists; empty where the workflow has no approval step. */
  readonly listed?: readonly string[];
}

export async function aWaitingRequest(site: SmallSite, asked: AskedFor = {}): Promise<MemoryIssue> {
  const { duration = 6 * HOUR, reporter = 'requester', beneficiary, listed = ['approver'] } = asked;
  const issue = site.jira.add({
    creator: reporter,
    reporter,
    panel: {
      app: 'figma',
      role: 'figma.editor',
      duration,
      ...(beneficiary !== undefined && { beneficiary }),
    },
  });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  if (listed.length > 0) {
    issue.approvals.push({
      id: `9${issue.id}`,
      name: 'Approval',
      finalDecision: 'pending',
      created: site.clock.now(),
      completed: undefined,
      answers: listed.map((accountId) => ({ accountId, decision: 'pending' })),
    });
  }
  return issue;
}
