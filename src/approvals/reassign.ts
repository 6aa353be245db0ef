/**
 * Other people are asked about an open request: a cover takes over or goes back, an operator replaces an
 * approver, the fallback is asked as well. The one way in which that changes.
 *
 * 1. whoever has answered already stays: an answer is not taken from anybody;
 * 2. those who are asked now are put into the Approvers field beside the others: where Jira does not let
 *    the app do that, nothing has changed and nobody was told anything;
 * 3. those who are not asked any more get a mail, then they are taken out of the field: after that Jira
 *    may show them the issue no more, and sends them nothing about it. Should the run die then, Jira asks somebody whose answer does not
 *    count yet, and the caller's timer or button does the same once more;
 * 4. the pin's stages, the records of open decisions, evidence and what is said go in one transaction;
 * 5. those who are asked now get a mail.
 * Who decides is no part of the digest, and the app's own change of that field none of the source hash:
 * what was pinned, the round and the place in line stay as they are.
 */
import type { Binding } from '../catalog/model/settings';
import type { SitePolicy } from '../contracts/policy';
import { deliverFresh } from '../evidence/deliver';
import type { Actor } from '../evidence/model/chain';
import { record, type Step, type Telling } from '../evidence/record';
import type { Write } from '../forge/ports';
import { addBusinessSeconds } from '../policy/model/hours';
import { loadSitePolicy } from '../policy/site-policy';
import { circumstances, type Deps } from '../requests/deps';
import type { AccessRequest, Approver, Stage } from '../requests/model/request';
import { requests } from '../requests/store';
import { MINUTE } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { type Failure, ok, type Result } from '../shared/result';
import { setTimer } from '../shared/timer';
import { answersOf } from './answered';
import { fieldsFrom } from './model/steps';
import { openQuestion } from './question';
import { mailAsked, mailGone } from './reassign-mail';
import { taskKey, tasks } from './task-record';
import { MOST_AT_ONCE, stageOf, taskOf } from './tasks';

