/**
 * Into the ledger, with what it was filed for: by the run that files it, or by whoever reads the new
 * issue after that run died.
 */
import { deliverFresh } from '../evidence/deliver';
import type { Said } from '../evidence/model/telling';
import { record, type Step } from '../evidence/record';
import type { Issue } from '../jira/port';
import { type Instant, secondsBetween } from '../shared/instant';
import { find, type Held, load, put } from '../shared/record';
import { circumstances, type Deps } from './deps';
import { type Filing, filings, isSummary, LIVING_RUN, type Ordered } from './filing-record';
import type { AccessRequest } from './model/request';
import { requests } from './store';

export type Made = NonNullable<Filing['filed']>;

/** Whoever never asked again leaves one behind; the newest matter. */
const MOST_OPEN = 50;

/**
 * Seconds until the issue can be read: somebody is filing it at this moment, or was and is dead.
 * Without this an issue could be read as an ordinary request before it is known as a renewal.
 */
export async function beingFiled(deps: Deps, issue: Issue): Promise<number | undefined> {
  const { found } = await find(deps.store, filings, {
    index: 'by-kind',
    partition: ['filed', 'open'],
    sort: 'descending',
    limit: MOST_OPEN,
  });
  for (const held of found) {
    const { order, at } = held.value;
    if (!order || order.onBehalfOf !== issue.reporter) continue;
    if (!isSummary(issue.summary, order.summary)) continue;
    const age = secondsBetween(at as Instant, deps.now());
    if (age < LIVING_RUN) return LIVING_RUN - age;
    await enter(deps, held, order, { issueId: issue.id, issueKey: issue.key });
    return 1;
  }
  return undefined;
}

/** Somebody may have read the new issue already. */
export async function enter(
  deps: Deps,
  { value, rev }: Held<Filing>,
  { filed, onBehalfOf, bindingId, relatesTo }: Ordered,
  made: Made,
  said?: Said,
): Promise<boolean> {
  const known = await load(deps.store, requests, made.issueId);
  const request: AccessRequest = known
    ? { ...known.value, filed }
    : {
        v: 1,
        issueId: made.issueId,
        issueKey: made.issueKey,
        bindingId,
        state: 'received',
        stage: 0,
        round: 0,
        answers: {},
        asked: [],
        decisions: [],
        requester: onBehalfOf,
        filed,
        issueGone: false,
        changedAt: deps.now(),
      };
  const step: Step = {
    event: 'request.filed',
    actor: { type: 'person', accountId: filed.by },
    facts: { ...filed, from: relatesTo ?? null, issueKey: made.issueKey },
    ...(said && { tell: { public: said } }),
  };
  // What was kept for whoever reads it first is in the request from now on.
  const { order: _, since: __, ...rest } = value;
  const done = await record(
    deps.store,
    made.issueId,
    [step],
    [put(requests, request, known?.rev ?? 0), put(filings, { ...rest, filed: made }, rev)],
    circumstances(deps),
  );
  if (done.done) await deliverFresh(deps, done.entries);
  return done.done;
}
