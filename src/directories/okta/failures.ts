/** What Okta's error codes say beyond their status: https://developer.okta.com/docs/reference/error-codes/ */
import * as z from 'zod/mini';
import type { Failure } from '../../shared/result';
import { failure } from '../classify';
import type { Membership } from '../directory';
import type { Dialect, Refused } from '../door';

const errorBody = z.object({
  errorCode: z.string(),
  errorSummary: z.optional(z.string()),
  errorId: z.optional(z.string()),
});

export const dialect: Dialect = {
  service: 'Okta',
  codes: {
    E0000004: 'credential-refused',
    E0000005: 'credential-refused',
    E0000011: 'credential-refused',
    E0000015: 'credential-refused',
    E0000047: 'rate-limited',
    // The organization is read-only for maintenance.
    E0000010: 'server-error',
  },
  apiCode: (json) => {
    const body = errorBody.safeParse(json);
    return body.success ? body.data.errorCode : undefined;
  },
  requestId: (headers) => headers.get('x-okta-request-id') ?? undefined,
};

/** Which end of a membership a 404 is about; Okta names the id it did not find. */
export function missingEnd(
  refused: Refused,
  m: Membership,
): 'person' | 'group' | 'unclear' | undefined {
  if (refused.failure.code !== 'not-found') return undefined;
  const body = errorBody.safeParse(refused.answer?.json);
  const summary = body.success ? (body.data.errorSummary ?? '') : '';
  const person = summary.includes(m.person);
  const group = summary.includes(m.group);
  if (person === group) return 'unclear';
  return person ? 'person' : 'group';
}

export function gone(end: 'person' | 'group', from: Failure): Failure {
  const more = from.requestId === undefined ? {} : { requestId: from.requestId };
  return end === 'person'
    ? failure('person-not-found', 'Okta does not know this person any more.', more)
    : failure('group-not-found', 'Okta does not know this group any more.', more);
}
