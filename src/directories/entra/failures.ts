/** What Graph's error codes say beyond their status: https://learn.microsoft.com/graph/errors */
import * as z from 'zod/mini';
import type { Failure } from '../../shared/result';
import type { Call } from '../access-token';

import { failure } from '../classify';
import type { Headroom, Membership } from '../directory';
import type { Dialect, Refused } from '../door';

const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.optional(z.string()) }),
});

/** Graph counts most calls in spans of ten seconds. */
const SPAN_MS = 10_000;

export const dialect: Dialect = {
  service: 'Entra ID',
  codes: {
    TooManyRequests: 'rate-limited',
    InvalidAuthenticationToken: 'credential-refused',
    // The application lacks a permission, or an administrator has not consented to it. Graph says the
    // same when a group takes no members by hand; the caller looks.
    Authorization_RequestDenied: 'scope-missing',
    Authentication_MSGraphPermissionMissing: 'scope-missing',
    Authentication_RequestFromNonPremiumTenantOrB2CTenant: 'forbidden',
    UnknownError: 'server-error',
    // Change tracking: https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
    syncStateNotFound: 'mark-expired',
    SyncStateNotFound: 'mark-expired',
    resyncRequired: 'mark-expired',
    // PIM for Groups has codes of its own [unverified beyond those that people report].
    PermissionScopeNotGranted: 'scope-missing',
    AadPremiumLicenseRequired: 'forbidden',
    PendingRoleAssignmentRequest: 'conflict',
    ActiveDurationTooShort: 'conflict',
    RoleAssignmentDoesNotExist: 'not-found',
    SubjectNotFound: 'not-found',
  },
  apiCode: codeIn,
  requestId: (headers) => headers.get('request-id') ?? headers.get('x-ms-request-id') ?? undefined,
  family: ({ url }: Call) => {
    const { pathname } = new URL(url);
    // https://learn.microsoft.com/graph/throttling-limits: five requests in ten seconds.
    if (pathname.startsWith('/v1.0/auditLogs/')) return 'reports';
    return pathname.startsWith('/v1.0/identityGovernance/') ? 'governance' : 'all';
  },
  headroom,
  words: (json) => {
    const body = errorBody.safeParse(json);
    return body.success
      ? [body.data.error.code, body.data.error.message].filter(Boolean).join(': ')
      : undefined;
  },
};

function codeIn(json: unknown): string | undefined {
  const body = errorBody.safeParse(json);
  return body.success ? body.data.error.code : undefined;
}

/**
 * Entra tells the share that is used only from 0.8 on, up to 1.8: https://learn.microsoft.com/graph/throttling-limits.
 * Removals go on until a call is really refused.
 */
function headroom(headers: Headers, nowMs: number): Headroom | undefined {
  const share = usedShare(headers);
  if (share === undefined) return undefined;
  return {
    limit: 100,
    remaining: Math.max(1, 100 - Math.round(share * 100)),
    resetsAt: nowMs + SPAN_MS,
  };
}

export function usedShare(headers: Headers): number | undefined {
  const told = headers.get('x-ms-throttle-limit-percentage');
  const share = Number(told);
  return told === null || !Number.isFinite(share) || share <= 0 ? undefined : share;
}

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
  return end === 'person'
    ? failure('person-not-found', 'Entra ID does not know this person any more.', telling(from))
    : failure('group-not-found', 'Entra ID does not know this group any more.', telling(from));
}

/** A failure that names the permission as the Entra admin center calls it, where one is missing. */
export function lacking(from: Failure, permission: string): Failure {
  if (from.code !== 'scope-missing') return from;
  const detail = `The app registration in Entra ID lacks the permission ${permission}.`;
  return failure('scope-missing', detail, telling(from));
}

/** What a narrowed failure keeps of the first one. */
export function telling({ requestId, said }: Failure): Pick<Failure, 'requestId' | 'said'> {
  return { ...(requestId !== undefined && { requestId }), ...(said !== undefined && { said }) };
}
