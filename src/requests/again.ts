/**
 * Asks once more for what is over: ended, declined, withdrawn or lapsed. A new request is filed for the
 * caller with what the first one said; it is read, decided and judged as any other.
 */

import { NOT_YOURS } from '../approvals/not-yours';
import { loadOffer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import type { AgainAsk } from '../contracts/my-access';
import { load } from '../shared/record';
import { durationFor } from './choose';
import type { Deps } from './deps';
import { type FiledAs, fileForPerson } from './file';
import { isOver, type Pin } from './model/request';
import { prefilled, wishOf } from './prefill';
import { requests } from './store';
import { readTicket } from './ticket';
import { isYours } from './yours';

const no = (problem: Problem) => ({ ok: false as const, problem });

export async function askAgain(deps: Deps, ask: AgainAsk, by: string): Promise<Answer<FiledAs>> {
  const request = (await load(deps.store, requests, ask.issueId))?.value;
  if (!request || !isYours(request, by)) return no(NOT_YOURS);
  if (!isOver(request)) return no(STILL_OPEN);
  const { pin } = request;
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  const wish = binding && (await wishOf(deps, request, binding));
  // Never read so far that a role was certain: the portal's form asks for it better than this can.
  if (!binding || !pin) return no(FROM_THE_PORTAL);
  const offer = await loadOffer(deps.store, pin.subject.roleId);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live') return no(NOT_OFFERED);
  const reason = ask.reason || wish?.reason;
  if (!reason) return no(NO_REASON);
  const asked = { reason, from: 'panel' as const, duration: pin.subject.duration };
  const ticket = await openTicket(deps, pin);
  const filed = await fileForPerson(deps, {
    why: 'again',
    key: request.issueId,
    by,
    onBehalfOf: by,
    binding,
    requestTypeId: pin.subject.requestTypeId,
    what: `${offer.role.name} in ${offer.app.name} (${request.issueKey})`,
    wish: prefilled({
      roleId: pin.subject.roleId,
      duration: durationFor(asked, offer.policy),
      reason,
      beneficiary: pin.beneficiary,
      requester: by,
      ...(ticket && { ticket }),
    }),
    relatesTo: request.issueId,
  });
  return filed.ok ? { ok: true, value: filed.value } : no(filed.error);
}

/** A ticket that was closed is no reason any more; the policy asks for another where it needs one. */
async function openTicket(deps: Deps, { ticket, untilTicket }: Pin) {
  const now = ticket && (await readTicket(deps, ticket.key));
  return now?.open ? { key: now.key, until: untilTicket === true } : undefined;
}

const STILL_OPEN: Problem = {
  check: 'request-over',
  sentence: 'This request is not over yet, so there is nothing to ask again.',
  nextStep: 'If its access ends too early, ask for a renewal.',
};
const FROM_THE_PORTAL: Problem = {
  check: 'request-known-whole',
  sentence: 'What this request was for was never settled, so it cannot be asked again as it was.',
  nextStep: 'Please raise a new request from the portal.',
};
const NOT_OFFERED: Problem = {
  check: 'role-offered',
  sentence: 'The role is not offered any more.',
  nextStep: 'Please ask for another role from the portal, or talk to IT.',
};
const NO_REASON: Problem = {
  check: 'reason-given',
  sentence: 'The reason of the first request cannot be read any more.',
  nextStep: 'Say what you need the access for and try again.',
};
