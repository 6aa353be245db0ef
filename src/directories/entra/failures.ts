/** What Graph's error codes say beyond their status: https://learn.microsoft.com/graph/errors */
import * as z from 'zod/mini';
import type { Failure } from '../../shared/result';
import { failure } from '../classify';
import type { Membership } from '../directory';
import type { Dialect, Refused } from '../door';

const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.optional(z.string()) }),
});

export const dialect: Dialect = {
  service: 'Entra ID',
  codes: {
    TooManyRequests: 'rate-limited',
    InvalidAuthenticationToken: 'credential-refused',
    // The application lacks a permission, or an administrator has not consented to it. Graph says the
    // same when a group takes no members by hand; the caller looks.
    Authorization_RequestDenied: 'scope-missing',
    UnknownError: 'server-error',
  },
  apiCode: (json) => {
    const body = errorBody.safeParse(json);
    return body.success ? body.data.error.code : undefined;
  },
  requestId: (headers) => headers.get('request-id') ?? headers.get('x-ms-request-id') ?? undefined,
};

/** Graph's code for a missing group, a missing person and an absent membership is one: it names an id. */
export function namedIn(refused: Refused, m: Membership): 'person' | 'group' | undefined {
  const body = errorBody.safeParse(refused.answer?.json);
  const message = body.success ? (body.data.error.message ?? '').toLowerCase() : '';
  const person = message.includes(m.person.toLowerCase());
  const group = message.includes(m.group.toLowerCase());
  if (person === group) return undefined;
  return person ? 'person' : 'group';
}

export function gone(end: 'person' | 'group', from: Failure): Failure {
  const more = from.requestId === undefined ? {} : { requestId: from.requestId };
  return end === 'person'
    ? failure('person-not-found', 'Entra ID does not know this person any more.', more)
    : failure('group-not-found', 'Entra ID does not know this group any more.', more);
}
