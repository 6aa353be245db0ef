/** Grants, holds and timers in the ledger. */

import { personKey } from '../catalog/model/catalog';
import type { Write } from '../forge/ports';
import { epochSeconds, NO_END, parseInstant } from '../shared/instant';
import { put, type RecordType } from '../shared/record';
import { type Grant, grantSchema, isLive } from './model/grant';
import { type Hold, holdKey, holdSchema, isSpent } from './model/hold';

export const grants: RecordType<Grant> = {
  entity: 'grant',
  schema: grantSchema,
  key: (grant) => grant.id,
  attributes: (grant) => ({
    personKey: personKey(grant.connectionId, grant.personId),
    accountId: grant.beneficiary,
    appId: grant.appId,
    roleId: grant.roleId,
    issueId: grant.issueId,
    state: grant.state,
    live: isLive(grant.state) ? 'yes' : 'no',
    startedAt: grant.startedAt === undefined ? 0 : epochSeconds(parseInstant(grant.startedAt)),
    endsAt: grant.endsAt === null ? NO_END : epochSeconds(parseInstant(grant.endsAt)),
    changedAt: epochSeconds(parseInstant(grant.changedAt)),
  }),
};

export const holds: RecordType<Hold> = {
  entity: 'hold',
  schema: holdSchema,
  key: holdKey,
  attributes: (hold) => ({
    groupKey: `${hold.connectionId}:${hold.groupId}`,
    personKey: personKey(hold.connectionId, hold.personId),
    changedAt: epochSeconds(parseInstant(hold.changedAt)),
  }),
};

/** Writes the hold, or takes it away when it says nothing any more. */
export function putHold(hold: Hold, rev: number): Write {
  if (isSpent(hold) && rev > 0)
    return { op: 'remove', entity: 'hold', key: holdKey(hold), ifRev: rev };
  return put(holds, hold, rev);
}
