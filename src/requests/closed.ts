/** How people closed a request themselves, and who did: read from the issue alone. */
import type { Binding } from '../catalog/model/settings';
import type { Issue } from '../jira/port';
import type { RequestState } from './model/request';

export type Closed = 'declined' | 'withdrawn';

/** People closed it before anything was granted. Access that is granted does not end this way. */
export function closedBy(issue: Issue, binding: Binding, state: RequestState): Closed | undefined {
  const { statuses } = binding;
  if (issue.status.id === statuses.declined) return 'declined';
  if (issue.status.id === statuses.withdrawn) return 'withdrawn';
  const ours = [
    statuses.granted,
    statuses.ended,
    statuses.approved,
    statuses.waiting,
    statuses.attention,
    statuses.intake,
    ...(binding.steps ?? []).map((step) => step.status),
  ];
  if (issue.status.category === 'done' && !ours.includes(issue.status.id) && state !== 'granted')
    return 'withdrawn';
  return undefined;
}

/** Who moved the issue last; needs its changes. */
export const lastMover = (issue: Issue): string | undefined =>
  [...issue.changes].reverse().find((c) => c.fieldId === 'status')?.by;
