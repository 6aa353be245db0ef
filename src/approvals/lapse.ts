/**
 * A request that nobody decides does not stay open for ever. Run by its timer `request:<issue>:lapse`.
 *
 * 1. a day before, the requester is told that it will lapse, and that asking the approver helps;
 * 2. at the hour the issue is read once more: an approval whose event was lost goes to the gate, and so
 *    does what was answered on the card where that decides, for a day at most;
 * 3. else the request lapses: told, the issue is closed, nobody is asked any more.
 * Nothing was changed in any directory by then, so nothing has to be undone.
 */
import type { Binding } from '../catalog/model/settings';
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import { loadSitePolicy } from '../policy/site-policy';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type AccessRequest, move } from '../requests/model/request';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { wayOut } from '../requests/way-out';
import { DAY, HOUR, type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { dropTimer, setTimer } from '../shared/timer';
import { answersOf } from './answered';
import { closeTasks, stageOf, warnAfter } from './tasks';

export async function lapse(deps: Deps, issueId: string): Promise<Next> {
  const held = await load(deps.store, requests, issueId);
  if (held?.value.state !== 'waiting') {
    await deps.store.transact([dropTimer({ kind: 'request', objectId: issueId, what: 'lapse' })]);
    return { kind: 'done', what: held?.value.state ?? 'no such request' };
  }
  const at = announced(held.value);
  if (at === undefined) return announce(deps, held);
  if (at > deps.now()) {
    await deps.store.transact([lapseAt(issueId, at)]);
    return { kind: 'done', what: 'not due yet' };
  }
  const binding = (await deps.settings()).bindings.find((b) => b.id === held.value.bindingId);
  const issue = await deps.jira.issue(issueId);
  // The request of a deleted issue is ended by intake; what cannot be read does not lapse.
  if (!issue.ok && issue.error.code !== 'not-found')
    return { kind: 'later', seconds: 10 * MINUTE, why: issue.error.code };
  const asks = binding && [
    binding.statuses.waiting,
    ...(binding.steps ?? []).map(({ status }) => status),
  ];
  if (!issue.ok || (asks && !asks.includes(issue.value.status.id))) {
    await deps.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]);
    await deps.store.transact([lapseAt(issueId, plusSeconds(deps.now(), HOUR))]);
    return { kind: 'done', what: 'the issue is somewhere else' };
  }
  if (isAnswered(held.value, binding) && secondsBetween(at, deps.now()) < DAY) {
    await deps.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
    await deps.store.transact([lapseAt(issueId, plusSeconds(deps.now(), HOUR))]);
    return { kind: 'done', what: 'answered, and to be judged' };
  }
  return end(deps, held, binding);
}

/** On the card, by as many as the stage needs: the run that wrote the last of them may have died. */
function isAnswered(request: AccessRequest, binding: Binding | undefined): boolean {
  const stage = stageOf(request);
  if (!stage || binding?.approval !== 'app') return false;
  const answered = answersOf(request, binding, []);
  const by = stage.approvers.filter(({ accountId }) => answered(accountId));
  return by.length >= stage.needs;
}

const lapseAt = (issueId: string, at: Instant) =>
  setTimer({ kind: 'request', objectId: issueId, what: 'lapse', at, privileged: false });

/** The hour that the requester was told, if it was for this stage of this round. */
function announced(request: AccessRequest): Instant | undefined {
  const { lapse, round } = request;
  return lapse?.round === round && lapse.stage === stageOf(request)?.id
    ? (lapse.at as Instant)
    : undefined;
}

async function announce(deps: Deps, held: Held<AccessRequest>): Promise<Next> {
  const { value: request } = held;
  const policy = (await loadSitePolicy(deps.store)).value;
  const at = plusSeconds(deps.now(), policy.lapseAfter - warnAfter(policy));
  const stage = stageOf(request)?.id ?? 'none';
  const step: Step = {
    event: 'request.lapsing',
    actor: { type: 'app' },
    facts: { round: request.round, stage, at },
    tell: {
      public: {
        headline: 'Nobody has decided yet',
        lines: [
          `If nobody decides by ${at.slice(0, 16).replace('T', ' ')} UTC, this request is closed and nothing is changed.`,
          'The people who may decide are named in the description above; a word to one of them helps.',
        ],
      },
    },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [
      put(requests, { ...request, lapse: { round: request.round, stage, at } }, held.rev),
      lapseAt(request.issueId, at),
    ],
    circumstances(deps),
  );
  if (!done.done) return AGAIN;
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'announced' };
}

async function end(
  deps: Deps,
  held: Held<AccessRequest>,
  binding: Binding | undefined,
): Promise<Next> {
  const { value: request } = held;
  const next = move(request, 'lapsed', deps.now());
  const role = request.pin?.subject.roleId ?? '';
  const property = propertyOf(next, { app: '', role, state: 'lapsed' });
  const step: Step = {
    event: 'request.lapsed',
    actor: { type: 'app' },
    facts: { round: request.round, stage: stageOf(request)?.id ?? 'none' },
    tell: {
      public: {
        headline: 'Closed, because nobody decided in time',
        lines: [
          'Nothing was changed in any directory.',
          'You can ask again at any time from the portal.',
        ],
      },
      ...wayOut(binding?.statuses, ['withdrawn', 'declined'], property),
    },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [put(requests, next, held.rev), ...closeTasks(request)],
    circumstances(deps),
  );
  if (!done.done) return AGAIN;
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'lapsed' };
}

const AGAIN: Next = { kind: 'later', seconds: 60, why: 'changed meanwhile' };
