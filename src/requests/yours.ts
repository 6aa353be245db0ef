/** Whose a request is: whoever asked for it, and whoever receives the access. */
import type { AccessRequest } from './model/request';

export const isYours = (request: AccessRequest, accountId: string): boolean =>
  request.requester === accountId || request.pin?.beneficiary === accountId;
