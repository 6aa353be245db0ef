/**
 * What happens when somebody wants to keep access beyond its end.
 *
 * 1. the caller is who asked for it or who has it; the access runs and has an end;
 * 2. the length is one that the policy of today offers, and stays under the cap over all renewals;
 * 3. a new request of the same type is filed for the caller (`requests/file.ts`), linked with the
 *    first; the ledger notes what it renews before intake reads it;
 * 4. that request goes the way of any other: the same people decide, the gate judges it.
 * Nothing here extends anything. Approved before the end, the new access joins the membership before
 * the old one leaves it, so there is no gap; afterwards it is given anew.
 */
import { NOT_YOURS } from '../approvals/not-yours';
import { loadOffer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import type { RenewAsk } from '../contracts/my-access';
import type { Deps } from '../requests/deps';
import { fileForPerson } from '../requests/file';
import { prefilled, wishOf } from '../requests/prefill';
import { requests } from '../requests/store';
import { isYours } from '../requests/yours';
import { load } from '../shared/record';
import type { Grant } from './model/grant';
import { lengthRefused, notRenewable } from './model/renewable';
import { renewalOf } from './renewal';
import { grants } from './store';
import { moment } from './telling';

export interface Renewed {
  readonly issueId: string;
  readonly issueKey: string;
  /** It was asked for before and waits for its decision. */
  readonly already: boolean;
  /** Without a decision the access ends then all the same. */
  readonly endsAt: string | null;
}

const no = (problem: Problem) => ({ ok: false as const, problem });

export async function renew(deps: Deps, ask: RenewAsk, by: string): Promise<Answer<Renewed>> {
  const request = (await load(deps.store, requests, ask.issueId))?.value;
  if (!request?.pin || !isYours(request, by)) return no(NOT_YOURS);
  const grant =
    request.grantId === undefined
      ? undefined
      : (await load(deps.store, grants, request.grantId))?.value;
  if (!grant) return no(NOT_GIVEN);
  const now = deps.now();
  const stopped = notRenewable(grant, now);
  if (stopped) return no(stopped);
  const renewal = await renewalOf(deps, grant.id);
  if (renewal?.grant?.state === 'active') return no(renewedWith(renewal.request.issueKey));
  const offer = await loadOffer(deps.store, grant.roleId);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live') return no(NOT_OFFERED);
  const duration =
    ask.duration === undefined
      ? grant.duration
      : ask.duration === 'permanent'
        ? null
        : ask.duration;
  const tooLong = lengthRefused(grant, offer.policy, duration, now);
  if (tooLong) return no(tooLong);
  const settings = await deps.settings();
  const binding = settings.bindings.find((b) => b.id === request.bindingId);
  if (!binding) return no(NOT_BOUND);
  const reason = ask.reason || (await wishOf(deps, request, binding))?.reason;
  if (!reason) return no(NO_REASON);
  const { ticket, untilTicket, subject } = request.pin;
  const filed = await fileForPerson(deps, {
    why: 'renewal',
    key: grant.id,
    by,
    onBehalfOf: by,
    binding,
    requestTypeId: subject.requestTypeId,
    what: `${grant.roleName} in ${grant.appName} (${grant.issueKey})`,
    wish: prefilled({
      roleId: grant.roleId,
      duration,
      reason,
      beneficiary: grant.beneficiary,
      requester: by,
      ...(ticket && { ticket: { key: ticket.key, until: untilTicket === true } }),
    }),
    renewalOf: grant.id,
    relatesTo: grant.issueId,
    said: earlyWord(grant, settings.timeZone),
  });
  if (!filed.ok) return no(filed.error);
  return { ok: true, value: { ...filed.value, endsAt: grant.endsAt } };
}

/** The person must not learn only at the end that an open renewal keeps nothing. */
const earlyWord = (grant: Grant, timeZone: string) => ({
  headline: `Renewal of ${grant.roleName} in ${grant.appName}`,
  lines: [
    `The access given with ${grant.issueKey} ends on ${moment(grant.endsAt as string, timeZone)}.`,
    'This request does not extend it as long as it is open: without an approval by then the access ends at its time. An approval after that gives it anew.',
  ],
});

const renewedWith = (issueKey: string): Problem => ({
  check: 'renewal-not-given',
  sentence: `This access was renewed already, with ${issueKey}.`,
  nextStep: `If you need it for longer still, renew ${issueKey}.`,
});
const NOT_GIVEN: Problem = {
  check: 'renewal-of-running',
  sentence: 'No access was given with this request, so there is nothing to renew.',
  nextStep: 'The request says where it stands.',
};
const NOT_OFFERED: Problem = {
  check: 'role-offered',
  sentence: 'The role is not offered any more, so its access cannot be renewed.',
  nextStep: 'It ends at its time. Please ask for another role, or talk to IT.',
};
const NOT_BOUND: Problem = {
  check: 'request-type-bound',
  sentence: 'The request type of this request no longer is one for access.',
  nextStep: 'Please raise a new request from the portal.',
};
const NO_REASON: Problem = {
  check: 'reason-given',
  sentence: 'The reason of the first request cannot be read any more.',
  nextStep: 'Say what you need the access for and try again.',
};
