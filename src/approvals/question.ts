/**
 * An approver asks the requester something before deciding.
 *
 * 1. the question stands on the issue as a public comment; reminders and escalation stop;
 * 2. the requester's next comment, whatever it says, is the answer: whoever asked is told by mail, and
 *    the reminder goes on with the business hours that were left;
 * 3. whoever asked may answer on the card without waiting for it: then the question is over in the same
 *    way. Another approver's answer leaves it open, where more than one is needed;
 * 4. the pin, the place in line and the hour at which the request lapses stay as they were: asking
 *    back is no way to hold a request, and answering changes nothing of what is decided on.
 */

import type { Answer, Problem } from '../contracts/answer';
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import type { Write } from '../forge/ports';
import { addBusinessSeconds, businessSeconds } from '../policy/model/hours';
import { loadSitePolicy } from '../policy/site-policy';
import { circumstances, type Deps } from '../requests/deps';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import type { Instant } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { dropTimer, setTimer, timerKey, timers } from '../shared/timer';
import { deciderNow } from './deciders';
import { NOT_YOURS } from './not-yours';
import { stageOf } from './tasks';

/** Of this stage and this round; one from before means nothing any more. */
export function openQuestion(request: AccessRequest): AccessRequest['question'] {
  const { question, pin } = request;
  if (!question || request.state !== 'waiting' || !pin) return undefined;
  const current = question.stage === stageOf(request)?.id && question.at >= pin.at;
  return current ? question : undefined;
}

export async function askRequester(
  deps: Deps,
  { issueId, question }: { readonly issueId: string; readonly question: string },
  accountId: string,
): Promise<Answer<{ readonly done: string }>> {
  const held = await load(deps.store, requests, issueId);
  if (!held) return no(NOT_YOURS);
  const asked = await deciderNow(deps, held.value, accountId);
  if (!asked.ok) return no(asked.error.check === 'decider-permitted' ? NOT_YOURS : asked.error);
  if (openQuestion(held.value)) return no(ASKED_ALREADY);
  const now = deps.now();
  const stage = stageOf(held.value)?.id ?? 'none';
  const next: AccessRequest = {
    ...held.value,
    question: { by: accountId, at: now, stage, left: await leftUntilReminder(deps, issueId, now) },
  };
  const step: Step = {
    event: 'request.question',
    actor: { type: 'person', accountId },
    facts: { round: held.value.round, stage, because: asked.value.because },
    tell: {
      public: {
        headline: 'A question before the decision',
        lines: [
          question,
          'Please answer here with a comment. Your request keeps its place in line; nothing else has to be done.',
        ],
      },
    },
  };
  const done = await record(
    deps.store,
    issueId,
    [step],
    [
      put(requests, next, held.rev),
      dropTimer({ kind: 'request', objectId: issueId, what: 'remind' }),
    ],
    circumstances(deps),
  );
  if (!done.done) return no(OVERTAKEN_BY);
  await deliverFresh(deps, done.entries);
  return { ok: true, value: { done: 'the requester was asked' } };
}

/** A comment while a question is open. Answers whether it was one that the question waited for. */
export async function answerQuestion(
  deps: Deps,
  held: Held<AccessRequest>,
  comment: { readonly by: string },
): Promise<'answered' | 'not-for-it' | 'overtaken'> {
  const { value: request } = held;
  const question = openQuestion(request);
  const theirs = comment.by === request.requester || comment.by === request.pin?.beneficiary;
  if (!question || !theirs || comment.by === question.by) return 'not-for-it';
  const { question: _, ...next } = request;
  const step: Step = {
    event: 'request.answered',
    actor: { type: 'person', accountId: comment.by },
    facts: { round: request.round, stage: question.stage, askedBy: question.by },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [put(requests, next, held.rev), await remindAgain(deps, request.issueId, question.left)],
    circumstances(deps),
  );
  if (!done.done) return 'overtaken';
  const told = await deps.jira.notify(request.issueId, [question.by], {
    subject: `${request.issueKey}: your question was answered`,
    lines: [
      `The question you asked about ${request.issueKey} was answered in a comment. The request waits for your decision.`,
    ],
  });
  // The comment itself reaches whoever watches the request; the mail is a courtesy.
  if (!told.ok) deps.log.warn('mail.not-sent', { issue: request.issueId, code: told.error.code });
  return 'answered';
}

/** With the business hours that were left when the question was asked. */
export async function remindAgain(deps: Deps, issueId: string, left: number): Promise<Write> {
  const { hours } = (await loadSitePolicy(deps.store)).value;
  const { timeZone } = await deps.settings();
  const at = addBusinessSeconds(deps.now(), left, hours, timeZone);
  return setTimer({ kind: 'request', objectId: issueId, what: 'remind', at, privileged: false });
}

/** Business seconds; an hour when the reminder is out already or has run. */
async function leftUntilReminder(deps: Deps, issueId: string, now: Instant): Promise<number> {
  const key = timerKey({ kind: 'request', objectId: issueId, what: 'remind' });
  const timer = await load(deps.store, timers, key);
  if (!timer) return 3600;
  const { hours } = (await loadSitePolicy(deps.store)).value;
  const { timeZone } = await deps.settings();
  return Math.ceil(businessSeconds(now, timer.value.at as Instant, hours, timeZone));
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const ASKED_ALREADY: Problem = {
  check: 'question-open',
  sentence: 'A question is open already, and the requester has not answered it yet.',
  nextStep: 'Add to it with a comment on the request.',
};
const OVERTAKEN_BY: Problem = {
  check: 'request-free',
  sentence: 'The request is being worked on at this very moment, so nothing was done.',
  nextStep: 'Try again in a minute.',
};
