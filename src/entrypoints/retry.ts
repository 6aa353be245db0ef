/** Asking Forge to bring an event back: a return value, never a throw (a throw counts as a fault). */
import { InvocationError, InvocationErrorCode } from '@forge/events';

const LONGEST = 900;

/** Seconds until the next try; Forge allows at most fifteen minutes. */
export function tryAgainAfter(seconds: number, why: 'queue' | 'upstream'): InvocationError {
  return new InvocationError({
    retryAfter: Math.min(Math.max(Math.ceil(seconds), 1), LONGEST),
    retryReason:
      why === 'upstream'
        ? InvocationErrorCode.FUNCTION_UPSTREAM_RATE_LIMITED
        : InvocationErrorCode.FUNCTION_RETRY_REQUEST,
  });
}
