/** When the person is told that access ends soon: a day, an hour and ten minutes before, those that fit. */
import { DAY, HOUR, type Instant, MINUTE, plusSeconds, secondsBetween } from '../../shared/instant';
import type { Grant } from './grant';

const BEFORE_END = [DAY, HOUR, 10 * MINUTE];

export interface Window {
  readonly startedAt: Instant;
  readonly endsAt: Instant;
}

/** Of access that runs now and has an end. */
export function windowOf(grant: Grant): Window | undefined {
  const { state, startedAt, endsAt } = grant;
  if (state !== 'active' || startedAt === undefined || endsAt === null) return undefined;
  return { startedAt: startedAt as Instant, endsAt: endsAt as Instant };
}

/** A warning in the first half would tell what the person has only just read. */
export function warningsFor({ startedAt, endsAt }: Window): readonly Instant[] {
  const length = secondsBetween(startedAt, endsAt);
  return BEFORE_END.filter((before) => before * 2 <= length).map((before) =>
    plusSeconds(endsAt, -before),
  );
}

/** The next one after that moment: what was missed meanwhile is not told one after the other. */
export const nextWarning = (window: Window, after: Instant): Instant | undefined =>
  warningsFor(window).find((at) => at > after);

/** As people say it; warnings come some minutes late, so to the second would only look exact. */
export function aboutSeconds(left: number): number {
  if (left >= 2 * HOUR) return Math.round(left / HOUR) * HOUR;
  if (left > 20 * MINUTE) return Math.round(left / (5 * MINUTE)) * 5 * MINUTE;
  return Math.max(1, Math.round(left / MINUTE)) * MINUTE;
}
