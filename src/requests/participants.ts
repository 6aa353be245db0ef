/**
 * Who has to see a request without working in its project. The beneficiary, when somebody else asked; and
 * those who decide, where the workflow has no approval step: Jira shows a request to its approvers only
 * while it asks them itself. A failure holds up nothing.
 */
import type { Binding } from '../catalog/model/settings';
import type { Deps } from './deps';
import type { Stage } from './model/request';

export async function letSee(
  deps: Pick<Deps, 'jira' | 'log'>,
  issueId: string,
  accounts: readonly string[],
): Promise<void> {
  if (accounts.length === 0) return;
  const joined = await deps.jira.addParticipants(issueId, [...new Set(accounts)]);
  if (!joined.ok)
    deps.log.warn('participant.not-added', { issue: issueId, code: joined.error.code });
}

export const decidersToShow = ({ approval }: Binding, stage: Stage | undefined): string[] =>
  approval === 'app' ? (stage?.approvers ?? []).map((a) => a.accountId) : [];
