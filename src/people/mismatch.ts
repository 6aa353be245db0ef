/**
 * Who somebody is could not be told: listed for an administrator, with ids only, until somebody says
 * it or the app finds out by itself.
 */
import { openFinding, resolveFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import type { Refusal } from '../shared/result';

/** The account that is not known in the directory, or the person who is not known in Jira. */
export type Unknown = { readonly connectionId: string } & (
  | { readonly accountId: string }
  | { readonly personId: string }
);

export const mismatchKey = (who: Unknown): string =>
  `person-mismatch:${who.connectionId}:${'accountId' in who ? who.accountId : `person.${who.personId}`}`;

type Using = Pick<Deps, 'store' | 'now' | 'installation' | 'channel'>;

export async function noteMismatch(deps: Using, who: Unknown, refusal: Refusal): Promise<void> {
  const personIds = refusal.facts?.['personIds'];
  await openFinding(deps, {
    ...who,
    key: mismatchKey(who),
    kind: 'person-mismatch',
    sentence: refusal.sentence,
    nextStep: refusal.nextStep,
    facts: { check: refusal.check, personIds: Array.isArray(personIds) ? personIds : [] },
  });
}

export const settleMismatch = (
  deps: Using,
  who: Unknown,
  because: string,
  by?: string,
): Promise<boolean> => resolveFinding(deps, mismatchKey(who), because, by);
