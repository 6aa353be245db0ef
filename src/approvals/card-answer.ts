/**
 * A person answers on the card.
 *
 * 1. who they are, whether it is their turn and whether the request is still the one they were shown
 *    (its digest) is read anew; a difference is told as "changed, look again" and records nothing.
 *    An edit opens a new round, so that there is something true to look at;
 * 2. the answer is written on the request, with the digest that was shown and the length allowed;
 * 3. where the workflow has an approval step, Jira is then answered as this very person.
 *
 * In this order, because Jira's answer alone is an approval of everything that was asked: were it given
 * first, a run that dies would lose that the approver allowed less. What is only written here counts
 * for nothing in such a workflow until Jira shows the same person's same answer, so a run that dies
 * between the two has decided nothing, and pressing again finishes it. Without an approval step the
 * written answer is the decision, and the gate is asked to judge it.
 */
import type { Answer, Problem } from '../contracts/answer';
import type { CardDecision } from '../contracts/approvals';
import { record, type Step } from '../evidence/record';
import type { Approval } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import type { AccessRequest, CardAnswer } from '../requests/model/request';
import { wishFields } from '../requests/pin';
import { requests } from '../requests/store';
import { type Held, load, put } from '../shared/record';
import type { Failure } from '../shared/result';
import { hasAnswered, openApproval } from './answered';
import { JIRA_SILENT, type Looking, NO_ACTING, type Seen } from './card';
import { refuse } from './consent';
import { deciderNow } from './deciders';
import { editedSince } from './edited';
import type { GateRefusal } from './model/gate';
import { NOT_YOURS } from './not-yours';
import { openQuestion, remindAgain } from './question';
import { taskKey, tasks } from './task-record';
import { cardAnswers, stageOf } from './tasks';
import { takeBackRequest } from './withdraw';

export type Decided = Answer<{ readonly done: string }>;

export async function decideByCard(
  deps: Deps,
  decision: CardDecision,
  caller: Looking,
): Promise<Decided> {
  const held = await load(deps.store, requests, decision.issueId);
  if (!held?.value.pin) return no(NOT_YOURS);
  const asked = await deciderNow(deps, held.value, caller.accountId);
  if (!asked.ok) {
    const stranger = asked.error.check === 'decider-permitted';
    return no(stranger ? NOT_YOURS : asked.error);
  }
  const read = await see(deps, held.value);
  if (!read) return no(JIRA_SILENT);
  const { pin } = read;
  if (decision.digest !== pin.digest) return no(CHANGED);
  const edited = editedSince(read.issue, read.binding, pin);
  if (edited.length > 0) return lookAgain(deps, held, read, edited);
  if (decision.decision === 'approve' && decision.shorten !== undefined) {
    const { duration } = pin.subject;
    if (duration !== null && decision.shorten >= duration) return no(NOT_SHORTER);
  }
  const answer = answerOf(deps, held.value, decision, caller.accountId);
  return read.binding.approval === 'app'
    ? decideHere(deps, held, answer, asked.value.because)
    : decideInJira(deps, held, { answer, because: asked.value.because, read, caller });
}

const no = (problem: Problem) => ({ ok: false as const, problem });

async function see(deps: Deps, request: AccessRequest): Promise<Seen | undefined> {
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  if (!binding || !request.pin) return undefined;
  const issue = await deps.jira.issue(request.issueId, {
    fields: [...wishFields(binding), binding.fields.approvers],
    changes: true,
    transitions: true,
  });
  const approvals = await deps.jira.approvals(request.issueId);
  if (!issue.ok || !approvals.ok) return undefined;
  return { request, pin: request.pin, binding, issue: issue.value, approvals: approvals.value };
}

