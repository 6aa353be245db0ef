/** What a person can do with a request by a button; who may is decided here, from the ledger. */
import type { Answer, Problem } from '../contracts/answer';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { type Next, OVERTAKEN } from '../requests/intake';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import { NOT_YOURS } from './not-yours';
import { resume } from './resume';
import { takeBackRequest } from './withdraw';

const no = (problem: Problem) => ({ ok: false as const, problem });

export async function whereItStands(
  deps: Deps,
  issueId: string,
  accountId: string,
): Promise<Answer<unknown>> {
  const held = await load(deps.store, requests, issueId);
  if (!held || !(isParty(held.value, accountId) || isApprover(held.value, accountId)))
    return no(NOT_YOURS);
  const { state, round, pin, refusal } = held.value;
  const grant =
    held.value.grantId === undefined
      ? undefined
      : await load(deps.store, grants, held.value.grantId);
  return {
    ok: true,
    value: {
      state,
      round,
      role: pin?.subject.roleId ?? null,
      duration: pin?.subject.duration ?? null,
      ...(refusal && { stopped: { sentence: refusal.sentence, nextStep: refusal.nextStep } }),
      ...(grant && {
        grant: {
          state: grant.value.state,
          endsAt: grant.value.endsAt,
          startedAt: grant.value.startedAt ?? null,
        },
      }),
    },
  };
}

export async function takeBack(
  deps: Deps,
  issueId: string,
  accountId: string,
): Promise<Answer<{ done: string }>> {
  const held = await load(deps.store, requests, issueId);
  if (!held || !isParty(held.value, accountId)) return no(NOT_YOURS);
  const next = await takeBackRequest(deps, issueId, accountId);
  if (next.kind === 'done') return { ok: true, value: { done: next.what } };
  if (next.kind === 'later' && next.why === OVERTAKEN) return no(BUSY);
  // The end has begun and is on record; its timer carries it on until it is proven.
  return { ok: true, value: { done: 'what was given is being taken back' } };
}

export async function resumeRequest(
  deps: Deps,
  issueId: string,
  by: string,
): Promise<Answer<{ done: string }>> {
  const held = await load(deps.store, requests, issueId);
  if (!held)
    return no({
      check: 'request-known',
      sentence: 'The app knows no access request for this issue.',
      nextStep: 'Check that its request type is bound.',
    });
  if (held.value.state !== 'attention') {
    return no({
      check: 'request-waits',
      sentence: `This request waits for nobody: it is ${held.value.state}.`,
      nextStep: 'Nothing to do.',
    });
  }
  const next = await resume(deps, held, by);
  if (next.kind === 'done') return { ok: true, value: { done: next.what } };
  if (next.kind === 'later' && next.why === OVERTAKEN) return no(BUSY);
  const asked = next.kind === 'check-consent' || held.value.grantId !== undefined;
  await deps.queues.push(asked ? 'grant' : 'intake', [
    asked
      ? { body: { kind: 'consent', issueId } }
      : { body: { kind: 'intake', issueId, attempt: 0, resumed: true }, delay: delayOf(next) },
  ]);
  return { ok: true, value: { done: 'goes on by itself' } };
}

const BUSY: Problem = {
  check: 'request-free',
  sentence: 'The request is being worked on at this very moment, so nothing was done.',
  nextStep: 'Try again in a minute.',
};

const delayOf = (next: Next) => (next.kind === 'later' ? Math.min(next.seconds, 900) : 0);
const isParty = (r: AccessRequest, accountId: string) =>
  r.requester === accountId || r.pin?.beneficiary === accountId;
const isApprover = (r: AccessRequest, accountId: string) =>
  r.pin?.stages.some((s) => s.approvers.some((a) => a.accountId === accountId)) ?? false;
