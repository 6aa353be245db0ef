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
  const persons = await personsBehind(deps, grant, by);
  return persons === 'unknown' ? persons : isAmong(persons, grant, pin);
}

export const isAmong = (persons: readonly string[], grant: Grant, pin: Pin): boolean =>
  persons.some((id) => pin.partyPersons.includes(id) || id === grant.personId);

/** In the directory that the access was given in. */
export async function personsBehind(
  deps: Deps,
  grant: Grant,
  by: string,
): Promise<readonly string[] | 'unknown'> {
  const connection = await load(deps.store, connections, `connection:${grant.connectionId}`);
  const opened = connection && (await deps.directory(connection.value));
  if (!opened?.ok) return 'unknown';
  const persons = await personsOf(deps, opened.value, grant.connectionId, by);
  return persons.ok ? persons.value : 'unknown';
}
