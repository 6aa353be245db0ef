/** Requests in the ledger, keyed by the issue's id: keys of issues change, ids do not. */

import { personKey } from '../catalog/model/catalog';
import { epochSeconds, parseInstant } from '../shared/instant';
import type { RecordType } from '../shared/record';
import { type AccessRequest, requestSchema } from './model/request';

export const requests: RecordType<AccessRequest> = {
  entity: 'request',
  schema: requestSchema,
  key: (request) => request.issueId,
  attributes: (request) => ({
    state: request.state,
    requester: request.requester ?? 'none',
    beneficiary: request.pin
      ? personKey(request.pin.subject.connectionId, request.pin.subject.personId)
      : 'none',
    roleId: request.pin?.subject.roleId ?? 'none',
    changedAt: epochSeconds(parseInstant(request.changedAt)),
  }),
};