/** The edited text is put up for approval as it stands now, as the gate would do after the answer. */
async function lookAgain(
  deps: Deps,
  held: Held<AccessRequest>,
  { issue, binding }: Seen,
  fields: readonly string[],
): Promise<Decided> {
  const why: GateRefusal = {
    check: 'text-untouched',
    sentence: `The request was edited while it was up for approval (${fields.join(', ')}).`,
    nextStep: 'The people who may decide are asked again; nothing was changed in any directory.',
    facts: { fields },
    way: 'again',
  };
  await refuse(deps, { held, issue, binding, resumed: false }, why);
  return no(CHANGED);
}

function answerOf(
  deps: Deps,
  request: AccessRequest,
  decision: CardDecision,
  by: string,
): CardAnswer {
  return {
    round: request.round,
    stage: stageOf(request)?.id ?? 'none',
    by,
    digest: decision.digest,
    at: deps.now(),
    ...(decision.decision === 'approve'
      ? {
          decision: 'approved',
          ...(decision.shorten !== undefined && { shortened: decision.shorten }),
        }
      : { decision: 'declined', reason: decision.reason }),
  };
}

/** The workflow has no approval step of Jira's. */
async function decideHere(
  deps: Deps,
  held: Held<AccessRequest>,
  answer: CardAnswer,
  because: string,
): Promise<Decided> {
  const before = cardAnswers(held.value, answer.stage).some(
    (card) => card.by === answer.by && card.digest === answer.digest,
  );
  if (before) {
    // A run that died after the first press left the rest to this one.
    await deps.queues.push('grant', [{ body: { kind: 'consent', issueId: held.value.issueId } }]);
    return no(ANSWERED);
  }
  if (!(await write(deps, held, answer, because))) return no(BUSY);
  if (answer.decision === 'declined') {
    await takeBackRequest(deps, held.value.issueId, answer.by, 'declined');
    return said('declined');
  }
  await judge(deps, answer, held.value.issueId);
  return said('approved');
}

interface InJira {
  readonly answer: CardAnswer;
  readonly because: string;
  readonly read: Seen;
  readonly caller: Looking;
}

async function decideInJira(
  deps: Deps,
  held: Held<AccessRequest>,
  { answer, because, read, caller }: InJira,
): Promise<Decided> {
  if (hasAnswered(read.request, read.approvals, answer.by)) return no(ANSWERED);
  if (caller.accountType === 'unlicensed') return no(noActing);
  const open = openApproval(read.approvals);
  if (!open) return no(NOT_OPEN_YET);
  if (!(await write(deps, held, answer, because))) return no(BUSY);
  const { issueId } = held.value;
  const done = await deps.jira.answerApproval(
    issueId,
    open.id,
    answer.decision === 'approved' ? 'approve' : 'decline',
  );
  if (!done.ok) return notTaken(deps, issueId, answer, open, done.error);
  await judge(deps, answer, issueId);
  return said(answer.decision);
}

/** Jira's own event may be lost, or kept from the app because it acted for somebody. */
async function judge(deps: Deps, { decision }: CardAnswer, issueId: string): Promise<void> {
  await (decision === 'approved'
    ? deps.queues.push('grant', [{ body: { kind: 'consent', issueId } }])
    : deps.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]));
}

async function write(
  deps: Deps,
  held: Held<AccessRequest>,
  answer: CardAnswer,
  because: string,
): Promise<boolean> {
  const { value: request } = held;
  const { question, ...rest } = request;
  const waits = openQuestion(request);
  const ownQuestion = waits?.by === answer.by ? waits : undefined;
  // Another's question stands: where their answer is needed as well they still wait for the requester.
  const standing = waits && !ownQuestion ? { question } : {};
  // A second press of the same person takes the first one's place; other rounds are spent.
  const others = cardAnswers(request).filter(
    (card) => card.by !== answer.by || card.stage !== answer.stage,
  );
  const next: AccessRequest = { ...rest, ...standing, cards: [...others, answer] };
  const task = await load(
    deps.store,
    tasks,
    taskKey({ ...answer, issueId: request.issueId, accountId: answer.by }),
  );
  const { reason: __, by, ...facts } = answer;
  const step: Step = {
    event: 'card.answered',
    actor: { type: 'person', accountId: by },
    facts: { ...facts, because },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [
      put(requests, next, held.rev),
      ...(task ? [put(tasks, { ...task.value, state: 'answered' }, task.rev)] : []),
      ...(ownQuestion ? [await remindAgain(deps, request.issueId, ownQuestion.left)] : []),
    ],
    circumstances(deps),
  );
  return done.done;
}