export interface Reassignment {
  readonly stage: string;
  readonly remove: readonly string[];
  readonly add: readonly Approver[];
  /** One sentence that may be read by everybody: no names. */
  readonly because: string;
  readonly by: Actor;
  readonly event: 'approver.covered' | 'approver.replaced' | 'approver.escalated';
  /** For the service team only. */
  readonly note?: string;
  /** Beside who and why, for the record. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type Reassigned =
  | { readonly kind: 'done'; readonly request: AccessRequest }
  | { readonly kind: 'nothing'; readonly why: string }
  | { readonly kind: 'later'; readonly seconds: number; readonly why: string };

const TRIES = 3;

export async function reassign(
  deps: Deps,
  issueId: string,
  change: Reassignment,
): Promise<Reassigned> {
  const told = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const done = await once(deps, issueId, change, told);
    if (done !== 'conflict') return done;
    if (attempt === TRIES) return { kind: 'later', seconds: 30, why: 'changed meanwhile' };
  }
}

async function once(
  deps: Deps,
  issueId: string,
  change: Reassignment,
  told: Set<string>,
): Promise<Reassigned | 'conflict'> {
  const held = await load(deps.store, requests, issueId);
  const stage = held?.value.pin?.stages.find(({ id }) => id === change.stage);
  if (!held || !stage || held.value.state !== 'waiting')
    return { kind: 'nothing', why: held ? 'the request does not wait for this stage' : 'unknown' };
  const settings = await deps.settings();
  const binding = settings.bindings.find((b) => b.id === held.value.bindingId);
  const isOpen = stageOf(held.value)?.id === stage.id;
  const inJira = isOpen && binding !== undefined && binding.approval !== 'app';
  const approvals = inJira ? await deps.jira.approvals(issueId) : undefined;
  if (approvals && !approvals.ok) return later(approvals.error.retryAfter, approvals.error.code);
  const answered = answersOf(held.value, binding, approvals?.value ?? []);
  const asked = stage.approvers.map(({ accountId }) => accountId);
  const remove = change.remove.filter((id) => asked.includes(id) && !(isOpen && answered(id)));
  if (remove.length < change.remove.length)
    return { kind: 'nothing', why: 'answered already, or not asked' };
  const add = change.add
    .filter(({ accountId }) => !asked.includes(accountId) || remove.includes(accountId))
    .slice(0, MOST_AT_ONCE);
  if (remove.length + add.length === 0) return { kind: 'nothing', why: 'nobody else' };
  const next = changed(held.value, stage, remove, add);
  const gone = isOpen ? goneFor(remove, add).filter((id) => !told.has(id)) : [];
  const beside = add.filter(({ accountId }) => !asked.includes(accountId));
  const asks = inJira ? binding : undefined;
  if (gone.length > 0) {
    const both = await askInJira(deps, changed(held.value, stage, [], beside), asks);
    // Somebody whose account is gone can stay in no field, and gets no mail either.
    if (!both.ok && both.error.class === 'retryable')
      return later(both.error.retryAfter, both.error.code);
    if (both.ok) await mailGone(deps, next, change.because, gone);
    for (const id of gone) told.add(id);
  }
  const edited = await askInJira(deps, next, asks);
  if (!edited.ok) return later(edited.error.retryAfter, edited.error.code);
  const policy = (await loadSitePolicy(deps.store)).value;
  const writes = isOpen
    ? openDecisions(deps, next, { remove, add, policy, zone: settings.timeZone })
    : [];
  const done = await record(
    deps.store,
    issueId,
    [stepOf(change, { held, remove, add, isOpen })],
    [put(requests, next, held.rev), ...writes],
    circumstances(deps),
  );
  if (!done.done) return 'conflict';
  await deliverFresh(deps, done.entries);
  if (isOpen) await mailAsked(deps, next, change.because, add);
  return { kind: 'done', request: next };
}

async function askInJira(
  deps: Deps,
  { issueId, pin, stage, turn, decisions }: AccessRequest,
  binding: Binding | undefined,
): Promise<Result<unknown, Failure>> {
  if (!binding || !pin) return ok(undefined);
  const at = { stage, step: turn?.step ?? 0 };
  return deps.jira.edit(issueId, { fields: fieldsFrom(binding, pin.stages, at, decisions) });
}

const later = (seconds: number | undefined, why: string): Reassigned => ({
  kind: 'later',
  seconds: seconds ?? 5 * MINUTE,
  why,
});

/** In their place, so that the order in which people are named stays. */
function changed(
  request: AccessRequest,
  stage: Stage,
  remove: readonly string[],
  add: readonly Approver[],
): AccessRequest {
  const { pin } = request;
  if (!pin) return request;
  const kept = stage.approvers.filter(({ accountId }) => !remove.includes(accountId));
  const stages = pin.stages.map((one) =>
    one.id === stage.id ? { ...one, approvers: [...kept, ...add] } : one,
  );
  return { ...request, pin: { ...pin, stages } };
}

interface Now {
  readonly remove: readonly string[];
  readonly add: readonly Approver[];
  readonly policy: SitePolicy;
  readonly zone: string;
}

function openDecisions(deps: Deps, request: AccessRequest, n: Now): Write[] {
  const { issueId, round } = request;
  const now = deps.now();
  const stage = stageOf(request)?.id ?? 'none';
  const gone = goneFor(n.remove, n.add)
    .slice(0, MOST_AT_ONCE)
    .map((accountId) => ({
      op: 'remove' as const,
      entity: 'task' as const,
      key: taskKey({ issueId, round, stage, accountId }),
      ifRev: 'any' as const,
    }));
  const fresh = n.add.map((one) =>
    put(tasks, taskOf(request, one, { now, policy: n.policy }), 'any'),
  );
  // Whoever is new is reminded in their turn, unless a question holds all reminders up.
  const remind = openQuestion(request)
    ? []
    : [
        setTimer({
          kind: 'request',
          objectId: issueId,
          what: 'remind',
          at: addBusinessSeconds(now, n.policy.remindAfter, n.policy.hours, n.zone),
          privileged: false,
        }),
      ];
  return [...gone, ...fresh, ...remind];
}

const goneFor = (remove: readonly string[], add: readonly Approver[]) =>
  remove.filter((id) => !add.some(({ accountId }) => accountId === id));

const HEADLINES = {
  'approver.covered': 'Somebody else decides now',
  'approver.replaced': 'Somebody else decides now',
  'approver.escalated': 'More people are asked',
} as const;

function stepOf(
  change: Reassignment,
  c: {
    readonly held: Held<AccessRequest>;
    readonly remove: readonly string[];
    readonly add: readonly Approver[];
    readonly isOpen: boolean;
  },
): Step {
  const { value: request } = c.held;
  const headline = HEADLINES[change.event];
  const internal: Telling['internal'] = {
    headline: `${headline}: stage ${change.stage}`,
    lines: [change.because, ...(change.note === undefined ? [] : [change.note])],
    items: [
      ...c.remove.map((id) => `No longer asked: account ${id}`),
      ...c.add.map((a) => `Asked now: account ${a.accountId}, ${a.because}, read ${a.readAt}`),
    ],
  };
  const open = change.event !== 'approver.escalated' && c.isOpen;
  return {
    event: change.event,
    actor: change.by,
    facts: {
      round: request.round,
      stage: change.stage,
      digest: request.pin?.digest ?? null,
      removed: c.remove.map((accountId) => ({ accountId })),
      added: c.add.map((one) => ({ ...one })),
      because: change.because,
      ...change.facts,
    },
    tell: {
      ...(open && {
        public: {
          headline,
          lines: [
            change.because,
            'The Approvers field of this request names who is asked. What was asked for stays as it is, and so does its place in line.',
          ],
        },
      }),
      internal,
    },
  };
}
