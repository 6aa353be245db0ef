/**
 * Who of these is under a kill switch, and so neither decides on access nor reviews it: whoever took
 * over an account could otherwise go on through what others ask for.
 */
import { personKey } from '../catalog/model/catalog';
import type { Store } from '../forge/ports';
import { isStopped, stopKey } from './stop-record';

export interface Acting {
  readonly accountId: string;
  /** Ids in the directory of that connection; a second account is no way round. */
  readonly personIds: readonly string[];
}

/** Their accounts. */
export async function stoppedAmong(
  deps: { readonly store: Pick<Store, 'getMany'> },
  connectionId: string,
  acting: readonly Acting[],
): Promise<string[]> {
  const asked = acting.map(({ accountId, personIds }) => ({
    accountId,
    keys: [accountId, ...personIds.map((id) => personKey(connectionId, id))].map((about) =>
      stopKey('person', about),
    ),
  }));
  const all = [...new Set(asked.flatMap(({ keys }) => keys))];
  if (all.length === 0) return [];
  const rows = await deps.store.getMany(all.map((key) => ({ entity: 'config' as const, key })));
  const on = new Set(all.filter((_, i) => isStopped([rows[i]])));
  return asked.filter(({ keys }) => keys.some((key) => on.has(key))).map((one) => one.accountId);
}
