/**
 * An operator names another approver of an open request, with a reason.
 *
 * 1. the request waits for the stage, the approver is asked in it and has not answered;
 * 2. the other one is somebody whom the policy allows there (`replace-permitted.ts`): an operator speeds a
 *    decision up, and does not choose who agrees;
 * 3. they are active, no party, and decide in no other stage that has to differ;
 * 4. `reassign.ts` moves it, tells both, and keeps the reason as evidence.
 */
import type { Answer, Problem } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import type { Refusal } from '../shared/result';
import { reassign } from './reassign';
import { whyPermitted } from './replace-permitted';
import { chosenByParty, mayStandIn } from './stand-in';

export interface Replacement {
  readonly issueId: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export async function replaceApprover(
  deps: Deps,
  { issueId, from, to, reason }: Replacement,
  by: string,
): Promise<Answer<{ readonly done: string }>> {
  const held = await load(deps.store, requests, issueId);
  const pin = held?.value.pin;
  if (!held || !pin) return no(UNKNOWN);
  if (held.value.state !== 'waiting') return no(notWaiting(held.value.state));
  const own = await chosenByParty(deps, pin, [by]);
  if (!own.ok) return no(unread(own.error.detail));
  if (own.value) return no(OWN);
  const rest = pin.stages.slice(held.value.stage);
  const stage = rest.find(({ approvers }) => approvers.some((a) => a.accountId === from));
  const old = stage?.approvers.find(({ accountId }) => accountId === from);
  if (!stage || !old) return no(NOT_ASKED);
  const asked = { pin, stage, old, to };
  const why = await whyPermitted(deps, asked);
  if (!why.ok) return no(unread(why.error.detail));
  if (why.value === undefined) return no(NOT_ALLOWED);
  const others = { ...stage, approvers: stage.approvers.filter((a) => a !== old) };
  const joins = await mayStandIn(deps, pin, others, { accountId: to, because: why.value });
  if (!joins.ok)
    return no(
      'failure' in joins.error ? unread(joins.error.failure.detail) : words(joins.error.refusal),
    );
  const done = await reassign(deps, issueId, {
    stage: stage.id,
    remove: [from],
    add: [{ ...joins.value, replaces: from }],
    because: 'IT has named another approver for this request.',
    note: `Account ${by} gives the reason: ${reason}`,
    by: { type: 'person', accountId: by },
    event: 'approver.replaced',
    facts: { reason, why: why.value },
  });
  if (done.kind === 'done') return { ok: true, value: { done: 'another approver is asked' } };
  return no(done.kind === 'nothing' ? ANSWERED : BUSY);
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const words = ({ check, sentence, nextStep }: Refusal): Problem => ({ check, sentence, nextStep });

const UNKNOWN: Problem = {
  check: 'request-known',
  sentence: 'The app knows no access request with approvers for this issue.',
  nextStep: 'Check that its request type is bound.',
};
const notWaiting = (state: string): Problem => ({
  check: 'request-open',
  sentence: `This request waits for no approver: it is ${state}.`,
  nextStep: 'There is nothing to replace.',
});
const OWN: Problem = {
  check: 'no-self-approval',
  sentence: 'You are a party to this request, and nobody chooses who decides on their own access.',
  nextStep: 'Another operator can do it.',
};
const NOT_ASKED: Problem = {
  check: 'approver-asked',
  sentence: 'This person is not asked about this request, or no longer.',
  nextStep: 'Reload the page; it shows who is asked.',
};
const NOT_ALLOWED: Problem = {
  check: 'approver-permitted',
  sentence: 'The policy of this role does not let that person decide in this stage.',
  nextStep:
    'Choose a cover, a fallback, another member of the same group or, for a manager, the manager above; or change the policy of the role.',
};
const ANSWERED: Problem = {
  check: 'approver-waits',
  sentence: 'This person has answered already, so nobody was put in their place.',
  nextStep: 'Reload the page; it shows how the request stands.',
};
const BUSY: Problem = {
  check: 'request-free',
  sentence: 'The request is being worked on at this very moment, so nothing was done.',
  nextStep: 'Try again in a minute.',
};
const unread = (detail: string): Problem => ({
  check: 'approver-read',
  sentence: `It could not be read whether that person may decide: ${detail}`,
  nextStep: 'Try again in a minute.',
});
