/** What Okta's error codes say beyond their status: https://developer.okta.com/docs/reference/error-codes/ */
import * as z from 'zod/mini';
import type { Failure } from '../../shared/result';
import type { Call } from '../access-token';

import { failure } from '../classify';
import type { Headroom, Membership } from '../directory';
import type { Dialect, Refused } from '../door';

const errorBody = z.object({
  errorCode: z.string(),
  errorSummary: z.optional(z.string()),
  errorId: z.optional(z.string()),
  errorCauses: z.optional(z.array(z.object({ errorSummary: z.optional(z.string()) }))),
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
  family,
  headroom,
  words: (json, headers) => {
    const body = errorBody.safeParse(json).data;
    // A missing scope and a wrong proof are told in this header alone.
    if (!body) return challenge(headers);
    const causes = body.errorCauses?.map((cause) => cause.errorSummary) ?? [];
    return [`${body.errorCode}: ${body.errorSummary ?? ''}`, ...causes].filter(Boolean).join(' ');
  },
};

function challenge(headers: Headers): string | undefined {
  const told = headers.get('www-authenticate') ?? '';
  const parts = ['error', 'error_description', 'scope'].flatMap(
    (name) => new RegExp(`[ ,]${name}="([^"]*)"`).exec(told)?.[1] ?? [],
  );
  return parts.length > 0 ? parts.join(': ') : undefined;
}

/**
 * Okta counts calls per family of addresses; the list of one kind and its single objects are apart
 * (https://developer.okta.com/docs/reference/rl2-monitor/). Which address falls into which family is
 * shown only in each organization's own console, so this follows the paths [unverified].
 */
function family({ url }: Call): string {
  const [, , , kind = '', id] = new URL(url).pathname.split('/');
  return id === undefined || id === 'rules' ? kind : `${kind}/id`;
}

/** Okta counts by the minute; the second one is for clocks that differ. */
const LONGEST_SPAN_MS = 120_000;

/** A limit of 0 is the one on concurrent calls, which says nothing about the minute. */
function headroom(headers: Headers, nowMs: number): Headroom | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    Number(headers.get(`x-rate-limit-${name}`) ?? Number.NaN),
  );
  if (!limit || remaining === undefined || !reset || Number.isNaN(limit + remaining + reset)) {
    return undefined;
  }
  return { limit, remaining, resetsAt: Math.min(reset * 1000, nowMs + LONGEST_SPAN_MS) };
}

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
  const more = telling(from);
  return end === 'person'
    ? failure('person-not-found', 'Okta does not know this person any more.', more)
    : failure('group-not-found', 'Okta does not know this group any more.', more);
}

/** The scope is not on the grant path, so only what needs it stops. */
export function lacking(from: Failure, scope: string): Failure {
  if (from.code !== 'scope-missing') return from;
  const detail = `The application in Okta lacks the scope ${scope}.`;
  return failure('scope-missing', detail, telling(from));
}

/** What another failure about the same call keeps. */
export const telling = ({ requestId, said }: Failure) => ({
  ...(requestId !== undefined && { requestId }),
  ...(said !== undefined && { said }),
});
