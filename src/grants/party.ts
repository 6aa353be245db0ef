/** Whether somebody who speaks about an access is the one who asked for it or has it, under whatever account. */
import { connections } from '../catalog/store';
import type { Deps } from '../requests/deps';
import type { Pin } from '../requests/model/request';
import { personsOf } from '../requests/person';
import { load } from '../shared/record';
import type { Grant } from './model/grant';

/** Somebody's second account is the same person in the directory. */
export async function isPartyAsPerson(
  deps: Deps,
  grant: Grant,
  pin: Pin,
  by: string,
): Promise<boolean | 'unknown'> {
  const connection = await load(deps.store, connections, `connection:${grant.connectionId}`);
  const opened = connection && (await deps.directory(connection.value));
  if (!opened?.ok) return 'unknown';
  const persons = await personsOf(deps, opened.value, grant.connectionId, by);
  if (!persons.ok) return 'unknown';
  return persons.value.some((id) => pin.partyPersons.includes(id) || id === grant.personId);
}