/**
 * Jira may have taken an answer that got lost, so then what was written stays; pressing again looks
 * first. What Jira refused is taken back: nobody decided anything.
 */
async function notTaken(
  deps: Deps,
  issueId: string,
  answer: CardAnswer,
  open: Approval,
  failure: Failure,
): Promise<Decided> {
  const approvals = await deps.jira.approvals(issueId);
  const now = approvals.ok ? approvals.value.find((one) => one.id === open.id) : undefined;
  const theirs = now?.answers.find((one) => one.accountId === answer.by)?.decision;
  if (theirs === answer.decision) {
    await judge(deps, answer, issueId);
    return said(answer.decision);
  }
  if (failure.outcomeUnknown || !approvals.ok) return no(LOST);
  await takeBackCard(deps, issueId, answer);
  if (theirs !== undefined && theirs !== 'pending') return no(ANSWERED);
  if (failure.class !== 'needs-human') return no(LOST);
  return no(noActing);
}

/** Left standing it would count for nothing either; a run that is overtaken here leaves it. */
async function takeBackCard(deps: Deps, issueId: string, answer: CardAnswer): Promise<void> {
  const held = await load(deps.store, requests, issueId);
  if (!held) return;
  const cards = (held.value.cards ?? []).filter(
    (card) => card.by !== answer.by || card.at !== answer.at,
  );
  const key = taskKey({ ...answer, issueId, accountId: answer.by });
  const task = await load(deps.store, tasks, key);
  const step: Step = {
    event: 'card.taken-back',
    actor: { type: 'app' },
    facts: { stage: answer.stage, round: answer.round, by: answer.by, check: noActing.check },
  };
  await record(
    deps.store,
    issueId,
    [step],
    [
      put(requests, { ...held.value, cards }, held.rev),
      ...(task ? [put(tasks, { ...task.value, state: 'open' }, task.rev)] : []),
    ],
    circumstances(deps),
  );
}

const said = (what: string): Decided => ({ ok: true, value: { done: what } });

const CHANGED: Problem = {
  check: 'digest-shown',
  sentence: 'The request changed since it was shown to you, so your answer was not recorded.',
  nextStep: 'Look at it again, then decide.',
};
const ANSWERED: Problem = {
  check: 'answered-once',
  sentence: 'You have answered this request already.',
  nextStep: 'There is nothing more for you to do here.',
};
const NOT_SHORTER: Problem = {
  check: 'shorter-than-asked',
  sentence: 'You can allow less time than was asked for, never as much or more.',
  nextStep: 'Choose a shorter time, or approve without one.',
};
const NOT_OPEN_YET: Problem = {
  check: 'approval-open',
  sentence: 'Jira has no approval open for this request at the moment.',
  nextStep: 'Look again in a minute.',
};
const BUSY: Problem = {
  check: 'request-free',
  sentence: 'The request is being worked on at this very moment, so nothing was recorded.',
  nextStep: 'Look at it again in a minute, then decide.',
};
const LOST: Problem = {
  check: 'jira-answers',
  sentence: 'Jira did not say whether it took your answer.',
  nextStep: 'Open the card again in a minute. If it still asks you, answer once more.',
};
const noActing: Problem = {
  check: 'card-may-answer',
  sentence: NO_ACTING.because,
  nextStep: 'Open the request in Jira or in the portal and answer there.',
};
