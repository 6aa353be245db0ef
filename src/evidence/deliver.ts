/**
 * Puts on the issue what the ledger says happened.
 *
 * 1. The run that wrote the outbox entries delivers them at once, in order: public comment,
 *    internal comment, status move with the property in the same request.
 * 2. What it delivered is taken out of the outbox in one transaction, with the timer.
 * 3. Whatever is left (Jira down, run killed) the sweep's timer brings back. A later run cannot
 *    know whether a comment was posted before the answer was lost, so it claims each entry and looks for
 *    our marker among the issue's comments first.
 * 4. When the issue is gone the records go to an audit issue of the same project instead.
 *
 * The grant never waits for this, and no failure here undoes anything.
 */
import type { Issue } from '../jira/port';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { find, type Held, put, remove, UnreadableRecord } from '../shared/record';
import { type Failure, no, ok, type Result } from '../shared/result';
import { dropTimer, setTimer } from '../shared/timer';
import { type DeliverDeps, onAuditIssue, type Seen } from './audit-issue';
import { evidenceId as idOf } from './model/chain';
import { markerOf, type OutboxEntry, outboxKey, targets } from './model/telling';
import { headType, outboxType } from './record';
import { textOf } from './text';

/** Entries of one page; an issue with more is taken up again by its timer. */
const PAGE = 50;
const CLAIM_SECONDS = 120;
/** So long before a claim ends nothing new is begun under it: one entry takes a few calls of Jira. */
const CLAIM_RESERVE = 30;
/** Fewer than one transaction takes. */
const SETTLED_AT_ONCE = 20;

/** Straight after `record`: the entries are this run's own. */
export async function deliverFresh(
  deps: DeliverDeps,
  entries: readonly Held<OutboxEntry>[],
  issue?: Issue,
): Promise<void> {
  const last = entries.at(-1);
  if (!last) return;
  const delivered = await inOrder(deps, entries, { issue });
  await settle(deps, last.value.evidenceId, delivered, delivered.length === entries.length);
}

/**
 * For what an earlier run left behind; `evidenceId` names the timer that asks. Answers whether
 * anything of that issue is still waiting.
 */
export async function deliverWaiting(
  deps: DeliverDeps,
  evidenceId: string,
): Promise<'empty' | 'waiting'> {
  const issueId = issueOf(evidenceId);
  const { found } = await find(deps.store, outboxType, {
    index: 'by-issue',
    partition: [issueId],
    sort: 'ascending',
    limit: PAGE,
  });
  const now = deps.now();
  const mine: Held<OutboxEntry>[] = [];
  let others = found.length === PAGE;
  for (const entry of found) {
    if (entry.value.claimedUntil > now) {
      others = true;
      continue;
    }
    const claimed = { ...entry.value, claimedUntil: plusSeconds(now, CLAIM_SECONDS) };
    const write = put(outboxType, claimed, entry.rev);
    if ((await deps.store.transact([write])) === 'done')
      mine.push({ value: claimed, rev: entry.rev + 1 });
  }
  if (mine.length === 0 && !others && !(await isHidden(deps, evidenceId, []))) {
    await settle(deps, evidenceId, [], true);
    return 'empty';
  }
  const posted = await deps.jira.commentMarkers(issueId);
  const gone = !posted.ok && posted.error.code === 'not-found';
  if (!posted.ok && !gone) {
    await again(deps, evidenceId);
    return 'waiting';
  }
  const delivered = await inOrder(deps, mine, {
    waiting: { posted: posted.ok ? posted.value : [], elsewhere: new Map() },
  });
  const all =
    delivered.length === mine.length && !others && !(await isHidden(deps, evidenceId, delivered));
  await settle(deps, evidenceId, delivered, all);
  if (!all) await again(deps, evidenceId);
  return all ? 'empty' : 'waiting';
}

/** The index lags; what is delivered last is looked for by key before its timer is given up. */
async function isHidden(
  deps: DeliverDeps,
  evidenceId: string,
  delivered: readonly Held<OutboxEntry>[],
): Promise<boolean> {
  const keys = targets.map((target) => outboxKey({ evidenceId, target }));
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'outbox', key })));
  const done = delivered.map((entry) => outboxKey(entry.value));
  return keys.some((key, i) => rows[i] !== undefined && !done.includes(key));
}

async function again(deps: DeliverDeps, evidenceId: string): Promise<void> {
  const at = plusSeconds(deps.now(), 5 * MINUTE);
  await deps.store.transact([
    setTimer({ kind: 'issue', objectId: evidenceId, what: 'deliver', at, privileged: false }),
  ]);
}

async function settle(
  deps: DeliverDeps,
  evidenceId: string,
  delivered: readonly Held<OutboxEntry>[],
  all: boolean,
) {
  const writes = [
    ...delivered.map((entry) => remove(outboxType, entry.value, 'any')),
    ...(all ? [dropTimer({ kind: 'issue', objectId: evidenceId, what: 'deliver' })] : []),
  ];
  for (let i = 0; i < writes.length; i += SETTLED_AT_ONCE)
    await deps.store.transact(writes.slice(i, i + SETTLED_AT_ONCE));
}

/** What this run knows of the issue before it writes there. */
interface Known {
  readonly issue?: Issue | undefined;
  /** Only for what an earlier run left behind: what stands on the issue, and on audit issues. */
  readonly waiting?: { readonly posted: readonly string[]; readonly elsewhere: Seen };
}

/**
 * Stops at the first that waiting can mend, so that the issue tells the story in order. What Jira
 * refuses for good is kept and tried again, but holds up nothing behind it.
 */
