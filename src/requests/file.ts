/**
 * Files a request for a person: a renewal, one asked again, one of several asked in one go.
 *
 * 1. the filing gets a record under a key made of facts, so that a double click files one; it says what
 *    the request will be for, and intake waits for it, or takes it up from a run that died (`filed.ts`);
 * 2. Jira Service Management makes the request as the app, on behalf of the person;
 * 3. the wish goes where the portal's own form puts it, so that intake reads it as any other;
 * 4. the ledger's request is written with what it was filed for, BEFORE intake reads it: no issue can
 *    claim to be a renewal, because only this writes it;
 * 5. the issues are linked, and intake is told: the app's own issue brings no event.
 * A run that died is taken up by the next click: what Jira made without us knowing is looked for first.
 */
import type { Binding } from '../catalog/model/settings';
import type { PanelWish } from '../contracts/panel';
import type { Said } from '../evidence/model/telling';
import { type Instant, MINUTE, secondsBetween } from '../shared/instant';
import { type Held, load, put, remove } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import type { Deps } from './deps';
import { enter, type Made } from './filed';
import {
  type Filing,
  filedSummary,
  filings,
  isSummary,
  LIVING_RUN,
  type Ordered,
} from './filing-record';
import { type Filed, isOver } from './model/request';
import { requests } from './store';

export interface Order {
  readonly why: Filed['why'];
  /** Facts that make it this one: as long as its request is open, asking again files nothing. */
  readonly key: string;
  /** Who asks for it. */
  readonly by: string;
  /** Reporter of the new issue. */
  readonly onBehalfOf: string;
  readonly binding: Pick<Binding, 'id' | 'projectKey'>;
  readonly requestTypeId: string;
  /** What it is, as its summary says after "Renewal:" and the like. */
  readonly what: string;
  readonly wish: PanelWish;
  /** Grant that it renews. */
  readonly renewalOf?: string;
  /** Issue that it is linked with. */
  readonly relatesTo?: string;
  /** Said on the new issue before anything else. */
  readonly said?: Said;
}

export interface FiledAs {
  readonly issueId: string;
  readonly issueKey: string;
  /** It was there: nothing new was filed. */
  readonly already: boolean;
}

/** So many requests of that person are looked through for one that a dead run made. */
const MOST_LOOKED_AT = 20;
/** Minutes by which Jira's clock may differ from ours. */
const CLOCKS_APART = 5;

export async function fileForPerson(deps: Deps, order: Order): Promise<Result<FiledAs, Refusal>> {
  const ordered: Ordered = {
    filed: {
      why: order.why,
      by: order.by,
      ...(order.renewalOf !== undefined && { renewalOf: order.renewalOf }),
    },
    onBehalfOf: order.onBehalfOf,
    bindingId: order.binding.id,
    summary: filedSummary(order.why, order.what),
    ...(order.relatesTo !== undefined && { relatesTo: order.relatesTo }),
  };
  const begun = await begin(deps, `${order.why}:${order.key}`, ordered);
  if (begun === 'busy') return no(BUSY);
  if ('already' in begun) return ok(begun);
  const made = await make(deps, order, begun, ordered.summary);
  if (!made.ok) return made;
  const { issueId } = made.value;
  const told = await deps.jira.setPanel(issueId, order.wish);
  if (!told.ok) return no(unfinished(told.error));
  const filed = await enter(deps, begun, ordered, made.value, order.said);
  if (!filed) return no(BUSY);
  if (order.relatesTo !== undefined) {
    // For people who look; nothing depends on it.
    const linked = await deps.jira.link(issueId, order.relatesTo);
    if (!linked.ok) deps.log.warn('filed.not-linked', { issue: issueId, code: linked.error.code });
  }
  await tellIntake(deps, issueId);
  return ok({ ...made.value, already: false });
}

const tellIntake = (deps: Deps, issueId: string) =>
  deps.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]);

interface Begun extends Held<Filing> {
  /** An earlier run may have made the issue and died. */
  readonly again: boolean;
}

