/** Whoever chooses who decides on a request is no party to it, under none of their accounts. */
import type { Deps } from '../requests/deps';
import { personsOf } from '../requests/person';
import { type Failure, ok, type Result } from '../shared/result';
import type { Where } from './chain-account';
import type { Parties } from './chain-draft';

export async function anyIsParty(
  deps: Deps,
  { directory, connectionId }: Where,
  parties: Parties,
  accounts: readonly string[],
): Promise<Result<boolean, Failure>> {
  if (accounts.some((id) => parties.accounts.includes(id))) return ok(true);
  for (const accountId of new Set(accounts)) {
    const persons = await personsOf(deps, directory, connectionId, accountId);
    if (!persons.ok) return persons;
    if (persons.value.some((id) => parties.persons.includes(id))) return ok(true);
  }
  return ok(false);
}
