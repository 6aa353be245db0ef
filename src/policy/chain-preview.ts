/**
 * Who would decide, before anybody asks: the same chain as the request will get, read the same way, and
 * nothing is written. Only for roles that the person may see; names only of those who decide.
 */
import { loadOffer, type Offer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import { automatable } from '../requests/automatable';
import type { Deps } from '../requests/deps';
import type { Approver, Stage } from '../requests/model/request';
import { findPerson, personsOf } from '../requests/person';
import { epochSeconds } from '../shared/instant';
import type { Failure, Refusal } from '../shared/result';
import { resolveStages } from './approvers';
import { chainInWords } from './chain-words';
import { readFacts } from './facts';
import { anyOf } from './model/conditions';
import { type Ask, evaluate, type Facts, type Verdict } from './model/evaluate';

interface Wanted {
  readonly role: string;
  readonly beneficiary?: string | undefined;
}

interface ShownDecider {
  readonly name: string;
  readonly because: string;
  readonly readAt: string;
}
interface ShownStage {
  readonly needs: number;
  readonly people: readonly ShownDecider[];
  readonly groups: readonly string[];
  /** Asked as well when nobody answers. */
  readonly fallbacks: readonly ShownDecider[];
}
export interface ChainShown {
  readonly stages: readonly ShownStage[];
  readonly words: string;
}

export async function previewChain(
  deps: Deps,
  { role: roleId, beneficiary }: Wanted,
  caller: string,
): Promise<Answer<ChainShown>> {
  const offer = await loadOffer(deps.store, roleId);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live') return no(NOT_OFFERED);
  const connection = automatable(offer, deps);
  if (!connection.ok) return no(words(connection.error));
  const opened = await deps.directory(connection.value);
  if (!opened.ok) return no(unread(opened.error));
  const directory = opened.value;
  const { connectionId } = offer.role;
  const whom = beneficiary ?? caller;
  // Who somebody's manager is, and what they may ask for, is told to people of the company only.
  const asking = { connectionId, accountId: caller };
  if (whom !== caller && !(await findPerson(deps, directory, asking)).ok) return no(FOR_ONESELF);
  const found = await findPerson(deps, directory, { connectionId, accountId: whom });
  if (!found.ok) return stopped(found.error);
  const { person } = found.value;
  const read = await readFacts(deps, directory, {
    offer,
    beneficiary: whom,
    personId: person.id,
    person,
    // Whatever ticket will be named: it changes nobody who decides.
    ticket: { key: 'the ticket', counts: true, open: true },
    stopped: false,
    unreviewed: false,
  });
  // Hidden and absent answer alike, so that nobody can find out what there is to be asked for.
  const { visibleTo } = offer.policy;
  if (visibleTo.length > 0 && anyOf(visibleTo, read.facts).said !== 'holds') return no(NOT_OFFERED);
  const asked = { roleId, asksForSelf: whom === caller, reasonLength: offer.policy.reasonLength };
  const verdict = atBest(asked, offer, read.facts, epochSeconds(deps.now()));
  const refused =
    verdict?.outcome === 'refused' || (verdict?.outcome === 'broken' && !verdict.stages);
  if (refused) return no(words(verdict.refusal));
  const own = await personsOf(deps, directory, connectionId, caller);
  if (!own.ok) return no(unread(own.error));
  const stages = await resolveStages(deps, directory, {
    offer,
    stages: verdict?.stages ?? offer.policy.stages,
    beneficiary: person.id,
    parties: { accounts: [...new Set([whom, caller])], persons: [person.id, ...own.value] },
  });
  if (!stages.ok) return stopped(stages.error);
  return { ok: true, value: await shown(deps, stages.value) };
}

/** How long is not said yet: the longest that nothing stands against, so that no rule seems to decide that may not. */
function atBest(
  asked: Omit<Ask, 'duration'>,
  { policy, site }: Pick<Offer, 'policy' | 'site'>,
  facts: Facts,
  now: number,
): Verdict | undefined {
  const longestFirst = [...policy.durations].sort((a, b) => b - a);
  const lengths = [...(policy.permanent ? [null] : []), ...longestFirst];
  const verdicts = lengths.map((duration) =>
    evaluate({ ...asked, duration }, policy, site, facts, now),
  );
  return verdicts.find(({ outcome }) => outcome !== 'refused') ?? verdicts.at(-1);
}

async function shown(deps: Deps, stages: readonly Stage[]): Promise<ChainShown> {
  const ids = stages.flatMap((s) =>
    [...s.approvers, ...(s.fallbacks ?? [])].map((a) => a.accountId),
  );
  const accounts = ids.length === 0 ? undefined : await deps.jira.accounts([...new Set(ids)]);
  const known = accounts?.ok ? accounts.value : [];
  const name = (id: string) =>
    known.find((one) => one.accountId === id)?.displayName ?? 'an account without a name';
  const one = ({ accountId, because, readAt }: Approver): ShownDecider => ({
    name: name(accountId),
    because,
    readAt,
  });
  return {
    stages: stages.map(({ needs, approvers, groups, fallbacks }) => ({
      needs,
      people: approvers.map(one),
      groups: (groups ?? []).map(({ because }) => because),
      fallbacks: (fallbacks ?? []).map(one),
    })),
    words: chainInWords(stages, name),
  };
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const words = ({ check, sentence, nextStep }: Refusal): Problem => ({ check, sentence, nextStep });
const stopped = (error: { refusal: Refusal } | { failure: Failure }) =>
  no('refusal' in error ? words(error.refusal) : unread(error.failure));
const unread = ({ detail }: Failure): Problem => ({
  check: 'chain-read',
  sentence: `Who decides could not be read: ${detail}`,
  nextStep: 'Try again in a minute.',
});
const FOR_ONESELF: Problem = {
  check: 'asker-in-directory',
  sentence: 'Who would decide for somebody else is shown to people whom the directory knows.',
  nextStep: 'Ask for yourself, or let IT link your account to you in the directory.',
};
const NOT_OFFERED: Problem = {
  check: 'role-offered',
  sentence: 'There is no such role that you could ask for.',
  nextStep: 'Choose a role from the list.',
};
