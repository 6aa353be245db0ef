/**
 * Accesses of a kill switch whose records this version of the app cannot read: each is ended by what is
 * left of it (`salvage.ts`), whose own timer brings it back. Whether one is gone, the holds say: the
 * record itself stays as it is.
 */
import type { Deps } from '../requests/deps';
import type { UnreadableRecord } from '../shared/record';
import { type Grant, isLive } from './model/grant';
import { holdKey } from './model/hold';
import { grantLeft, holdLeft } from './remains';
import { salvage } from './salvage';
import { grants } from './store';

export const endUnreadable = (deps: Deps, one: UnreadableRecord) =>
  salvage(deps, one, { objectId: one.key, what: 'revoke' });

export interface StillThere {
  /** Ids of what still cannot be read and may still be held. */
  readonly left: readonly string[];
  /** What another version of the app has made readable since. */
  readonly readable: readonly Grant[];
}

export async function stillThere(
  deps: Pick<Deps, 'store'>,
  ids: readonly string[],
): Promise<StillThere> {
  const left: string[] = [];
  const readable: Grant[] = [];
  for (const id of ids) {
    const row = await deps.store.get('grant', id);
    const whole = row && grants.schema.safeParse(row.body);
    if (whole?.success && isLive(whole.data.state)) readable.push(whole.data);
    else if (row && !whole?.success && !(await isLetGo(deps, id, row.body))) left.push(id);
  }
  return { left, readable };
}

/** No hold names it any more, as a holder or as who asked for a removal that is not proven. */
async function isLetGo(deps: Pick<Deps, 'store'>, id: string, body: unknown): Promise<boolean> {
  const read = grantLeft.safeParse(body);
  if (!read.success) return false;
  const { connectionId, personId, edges } = read.data;
  if (edges.length === 0) return true;
  const keys = edges.map(({ groupId }) => holdKey({ connectionId, groupId, personId }));
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'hold', key })));
  return rows.map(holdLeft).every((hold) => {
    if (hold === undefined) return true;
    if (hold === 'unreadable') return false;
    const { holders, op } = hold.value;
    return op?.grantId !== id && !holders.some((holder) => holder.grantId === id);
  });
}
