/** A person says that something was done by hand. Who may is decided here, from the ledger. */
import type { Answer, Problem } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { isOwnerOf, readRights } from '../rights/rights';
import { type Held, load } from '../shared/record';
import { markGiven } from './manual';
import { markRemoved } from './manual-end';
import type { Grant } from './model/grant';
import { isPartyAsPerson } from './party';
import { grants } from './store';

export interface Attestation {
  readonly issueId: string;
  readonly what: 'given' | 'removed';
  /** How they did it, or where it can be seen. */
  readonly note: string;
}

export async function attest(
  deps: Deps,
  { issueId, what, note }: Attestation,
  by: string,
): Promise<Answer<{ done: string }>> {
  const request = await load(deps.store, requests, issueId);
  const grantId = request?.value.grantId;
  const held = grantId === undefined ? undefined : await load(deps.store, grants, grantId);
  const allowed = held && (await mayAttest(deps, held.value, by));
  if (!request || !held?.value.manual || !allowed) return no(NOT_YOURS);
  const parties = [
    request.value.requester,
    request.value.pin?.beneficiary,
    ...(request.value.pin?.parties ?? []),
  ];
  if (parties.includes(by)) return no(PARTY);
  const { pin } = request.value;
  const person = pin ? await isPartyAsPerson(deps, held.value, pin, by) : false;
  if (person === 'unknown') return no(UNTOLD);
  if (person) return no(PARTY);
  const wrong = outOfTurn(held, what);
  if (wrong) return no(wrong);
  const said = { by, note };
  const next =
    what === 'given' ? await markGiven(deps, held, said) : await markRemoved(deps, held, said);
  return next.kind === 'done' ? { ok: true, value: { done: next.what } } : no(BUSY);
}

async function mayAttest(deps: Deps, grant: Grant, by: string): Promise<boolean> {
  if (await isOwnerOf(deps, grant.appId, by)) return true;
  return (await readRights(deps, by)).operator;
}

function outOfTurn({ value: grant }: Held<Grant>, what: Attestation['what']): Problem | undefined {
  const waits = what === 'given' ? ['provisioning'] : ['revoking', 'stuck'];
  if (waits.includes(grant.state)) return undefined;
  return {
    check: 'attestation-due',
    sentence:
      what === 'given'
        ? `This access does not wait to be given: it is ${grant.state}.`
        : `This access does not wait to be taken away: it is ${grant.state}.`,
    nextStep: 'Reload the page and look at where the request stands.',
  };
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const NOT_YOURS: Problem = {
  check: 'attestation-yours',
  sentence: 'There is no access behind this issue that you could attest.',
  nextStep: 'The owner of the app and operators of this site can, for roles carried out by hand.',
};
const PARTY: Problem = {
  check: 'attester-is-no-party',
  sentence: 'Nobody attests access that they asked for or receive themselves.',
  nextStep: 'Ask another operator, or the owner of the app.',
};
const UNTOLD: Problem = {
  check: 'attester-told-apart',
  sentence:
    'The directory did not say who you are, so nobody can tell that this access is not your own.',
  nextStep: 'Try again in a minute.',
};
const BUSY: Problem = {
  check: 'request-free',
  sentence: 'The request is being worked on at this very moment, so nothing was recorded.',
  nextStep: 'Try again in a minute.',
};
