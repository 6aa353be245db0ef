/** What a person can do with a request by a button; who may is decided here, from the ledger. */
import type { Answer, Problem } from '../contracts/answer';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { type Held, load } from '../shared/record';
import { resume } from './resume';
import { withdraw } from './withdraw';

/** Absent and not yours answer alike, so that nobody can find out what others asked for. */
const NOT_YOURS: Problem = {
  check: 'request-yours',
  sentence: 'There is no access request of yours behind this issue.',
  nextStep: 'Open the request from "My requests" in the portal.',
};
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
  return said(deps, await withdraw(deps, held, accountId), held);
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
  return said(deps, await resume(deps, held, by), held);
}

/** What could not be finished at once goes on by the queue; the person is told that it does. */
async function said(
  deps: Deps,
  next: Next,
  held: Held<AccessRequest>,
): Promise<Answer<{ done: string }>> {
  const { issueId } = held.value;
  if (next.kind === 'done') return { ok: true, value: { done: next.what } };
  const grantId = held.value.grantId;
  if (next.kind === 'check-consent')
    await deps.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
  else if (grantId !== undefined) {
    const due = (['provision', 'revoke'] as const).map((what) => ({
      kind: 'grant',
      objectId: grantId,
      what,
    }));
    await deps.queues.push('grant', [
      { body: { kind: 'due', due: [due[0]] }, delay: delayOf(next) },
    ]);
    await deps.queues.push('revoke', [
      { body: { kind: 'due', due: [due[1]] }, delay: delayOf(next) },
    ]);
  } else
    await deps.queues.push('intake', [
      { body: { kind: 'intake', issueId, attempt: 0, resumed: true }, delay: delayOf(next) },
    ]);
  return { ok: true, value: { done: 'goes on by itself' } };
}

const delayOf = (next: Next) => (next.kind === 'later' ? Math.min(next.seconds, 900) : 0);
const isParty = (r: AccessRequest, accountId: string) =>
  r.requester === accountId || r.pin?.beneficiary === accountId;
const isApprover = (r: AccessRequest, accountId: string) =>
  r.pin?.stages.some((s) => s.approvers.some((a) => a.accountId === accountId)) ?? false;
