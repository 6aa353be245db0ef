/** What Google's error reasons say beyond their status: https://developers.google.com/admin-sdk/directory/v1/limits */
import * as z from 'zod/mini';
import type { Failure } from '../../shared/result';
import { failure } from '../classify';
import type { Receipt } from '../directory';
import type { Dialect, Done, Refused } from '../door';

/** The Directory and Reports APIs name a reason per error, Cloud Identity only a status word. */
const errorBody = z.object({
  error: z.object({
    message: z.optional(z.string()),
    status: z.optional(z.string()),
    errors: z.optional(z.array(z.object({ reason: z.optional(z.string()) }))),
  }),
});

function apiCode(json: unknown): string | undefined {
  const body = errorBody.safeParse(json);
  if (!body.success) return undefined;
  return body.data.error.errors?.[0]?.reason ?? body.data.error.status;
}

export const dialect: Dialect = {
  service: 'Google Workspace',
  codes: {
    // Exhausted quotas come as 403 as often as 429.
    userRateLimitExceeded: 'rate-limited',
    rateLimitExceeded: 'rate-limited',
    quotaExceeded: 'rate-limited',
    dailyLimitExceeded: 'rate-limited',
    RESOURCE_EXHAUSTED: 'rate-limited',
    authError: 'credential-refused',
    insufficientPermissions: 'scope-missing',
    backendError: 'server-error',
    UNAVAILABLE: 'server-error',
  },
  // Only with `If-None-Match`: the list is as it was.
  fine: [304],
  apiCode,
  requestId: () => undefined,
  // Each API has a quota of its own; none of them tells what is left of it.
  family: ({ url }) => {
    const { hostname, pathname } = new URL(url);
    return pathname.startsWith('/admin/reports/') ? 'reports' : hostname;
  },
  words: (json) => {
    const body = errorBody.safeParse(json);
    if (!body.success) return undefined;
    return [apiCode(json), body.data.error.message].filter(Boolean).join(': ') || undefined;
  },
};

/** A missing group, a missing person and an absent membership share one code; the parameter is named. */
export function parameterNamed(refused: Refused): 'person' | 'group' | undefined {
  const body = errorBody.safeParse(refused.answer?.json);
  const named = /\b(groupKey|memberKey|userKey)\b/.exec(
    body.success ? (body.data.error.message ?? '') : '',
  );
  if (!named) return undefined;
  return named[1] === 'groupKey' ? 'group' : 'person';
}

export function gone(end: 'person' | 'group'): Failure {
  return end === 'person'
    ? failure('person-not-found', 'Google Workspace does not know this person any more.')
    : failure('group-not-found', 'Google Workspace does not know this group any more.');
}

export const receipt = (
  outcome: Receipt['outcome'],
  { answer }: Pick<Done<unknown>, 'answer'>,
): Receipt => ({ outcome, status: answer.status });
