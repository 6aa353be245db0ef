/** Whose a request is. Absent and not yours answer alike, so that nobody finds out what others asked for. */
import type { Problem } from '../contracts/answer';
import type { AccessRequest } from './model/request';

export const NOT_YOURS: Problem = {
  check: 'request-yours',
  sentence: 'There is no access request of yours behind this issue.',
  nextStep: 'Open the request from "My requests" in the portal.',
};

/** Whoever asked for it, and whoever receives the access. */
export const isYours = (request: AccessRequest, accountId: string): boolean =>
  request.requester === accountId || request.pin?.beneficiary === accountId;
