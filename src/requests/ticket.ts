/**
 * The ticket that a request names: an incident, a change, a task. It counts when it stands in one of
 * the site's ticket projects, and it is open until its status is one of those that mean done.
 *
 * Whatever the project, the answer says no more than that: the requester may not be able to see the
 * ticket, and must not learn through us what stands on it.
 */
import { type Failure, ok, type Result } from '../shared/result';
import type { Deps } from './deps';

export interface Ticket {
  readonly issueId: string;
  /** As it is called today: it may have been moved since somebody wrote it down. */
  readonly key: string;
  /** It stands in one of the site's ticket projects. */
  readonly counts: boolean;
  readonly open: boolean;
}

type Reading = Pick<Deps, 'jira' | 'settings'>;

/** `null`: there is no such issue, or the app may not see it. `undefined`: Jira did not say. */
export async function readTicket(deps: Reading, key: string): Promise<Ticket | null | undefined> {
  const read = await ticketNow(deps, key);
  return read.ok ? read.value : undefined;
}

/** The same with the failure, for work that comes back after it. By key or by id. */
export async function ticketNow(
  deps: Reading,
  idOrKey: string,
): Promise<Result<Ticket | null, Failure>> {
  // Whatever else people write there is no issue, and must not become part of an address.
  if (!/^([A-Za-z][A-Za-z0-9_]{0,254}-)?\d{1,18}$/.test(idOrKey.trim())) return ok(null);
  const read = await deps.jira.issue(idOrKey.trim());
  if (!read.ok) return read.error.code === 'not-found' ? ok(null) : read;
  const { ticketProjects = [] } = await deps.settings();
  const { id, key, projectId, status } = read.value;
  return ok({
    issueId: id,
    key,
    counts: ticketProjects.includes(projectId),
    open: status.category !== 'done',
  });
}
