/**
 * Since when the person has had this very role without a break, whatever each grant was asked for as:
 * asking anew instead of renewing must not go round the longest time in all. The index lags by
 * seconds, and it is read again at the gate.
 */
import { personKey } from '../catalog/model/catalog';
import { type Grant, isLive } from '../grants/model/grant';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { epochSeconds, type Instant } from '../shared/instant';
import { find } from '../shared/record';

/** Newest first; a line of more renewals than are on these pages is not read to its end. */
const MOST_PAGES = 3;

interface Of {
  readonly roleId: string;
  readonly connectionId: string;
  readonly personId: string;
  /** The grant that is judged: as long as it has not begun, it is no part of the line. */
  readonly grantId: string | undefined;
}

/** Epoch seconds; `null`: not at the moment; `undefined`: it could not be read. */
export async function heldSince(
  deps: Pick<Deps, 'store'>,
  { roleId, connectionId, personId, grantId }: Of,
): Promise<number | null | undefined> {
  let since: number | undefined;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await find(deps.store, grants, {
      index: 'by-person',
      partition: [personKey(connectionId, personId)],
      sort: 'descending',
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    if (read.unreadable.some(({ row }) => row['roleId'] === roleId)) return undefined;
    for (const { value } of read.found) {
      if (value.roleId !== roleId || (value.id === grantId && !isLive(value.state))) continue;
      const begun = beginOf(value);
      if (begun === undefined) continue;
      const reaches = since === undefined ? isLive(value.state) : endOf(value) >= since;
      if (reaches) since = Math.min(since ?? begun, begun);
    }
    cursor = read.cursor;
    if (cursor === undefined) break;
  }
  return since ?? null;
}

const seconds = (at: string): number => epochSeconds(at as Instant);

/** What was observed only gave nothing. */
function beginOf({ startedAt, lineSince, observed }: Grant): number | undefined {
  if (startedAt === undefined || observed) return undefined;
  return seconds(lineSince ?? startedAt);
}

function endOf({ state, endsAt, changedAt }: Grant): number {
  if (isLive(state)) return Number.POSITIVE_INFINITY;
  return Math.min(seconds(changedAt), endsAt === null ? Number.POSITIVE_INFINITY : seconds(endsAt));
}
