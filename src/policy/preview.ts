/**
 * "Try it": this person, this role, this long. Every rule that is considered with what it looked at,
 * and who would decide; by the same functions as a request, and nothing is written.
 */
import { loadOffer, type Offer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import type { Directory } from '../directories/directory';
import { standing } from '../grants/standing';
import { automatable } from '../requests/automatable';
import type { Deps } from '../requests/deps';
import type { Stage } from '../requests/model/request';
import { findPerson, personsOf } from '../requests/person';
import { readTicket } from '../requests/ticket';
import { epochSeconds } from '../shared/instant';
import type { Failure, Refusal } from '../shared/result';
import { resolveStages } from './approvers';
import { draftOrPolicy } from './draft-record';
import { readFacts } from './facts';
import { policyFor } from './model/effective';
import { type Considered, evaluate, type Verdict } from './model/evaluate';
import { type Outcome, outcomeOf } from './model/rehearsal';

interface Try {
  readonly role: string;
  readonly beneficiary: string;
  readonly requester?: string | undefined;
  readonly duration: number | null;
  readonly reason: string;
  readonly ticket?: string | undefined;
  /** By the draft instead of what stands. */
  readonly draft: boolean;
}

export interface Tried {
  readonly outcome: Outcome;
  readonly refusal?: Refusal;
  readonly considered: readonly Considered[];
  /** In order, each with the source of every name; absent where nobody is asked. */
  readonly stages?: readonly Stage[];
  /** Why nobody could be found who decides. */
  readonly nobody?: Refusal;
}

export async function tryPolicy(deps: Deps, ask: Try): Promise<Answer<Tried>> {
  const offer = await offerFor(deps, ask);
  if (!offer) return no(NO_ROLE);
  const connection = automatable(offer, deps);
  if (!connection.ok) return no(words(connection.error));
  const opened = await deps.directory(connection.value);
  if (!opened.ok) return no(unread(opened.error));
  const { connectionId } = offer.role;
  const found = await findPerson(deps, opened.value, { connectionId, accountId: ask.beneficiary });
  if (!found.ok)
    return no('refusal' in found.error ? words(found.error.refusal) : unread(found.error.failure));
  const { person } = found.value;
  const requester = ask.requester ?? ask.beneficiary;
  const ticket = ask.ticket === undefined ? null : await readTicket(deps, ask.ticket);
  const about = {
    appId: offer.app.id,
    roleId: offer.role.id,
    connectionId,
    beneficiary: ask.beneficiary,
    personId: person.id,
  };
  const { facts } = await readFacts(deps, opened.value, {
    offer,
    beneficiary: ask.beneficiary,
    personId: person.id,
    person,
    ticket:
      ticket === null && ask.ticket !== undefined
        ? { key: ask.ticket, counts: false, open: false }
        : ticket,
    ...(await standing(deps, about)),
  });
  const verdict = evaluate(
    {
      roleId: offer.role.id,
      duration: ask.duration,
      reasonLength: ask.reason.trim().length,
      asksForSelf: requester === ask.beneficiary,
    },
    offer.policy,
    offer.site,
    facts,
    epochSeconds(deps.now()),
  );
  const accounts = [...new Set([ask.beneficiary, requester])];
  const deciders = await decidersOf(deps, opened.value, verdict, {
    offer,
    beneficiary: person.id,
    accounts,
  });
  return { ok: true, value: { ...told(verdict), ...deciders } };
}

async function offerFor(deps: Deps, { role, draft }: Try): Promise<Offer | undefined> {
  const offer = await loadOffer(deps.store, role);
  if (!offer || offer.role.status === 'removed' || !draft) return offer;
  const site = await draftOrPolicy(deps.store);
  return { ...offer, site, policy: policyFor(site, offer.app, offer.role) };
}

const told = (verdict: Verdict): Tried => ({
  outcome: outcomeOf(verdict),
  considered: verdict.considered,
  ...('refusal' in verdict && { refusal: verdict.refusal }),
});

async function decidersOf(
  deps: Deps,
  directory: Directory,
  verdict: Verdict,
  of: { offer: Offer; beneficiary: string; accounts: readonly string[] },
): Promise<Pick<Tried, 'stages' | 'nobody'>> {
  const needed = 'stages' in verdict ? (verdict.stages ?? []) : [];
  if (needed.length === 0) return {};
  const persons = new Set([of.beneficiary]);
  for (const accountId of of.accounts) {
    const own = await personsOf(deps, directory, of.offer.role.connectionId, accountId);
    for (const id of own.ok ? own.value : []) persons.add(id);
  }
  const stages = await resolveStages(deps, directory, {
    offer: of.offer,
    stages: needed,
    beneficiary: of.beneficiary,
    parties: { accounts: of.accounts, persons: [...persons] },
  });
  if (stages.ok) return { stages: stages.value };
  return 'refusal' in stages.error ? { nobody: stages.error.refusal } : {};
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const words = ({ check, sentence, nextStep }: Refusal): Problem => ({ check, sentence, nextStep });
const unread = ({ detail }: Failure): Problem => ({
  check: 'preview-read',
  sentence: `What it would be judged by could not be read: ${detail}`,
  nextStep: 'Try again in a minute.',
});
const NO_ROLE: Problem = {
  check: 'role-exists',
  sentence: 'The catalog has no such role.',
  nextStep: 'Write an app and a role, as figma.editor.',
};
