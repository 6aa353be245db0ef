/** Absent and not yours answer alike, so that nobody can find out what others asked for. */
import type { Problem } from '../contracts/answer';

export const NOT_YOURS: Problem = {
  check: 'request-yours',
  sentence: 'There is no access request of yours behind this issue.',
  nextStep: 'Open the request from "My requests" in the portal.',
};
