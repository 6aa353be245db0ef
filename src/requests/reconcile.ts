/**
 * Finds requests whose event never came: issues of bound projects that stand where the app should
 * have acted. The search index lags, so it looks back a day and never moves a watermark; the
 * ledger says which of the found ones are already in hand.
 */
import type { Binding } from '../catalog/model/settings';
import { loadMany } from '../shared/record';
import type { Deps } from './deps';
import { type AccessRequest, isOver } from './model/request';
import { requests } from './store';

const MOST = 50;

export async function reconcile(deps: Deps): Promise<number> {
  const { bindings } = await deps.settings();
  if (bindings.length === 0) return 0;
  const found = await findIn(deps, bindings);
  if (found.length === 0) return 0;
  const known = await loadMany(deps.store, requests, found);
  const open = found.filter((_, i) => needsReading(known[i]?.value));
  await deps.queues.push(
    'intake',
    open.map((issueId) => ({ body: { kind: 'intake', issueId, attempt: 0 } })),
  );
  return open.length;
}

/** A project that is gone makes a query invalid that names it: then each is asked about alone. */
async function findIn(deps: Deps, bindings: readonly Binding[]): Promise<readonly string[]> {
  const found = await deps.jira.search(queryFor(bindings), MOST);
  if (found.ok) return found.value;
  deps.log.warn('reconcile.search-failed', {
    code: found.error.code,
    bindings: bindings.map(({ id }) => id).join(' '),
  });
  if (found.error.code !== 'invalid' || bindings.length === 1) return [];
  const each: string[] = [];
  for (const binding of bindings) each.push(...(await findIn(deps, [binding])));
  return [...new Set(each)];
}

function queryFor(bindings: readonly Binding[]): string {
  const projects = new Set(bindings.map((b) => b.projectId));
  const statuses = new Set(
    bindings
      .flatMap((b) => [b.statuses.intake ?? b.statuses.waiting, b.statuses.approved])
      .filter((id) => id !== undefined),
  );
  return `project in (${[...projects].join(', ')}) AND status in (${[...statuses].join(', ')}) AND updated >= "-1d" ORDER BY updated DESC`;
}

/** A waiting request is read as well: its approval may be the event that was lost. */
function needsReading(request: AccessRequest | undefined): boolean {
  if (!request) return true;
  if (isOver(request)) return false;
  if (request.state === 'received' || request.state === 'waiting') return true;
  return request.state === 'approved' && request.grantId === undefined;
}