async function inOrder(
  deps: DeliverDeps,
  entries: readonly Held<OutboxEntry>[],
  known: Known,
): Promise<Held<OutboxEntry>[]> {
  const delivered: Held<OutboxEntry>[] = [];
  for (const entry of [...entries].sort((a, b) => a.value.order - b.value.order)) {
    // Whoever claims it next looks first; what this run began late it would not see.
    const left = secondsBetween(deps.now(), entry.value.claimedUntil as Instant);
    if (left < CLAIM_RESERVE) break;
    const done = known.waiting?.posted.includes(markerOf(entry.value))
      ? ok(undefined)
      : await one(deps, entry.value, known);
    if (!done.ok) {
      deps.log.warn('delivery.waits', {
        evidence: entry.value.evidenceId,
        target: entry.value.target,
        code: done.error.code,
      });
      if (done.error.class === 'retryable') break;
      continue;
    }
    delivered.push(entry);
  }
  return delivered;
}

async function one(
  deps: DeliverDeps,
  entry: OutboxEntry,
  known: Known,
): Promise<Result<unknown, Failure>> {
  try {
    const done = await onIssue(deps, entry, known);
    if (done.ok || done.error.code !== 'not-found') return done;
    if (entry.target === 'move' || entry.target === 'property') return ok(undefined);
    return await onAuditIssue(deps, entry, known.waiting?.elsewhere);
  } catch (cause) {
    // Settings that this version cannot read hold up what needs them, and nothing else.
    if (!(cause instanceof UnreadableRecord)) throw cause;
    return no({ class: 'needs-human', code: 'invalid', detail: cause.message, cause });
  }
}

async function onIssue(
  deps: DeliverDeps,
  entry: OutboxEntry,
  { issue, waiting }: Known,
): Promise<Result<unknown, Failure>> {
  if (entry.target === 'public' || entry.target === 'internal') {
    return deps.jira.comment(entry.issueId, {
      text: textOf(entry),
      audience: entry.target,
      marker: markerOf(entry),
    });
  }
  const read = issue ? ok(issue) : await deps.jira.issue(entry.issueId, { transitions: true });
  if (!read.ok) return read;
  const mayBePast = waiting !== undefined || tells(read.value.property) > seqOf(entry);
  if (mayBePast && (await isPast(deps, entry, read.value))) return ok(undefined);
  if (entry.target === 'property')
    return deps.jira.setProperty(entry.issueId, entry.property ?? {});
  return moveTo(deps, entry, read.value, issue !== undefined);
}

/**
 * An outage can hold a move back until the issue is already further on: never take it back. Only the
 * ledger knows of a later one; people can write the issue's property as they like.
 */
async function isPast(deps: DeliverDeps, entry: OutboxEntry, issue: Issue): Promise<boolean> {
  const chain = chainOf(entry.evidenceId);
  const row = await deps.store.get('chain', chain);
  const head = headType.schema.safeParse(row?.body);
  if (!head.success) return false;
  const newest = (entry.target === 'move' ? head.data.moved : head.data.told) ?? 0;
  if (newest <= seqOf(entry)) return false;
  if (tells(issue.property) === newest) return true;
  const evidenceId = idOf(chain, newest);
  const [moving, telling] = await deps.store.getMany(
    (['move', 'property'] as const).map((target) => ({
      entity: 'outbox',
      key: outboxKey({ evidenceId, target }),
    })),
  );
  if (!moving) return telling === undefined;
  // The later move waits as well: this one is its way there, or only a way round.
  const wanted = outboxType.schema.safeParse(moving.body).data?.toStatusIds ?? [];
  return wanted.includes(issue.status.id) || firstReachable(issue, wanted) !== undefined;
}

/** The number of the evidence record that the issue's property speaks of, whoever wrote it there. */
function tells(property: unknown): number {
  const said =
    property !== null && typeof property === 'object' && 'evidence' in property
      ? property.evidence
      : 0;
  return typeof said === 'number' ? said : 0;
}

const chainOf = (evidenceId: string) => evidenceId.split(':')[0] as string;
/** A second chain of one issue has its number behind a hash sign. */
const issueOf = (evidenceId: string) => chainOf(evidenceId).split('#')[0] as string;
const seqOf = (entry: OutboxEntry) => Number(entry.evidenceId.split(':')[1]);

async function moveTo(
  deps: DeliverDeps,
  entry: OutboxEntry,
  issue: Issue,
  old: boolean,
): Promise<Result<unknown, Failure>> {
  const wanted = entry.toStatusIds ?? [];
  const there = wanted.includes(issue.status.id);
  const transition = there ? undefined : firstReachable(issue, wanted);
  if (transition === undefined) {
    const via =
      there || !entry.viaStatusId ? undefined : firstReachable(issue, [entry.viaStatusId]);
    if (via) {
      const half = await deps.jira.transition(entry.issueId, via.id);
      if (!half.ok) return half;
      const next = await deps.jira.issue(entry.issueId, { transitions: true });
      return next.ok ? moveTo(deps, entry, next.value, false) : next;
    }
    // The issue was closed or moved by people: that never holds up a grant, and the property still tells.
    if (!there)
      deps.log.warn('delivery.no-transition', { issue: entry.issueId, to: wanted.join(' ') });
    return deps.jira.setProperty(entry.issueId, entry.property ?? {});
  }
  const moved = await deps.jira.transition(entry.issueId, transition.id, entry.property);
  // What the app read earlier in this run may be old; look once more before giving it up.
  if (moved.ok || moved.error.class !== 'permanent' || !old) return moved;
  const fresh = await deps.jira.issue(entry.issueId, { transitions: true });
  return fresh.ok ? moveTo(deps, entry, fresh.value, false) : fresh;
}

export function firstReachable(issue: Issue, statusIds: readonly string[]) {
  for (const id of statusIds) {
    const found = issue.transitions.find((t) => t.toStatusId === id);
    if (found) return found;
  }
  return undefined;
}
