/**
 * Somebody does not need their access any more: it ends at once, is read back, and the record says that
 * it was returned. What was approved and not given yet is withdrawn.
 *
 * The whole line goes, because it is one access to whoever has it: a renewal that was given, is approved
 * or still open, and what this one renewed while that still runs. Otherwise the membership would stay,
 * or come back. The access that was named goes last, so that trying again finds whatever was not done.
 */
import { NOT_YOURS } from '../approvals/not-yours';
import { takeBackRequest } from '../approvals/withdraw';
import type { Answer, Problem } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import type { Grant } from './model/grant';
import { isUndecided, renewalOf } from './renewal';
import { endGrant } from './revoke';
import { grants } from './store';

/** Others write to the same grant at the same moment; reading again settles it. */
const TRIES = 4;

type Done = 'returned' | 'is being taken back' | 'withdrawn' | 'over' | 'busy';

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
  if (grant.state === 'revoked' || grant.state === 'cancelled') return { ok: false, problem: OVER };
  for (const one of [...(await renewed(deps, grant)), ...(await before(deps, grant))])
    if ((await end(deps, one, by)) === 'busy') return { ok: false, problem: BUSY };
  const done = await end(deps, grant, by);
  if (done === 'busy') return { ok: false, problem: BUSY };
  return done === 'over' ? { ok: false, problem: OVER } : { ok: true, value: { done } };
}

interface One {
  /** Absent: people have still to decide it. */
  readonly id?: string;
  readonly issueId: string;
}

/** What would carry it on, the latest first. */
async function renewed(deps: Deps, { id, beneficiary }: Grant): Promise<One[]> {
  const renewal = await renewalOf(deps, id);
  if (!renewal) return [];
  const { request, grant } = renewal;
  if (isUndecided(renewal)) return [{ issueId: request.issueId }];
  if (grant?.beneficiary !== beneficiary || grant.renewalOf !== id) return [];
  return [...(await renewed(deps, grant)), grant];
}

async function before(deps: Deps, { renewalOf: id, beneficiary }: Grant): Promise<One[]> {
  const grant = id === undefined ? undefined : (await load(deps.store, grants, id))?.value;
  return grant?.beneficiary === beneficiary && grant.state === 'active' ? [grant] : [];
}

async function end(deps: Deps, { id, issueId }: One, by: string): Promise<Done> {
  if (id === undefined)
    return (await takeBackRequest(deps, issueId, by)).kind === 'done' ? 'withdrawn' : 'busy';
  let wait: number | undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const held = await load(deps.store, grants, id);
    switch (held?.value.state) {
      case 'active':
      case 'provisioning': {
        const next = await endGrant(deps, id, { because: 'returned', by }, held);
        if (next.kind === 'done' && next.what === 'revoked') return 'returned';
        // Either the end is on record and not proven yet, or nothing was written: the record says which.
        wait = next.kind === 'later' ? next.seconds : undefined;
        continue;
      }
      case 'approved':
      case 'blocked': {
        const next = await takeBackRequest(deps, issueId, by);
        if (next.kind === 'done' && next.what === 'withdrawn') return 'withdrawn';
        wait = next.kind === 'later' ? next.seconds : undefined;
        continue;
      }
      case 'revoking':
      case 'stuck': {
        // The sweep would bring it back as well, some minutes later.
        const due = [{ kind: 'grant', objectId: id, what: 'revoke' }];
        if (wait !== undefined)
          await deps.queues.push('revoke', [{ body: { kind: 'due', due }, delay: wait }]);
        return 'is being taken back';
      }
      default:
        return 'over';
    }
  }
  return 'busy';
}

const OVER: Problem = {
  check: 'access-runs',
  sentence: 'This access has ended already.',
  nextStep: 'Nothing to do.',
};
const BUSY: Problem = {
  check: 'grant-free',
  sentence: 'The access is being worked on at this very moment, so it was not taken back yet.',
  nextStep: 'Try again in a minute.',
};
