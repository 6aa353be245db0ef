/** Whether and when the platform runs a consumer or trigger once more. */
import { z } from 'zod';
import type { Outcome } from './invoker';

const LONGEST_WAIT_SECONDS = 900;

export interface Retry {
  /** Absent: back off. */
  readonly afterMs?: number;
  readonly context: { retryReason: string; retryData?: unknown };
}

const invocationErrorSchema = z.object({
  _retry: z.literal(true),
  retryOptions: z
    .object({
      retryAfter: z.number().positive().optional(),
      retryReason: z.string().default('FUNCTION_RETRY_REQUEST'),
      retryData: z.unknown().optional(),
    })
    .default({ retryReason: 'FUNCTION_RETRY_REQUEST' }),
});

/** Whether a consumer or trigger is to run again: it returned an `InvocationError`, or it failed. */
export function retryOf(outcome: Outcome): Retry | undefined {
  if (!outcome.ok) {
    const why = {
      error: 'FUNCTION_PLATFORM_UNKNOWN_ERROR',
      platform: 'FUNCTION_PLATFORM_UNKNOWN_ERROR',
      timeout: 'FUNCTION_TIME_OUT',
    };
    return { context: { retryReason: why[outcome.why] } };
  }
  const asked = invocationErrorSchema.safeParse(outcome.body);
  if (!asked.success) return undefined;
  const { retryAfter = 1, retryReason, retryData } = asked.data.retryOptions;
  const seconds = Math.min(retryAfter, LONGEST_WAIT_SECONDS);
  return {
    afterMs: seconds * 1000,
    context: { retryReason, ...(retryData !== undefined && { retryData }) },
  };
}