async function begin(deps: Deps, key: string, order: Ordered): Promise<Begun | FiledAs | 'busy'> {
  const held = await load(deps.store, filings, `filed:${key}`);
  const before = held?.value;
  if (before?.filed) {
    const request = await load(deps.store, requests, before.filed.issueId);
    // The run that filed it may have died before it told intake.
    if (request?.value.state === 'received') await tellIntake(deps, before.filed.issueId);
    if (!request || !isOver(request.value)) return { ...before.filed, already: true };
  }
  const unfinished = before !== undefined && !before.filed;
  if (unfinished && secondsBetween(before.at as Instant, deps.now()) < LIVING_RUN) return 'busy';
  const value: Filing = {
    v: 1,
    key,
    at: deps.now(),
    order,
    ...(unfinished && { since: before.since ?? before.at }),
  };
  const rev = held?.rev ?? 0;
  if ((await deps.store.transact([put(filings, value, rev)])) === 'conflict') return 'busy';
  return { value, rev: rev + 1, again: unfinished };
}

async function make(
  deps: Deps,
  order: Order,
  begun: Begun,
  summary: string,
): Promise<Result<Made, Refusal>> {
  const lost = begun.again ? await madeBefore(deps, order, begun, summary) : ok(undefined);
  if (!lost.ok) return no(unfinished(lost.error));
  if (lost.value) return ok(lost.value);
  const types = await deps.jira.requestTypes(order.binding.projectKey);
  const type = types.ok && types.value.find(({ id }) => id === order.requestTypeId);
  const made = type
    ? await deps.jira.fileRequest({
        serviceDeskId: type.serviceDeskId,
        requestTypeId: type.id,
        onBehalfOf: order.onBehalfOf,
        summary,
        description: order.wish.reason ?? '',
      })
    : undefined;
  if (made?.ok) return ok({ issueId: made.value.id, issueKey: made.value.key });
  const failure = made?.ok === false ? made.error : types.ok ? undefined : types.error;
  if (failure?.class === 'retryable') return no(unfinished(failure));
  // Jira made nothing for sure: the next click begins anew.
  await deps.store.transact([remove(filings, begun.value, begun.rev)]);
  return no(notFiled(failure));
}

/** The search lags by seconds and a dead run is minutes old. */
async function madeBefore(
  deps: Deps,
  { binding, onBehalfOf }: Order,
  { value }: Begun,
  summary: string,
): Promise<Result<Made | undefined, Failure>> {
  // As far back as the first run goes, in minutes, which no time zone can shift.
  const age = secondsBetween((value.since ?? value.at) as Instant, deps.now());
  const since = `-${Math.ceil(age / MINUTE) + CLOCKS_APART}m`;
  const jql = `project = "${binding.projectKey}" AND reporter = "${onBehalfOf}" AND created >= "${since}" ORDER BY created ASC`;
  const found = await deps.jira.summaries(jql, MOST_LOOKED_AT);
  if (!found.ok) return found;
  for (const { id } of found.value.filter((one) => isSummary(one.summary, summary))) {
    const known = await load(deps.store, requests, id);
    if (known?.value.filed || known?.value.pin) continue;
    const issue = await deps.jira.issue(id);
    if (!issue.ok) return issue;
    if (issue.value.reporter === onBehalfOf) return ok({ issueId: id, issueKey: issue.value.key });
  }
  deps.log.info('filed.nothing-lost', { key: value.key });
  return ok(undefined);
}

const BUSY: Refusal = {
  check: 'filing-free',
  sentence: 'This request is being filed at this very moment.',
  nextStep: 'Look at "My requests" in the portal in a minute.',
};

/** Jira may have made it: looked for when the person asks again. */
const unfinished = (failure: Failure): Refusal => ({
  check: 'filing-finished',
  sentence: 'Jira did not answer, so it is not certain yet whether the request was filed.',
  nextStep: 'Try again in two minutes; it will not be filed twice.',
  facts: { code: failure.code },
});

const notFiled = (failure: Failure | undefined): Refusal => ({
  check: 'filing-possible',
  sentence: 'Jira did not let the app file this request, and nothing was filed.',
  nextStep:
    'Please raise it from the portal. IT looks whether the request type demands fields beside the summary, and whether the app may raise requests for others.',
  facts: { code: failure?.code ?? 'no-request-type' },
});
