/**
 * What stands against giving this person this role, whatever the policy says: a kill switch, and for
 * break-glass an earlier use that nobody reviewed.
 */
import type { Row, Store } from '../forge/ports';
import { isStopped, stopKeysOf, type Whom } from './stop-record';
import { useKey } from './use-record';

/** As `evaluate` asks for it. */
export interface Standing {
  readonly stopped: boolean;
  readonly unreviewed: boolean;
}
type About = Whom & { readonly roleId: string };

/** For the intake; `loadOffer` reads the same for the gate, beside its own records. */
export async function standing(deps: { readonly store: Pick<Store, 'getMany'> }, about: About) {
  const keys = standingKeys(about).map((key) => ({ entity: 'config' as const, key }));
  return standingFrom(await deps.store.getMany(keys));
}

export const standingKeys = (about: About): string[] => [
  useKey(about.roleId, about.connectionId, about.personId),
  ...stopKeysOf(about),
];
/** Of the rows of those keys, in their order. */
export const standingFrom = ([use, ...stops]: readonly (Row | undefined)[]): Standing => ({
  unreviewed: use !== undefined,
  stopped: isStopped(stops),
});
