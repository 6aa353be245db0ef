/**
 * Finds requests whose event never came: issues of bound projects that stand where the app should
 * have acted. The search index lags, so it looks back a month and never moves a watermark; the
 * ledger says which of the found ones are already in hand. Where a workflow has no status for what is
 * granted or ended, those are found again and again, and the lost one may stand far behind them.
 */
import { cardAnswers } from '../approvals/tasks';
import type { Binding } from '../catalog/model/settings';
import { epochSeconds, MINUTE } from '../shared/instant';
import type { Deps } from './deps';
import { type AccessRequest, isOver } from './model/request';
import { requests } from './store';

/** Issues looked at in one run. */
const MOST_FOUND = 500;
/** Requests read again in one run; with more than that the runs take turns. */
const MOST_READ = 50;
const EVERY = 10 * MINUTE;

export async function reconcile(deps: Deps): Promise<number> {
  const { bindings } = await deps.settings();
  if (bindings.length === 0) return 0;
  const found = await findIn(deps, bindings);
  if (found.length === 0) return 0;
  if (found.length >= MOST_FOUND)
    deps.log.warn('reconcile.more-than-read', { found: found.length });
  const byCard = bindings.filter((b) => b.approval === 'app').map(({ id }) => id);
  const open = await inNeed(deps, found, byCard);
  const turn = Math.floor(epochSeconds(deps.now()) / EVERY);
  const from = open.length > MOST_READ ? (turn * MOST_READ) % open.length : 0;
  const mine = [...open.slice(from), ...open.slice(0, from)].slice(0, MOST_READ);
  await deps.queues.push(
    'intake',
    mine.map((issueId) => ({ body: { kind: 'intake', issueId, attempt: 0 } })),
  );
  return mine.length;
}

/** One request that cannot be read never keeps the others from being found. */
async function inNeed(
  deps: Deps,
  found: readonly string[],
  byCard: readonly string[],
): Promise<string[]> {
  const rows = await deps.store.getMany(found.map((key) => ({ entity: 'request', key })));
  return found.filter((issueId, i) => {
    const row = rows[i];
    if (!row) return true;
    const request = requests.schema.safeParse(row.body);
    if (!request.success) deps.log.error('request.unreadable', request.error, { issue: issueId });
    return request.success && needsReading(request.data, byCard);
  });
}

/** A project that is gone makes a query invalid that names it: then each is asked about alone. */
async function findIn(deps: Deps, bindings: readonly Binding[]): Promise<readonly string[]> {
  const found = await deps.jira.search(queryFor(bindings), MOST_FOUND);
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
      .flatMap((b) => [
        b.statuses.intake ?? b.statuses.waiting,
        b.statuses.approved,
        // Where Jira went on by itself, or the card decides, the news may have been lost as well.
        ...(b.steps ?? []).map(({ status }) => status),
        b.approval === 'app' ? b.statuses.waiting : undefined,
      ])
      .filter((id) => id !== undefined),
  );
  return `project in (${[...projects].join(', ')}) AND status in (${[...statuses].join(', ')}) AND updated >= "-30d" ORDER BY updated DESC`;
}

/**
 * A waiting request is read as well: its approval may be the event that was lost. Where the card decides
 * the ledger itself says whether anybody has answered.
 */
function needsReading(request: AccessRequest, byCard: readonly string[]): boolean {
  if (isOver(request)) return false;
  if (request.state === 'waiting' && byCard.includes(request.bindingId))
    return cardAnswers(request).length > 0;
  if (request.state === 'received' || request.state === 'waiting') return true;
  return request.state === 'approved' && request.grantId === undefined;
}
