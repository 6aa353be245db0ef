/** A request that the ledger does not know yet. */
import type { Binding } from '../catalog/model/settings';
import type { Issue } from '../jira/port';
import type { Instant } from '../shared/instant';
import type { AccessRequest } from './model/request';

export const fresh = (issue: Issue, binding: Binding, now: Instant): AccessRequest => ({
  v: 1,
  issueId: issue.id,
  issueKey: issue.key,
  bindingId: binding.id,
  state: 'received',
  stage: 0,
  round: 0,
  answers: {},
  asked: [],
  decisions: [],
  issueGone: false,
  changedAt: now,
  ...(issue.reporter !== undefined && { requester: issue.reporter }),
});
