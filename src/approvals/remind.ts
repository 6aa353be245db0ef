/**
 * Nobody's silence stops a request. Run by its timer `request:<issue>:remind`, whose hour is the only
 * clock: business hours of the site, moved on with each step.
 *
 * 1. people of a large stage who have no record of their decision yet get one;
 * 2. whoever has not answered is reminded once, by Jira's own mail. One mail names everything that
 *    waits for that person; what it named is not mailed again on the same day;
 * 3. then the stage's fallbacks, resolved with the pin, are asked as well (`reassign.ts`);
 * 4. they are reminded once too; after that the request lapses in its time (`lapse.ts`).
 * While a question to the requester is open nobody is reminded; the answer sets the timer anew. The
 * step is on record before the mail goes: one mail too few is mended by the next step, one too many
 * teaches people to ignore them.
 */
import type { SitePolicy } from '../contracts/policy';
import { record, type Step } from '../evidence/record';
import type { Row } from '../forge/ports';
import { addBusinessSeconds, businessSeconds } from '../policy/model/hours';
import { loadSitePolicy } from '../policy/site-policy';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { AccessRequest, Approver, Stage } from '../requests/model/request';
import { requests } from '../requests/store';
import { HOUR, type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { decode, type Held, load, put } from '../shared/record';
import { type Failure, no, ok, type Result } from '../shared/result';
import { dropTimer, setTimer } from '../shared/timer';
import { answersOf } from './answered';
import { sweepAway } from './my-decisions';
import { openQuestion } from './question';
import { reassign } from './reassign';
import { mailReminders } from './remind-mail';
import { mayStandIn } from './stand-in';
import { type Task, taskKey, tasks } from './task-record';
import { cardAnswers, stageOf, taskOf } from './tasks';

/** Keys of one read, and people whose records one transaction holds beside the rest. */
const BATCH = 25;
const MOST_IN_ONE = 18;

interface Case {
  readonly held: Held<AccessRequest>;
  readonly stage: Stage;
  readonly policy: SitePolicy;
  readonly zone: string;
  readonly now: Instant;
}

export async function remind(deps: Deps, issueId: string): Promise<Next> {
  const held = await load(deps.store, requests, issueId);
  const stage = held && stageOf(held.value);
  if (!held || !stage || held.value.state !== 'waiting') return over(deps, issueId, held?.value);
  if (openQuestion(held.value)) return stop(deps, issueId, 'a question is open');
  const settings = await deps.settings();
  const policy = (await loadSitePolicy(deps.store)).value;
  const c: Case = { held, stage, policy, zone: settings.timeZone, now: deps.now() };
  const known = await tasksOf(deps, c);
  const missing = stage.approvers.filter((one) => !known.has(one.accountId));
  if (missing.length > 0) return askRest(deps, c, missing);
  // Nobody who is away is reminded: whoever stands in has a reminder of their own ahead.
  const { settleCovers } = await import('../policy/cover-take-over');
  if ((await settleCovers(deps, issueId)).done > 0)
    return { kind: 'done', what: 'covers are asked' };
  const binding = settings.bindings.find((b) => b.id === held.value.bindingId);
  const approvals = binding?.approval === 'app' ? undefined : await deps.jira.approvals(issueId);
  if (approvals && !approvals.ok)
    return { kind: 'later', seconds: 5 * MINUTE, why: approvals.error.code };
  const answered = answersOf(held.value, binding, approvals?.value ?? []);
  const done = stage.approvers.filter(({ accountId }) => answered(accountId)).length;
  const declined =
    binding?.approval === 'app' &&
    cardAnswers(held.value, stage.id).some((card) => card.decision === 'declined');
  if (declined || done >= Math.max(stage.needs, 1)) return lost(deps, c);
  const waiting = [...known.values()].filter(
    ({ value }) => value.state === 'open' && !answered(value.accountId),
  );
  const first = waiting.filter(({ value }) => value.reminded === 0);
  return first.length > 0 ? remindOf(deps, c, first) : escalate(deps, c);
}

async function tasksOf(
  deps: Deps,
  { held, stage }: Case,
): Promise<ReadonlyMap<string, Held<Task>>> {
  const { issueId, round } = held.value;
  const keys = stage.approvers.map(({ accountId }) =>
    taskKey({ issueId, round, stage: stage.id, accountId }),
  );
  const rows: (Row | undefined)[] = [];
  for (let i = 0; i < keys.length; i += BATCH)
    rows.push(
      ...(await deps.store.getMany(
        keys.slice(i, i + BATCH).map((key) => ({ entity: 'task', key })),
      )),
    );
  return new Map(
    rows.flatMap((row, i) => {
      const task = row && decode(tasks, keys[i] as string, row);
      return task ? [[task.value.accountId, task] as const] : [];
    }),
  );
}

/** A transaction holds few people beside the request; these are the others. */
async function askRest(deps: Deps, c: Case, missing: Stage['approvers']): Promise<Next> {
  const { value: request, rev } = c.held;
  const now = missing.slice(0, MOST_IN_ONE);
  const at =
    now.length < missing.length
      ? c.now
      : addBusinessSeconds(c.now, c.policy.remindAfter, c.policy.hours, c.zone);
  const done = await deps.store.transact([
    { op: 'check', entity: 'request', key: request.issueId, ifRev: rev },
    ...now.map((one) => put(tasks, taskOf(request, one, c), 'any')),
    remindAt(request.issueId, at),
  ]);
  if (done === 'conflict') return AGAIN;
  return { kind: 'done', what: `${now.length} more asked` };
}

async function remindOf(deps: Deps, c: Case, all: readonly Held<Task>[]): Promise<Next> {
  const first = all.slice(0, MOST_IN_ONE);
  const { held, policy, now, zone } = c;
  const { issueId, round } = held.value;
  const fresh = first.filter(({ value }) => {
    const last = value.mailedAt as Instant | undefined;
    return !last || businessSeconds(last, now, policy.hours, zone) >= policy.remindAfter;
  });
  const to = fresh.map(({ value }) => value.accountId);
  const step: Step = {
    event: 'approver.reminded',
    actor: { type: 'app' },
    facts: { round, stage: c.stage.id, reminded: first.map(({ value }) => value.accountId), to },
  };
  const rest = Math.max(policy.escalateAfter - policy.remindAfter, HOUR);
  const next = first.map(({ value, rev }) => ({
    value: { ...value, reminded: 1, ...(to.includes(value.accountId) && { mailedAt: now }) },
    rev,
  }));
  const done = await record(
    deps.store,
    issueId,
    [step],
    [
      ...next.map(({ value, rev }) => put(tasks, value, rev)),
      remindAt(
        issueId,
        first.length < all.length ? now : addBusinessSeconds(now, rest, policy.hours, zone),
      ),
    ],
    circumstances(deps),
  );
  if (!done.done) return AGAIN;
  const unsent = await mailReminders(
    deps,
    fresh.map(({ value }) => value),
  );
  if (unsent.length === 0) return { kind: 'done', what: `${to.length} reminded` };
  // Jira took no mail for them for sure, so the step is undone for these people.
  await deps.store.transact([
    ...next
      .filter(({ value }) => unsent.includes(value.accountId))
      .map(({ value: { mailedAt: _, ...value }, rev }) =>
        put(tasks, { ...value, reminded: 0 }, rev + 1),
      ),
    remindAt(issueId, plusSeconds(now, 10 * MINUTE)),
  ]);
  return { kind: 'done', what: 'mails wait for Jira' };
}

async function escalate(deps: Deps, c: Case): Promise<Next> {
  const { held, stage, policy, now, zone } = c;
  const { issueId, pin } = held.value;
  const asked = stage.approvers.map(({ accountId }) => accountId);
  const read = await ableToJoin(deps, c, asked);
  if (!read.ok) return { kind: 'later', seconds: 5 * MINUTE, why: read.error.code };
  const add = read.value;
  if (add.length === 0) return stop(deps, issueId, 'nobody else is there to ask');
  const from = (pin?.at ?? now) as Instant;
  const due = addBusinessSeconds(from, policy.escalateAfter, policy.hours, zone);
  // A stage of groups alone has nobody to remind first.
  if (asked.length === 0 && due > now) return moveOn(deps, issueId, due);
  const done = await reassign(deps, issueId, {
    stage: stage.id,
    remove: [],
    add,
    because: 'Nobody answered in time, so the people who stand in for them are asked as well.',
    by: { type: 'app' },
    event: 'approver.escalated',
  });
  if (done.kind === 'later') return { kind: 'later', seconds: done.seconds, why: done.why };
  // Whoever was added has a reminder of their own ahead.
  return done.kind === 'done'
    ? { kind: 'done', what: `${add.length} more asked` }
    : stop(deps, issueId, done.why);
}

/** Since the pin they may have left, or decide in another stage by now. */
async function ableToJoin(
  deps: Deps,
  { held, stage }: Case,
  asked: readonly string[],
): Promise<Result<Approver[], Failure>> {
  const able: Approver[] = [];
  const { pin } = held.value;
  for (const one of stage.fallbacks ?? []) {
    if (!pin || asked.includes(one.accountId)) continue;
    const joins = await mayStandIn(deps, pin, stage, one);
    if (joins.ok) able.push(joins.value);
    else if ('failure' in joins.error) return no(joins.error.failure);
  }
  return ok(able);
}

/** All answers are there and the request still waits: Jira's event did not come, or a run died. */
async function lost(deps: Deps, { held, policy, now, zone }: Case): Promise<Next> {
  const { issueId } = held.value;
  await deps.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
  return moveOn(deps, issueId, addBusinessSeconds(now, policy.remindAfter, policy.hours, zone));
}

const remindAt = (issueId: string, at: Instant) =>
  setTimer({ kind: 'request', objectId: issueId, what: 'remind', at, privileged: false });

async function moveOn(deps: Deps, issueId: string, at: Instant): Promise<Next> {
  await deps.store.transact([remindAt(issueId, at)]);
  return { kind: 'done', what: 'goes on later' };
}

async function stop(deps: Deps, issueId: string, what: string): Promise<Next> {
  await deps.store.transact([dropTimer({ kind: 'request', objectId: issueId, what: 'remind' })]);
  return { kind: 'done', what };
}

/** Nobody is waited for; of a large stage some records may be left. */
async function over(
  deps: Deps,
  issueId: string,
  request: AccessRequest | undefined,
): Promise<Next> {
  const left = (request?.pin?.stages ?? []).flatMap((stage) =>
    stage.approvers.map(({ accountId }) => ({
      issueId,
      round: request?.round ?? 0,
      stage: stage.id,
      accountId,
    })),
  );
  await sweepAway(deps, left);
  return stop(deps, issueId, request?.state ?? 'no such request');
}

const AGAIN: Next = { kind: 'later', seconds: 60, why: 'changed meanwhile' };
