/**
 * Somebody does not need their access any more: it ends at once, is read back, and the record says that
 * it was returned. What was approved and not given yet is withdrawn. An open renewal goes with it, or
 * its approval would give back what the person has just returned.
 */
import { NOT_YOURS } from '../approvals/not-yours';
import { takeBackRequest } from '../approvals/withdraw';
import type { Answer, Problem } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import { isUndecided, renewalOf } from './renewal';
import { endGrant } from './revoke';
import { grants } from './store';

export async function giveBack(
  deps: Deps,
  issueId: string,
  by: string,
): Promise<Answer<{ done: string }>> {
  const request = (await load(deps.store, requests, issueId))?.value;
  const grant =
    request?.grantId === undefined
      ? undefined
      : (await load(deps.store, grants, request.grantId))?.value;
  // Who only asked for it can withdraw the request; what somebody has is theirs to return.
  if (!grant || grant.beneficiary !== by) return { ok: false, problem: NOT_YOURS };
  const renewal = await renewalOf(deps, grant.id);
  if (renewal && isUndecided(renewal)) await takeBackRequest(deps, renewal.request.issueId, by);
  switch (grant.state) {
    case 'active':
    case 'provisioning': {
      const next = await endGrant(deps, grant.id, { because: 'returned', by });
      if (next.kind === 'done' && next.what === 'revoked') return done('returned');
      // The sweep would bring it back as well, some minutes later.
      const due = [{ kind: 'grant', objectId: grant.id, what: 'revoke' }];
      if (next.kind === 'later')
        await deps.queues.push('revoke', [{ body: { kind: 'due', due }, delay: next.seconds }]);
      return done(UNDER_WAY);
    }
    case 'approved':
    case 'blocked':
      await takeBackRequest(deps, issueId, by);
      return done('withdrawn');
    case 'revoking':
    case 'stuck':
      return done(UNDER_WAY);
    case 'revoked':
    case 'cancelled':
      return { ok: false, problem: OVER };
  }
}

const done = (what: string) => ({ ok: true as const, value: { done: what } });
/** The end is on record; its timer carries it on until it is proven. */
const UNDER_WAY = 'is being taken back';
const OVER: Problem = {
  check: 'access-runs',
  sentence: 'This access has ended already.',
  nextStep: 'Nothing to do.',
};
