/** Time as the ledger keeps it. The only place outside `forge/clock.ts` that touches `Date`. */

/** ISO-8601 UTC with milliseconds, as `2026-01-31T09:30:00.000Z`: sorts as text. */
export type Instant = string & { readonly __instant: true };

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** What an index holds for "no end": the largest 32-bit integer, Forge's limit for an attribute. */
export const NO_END = 2_147_483_647;

export function instant(epochMilliseconds: number): Instant {
  return new Date(epochMilliseconds).toISOString() as Instant;
}

/** Reads any ISO-8601 or Jira date (`+0000` without colon); throws on anything else. */
export function parseInstant(text: string): Instant {
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(at)) throw new Error(`Not a date: ${text}`);
  return instant(at);
}

export const epochMs = (at: Instant): number => Date.parse(at);
export const epochSeconds = (at: Instant): number => Math.floor(Date.parse(at) / 1000);
/** The first whole second that is not before `at`: timers and queue delays have no milliseconds. */
export const dueSecond = (at: Instant): number => Math.ceil(Date.parse(at) / 1000);
export const plusSeconds = (at: Instant, seconds: number): Instant =>
  instant(Date.parse(at) + seconds * 1000);
/** Seconds from `from` to `to`; negative when `to` came first. */
export const secondsBetween = (from: Instant, to: Instant): number =>
  (Date.parse(to) - Date.parse(from)) / 1000;
export const later = (a: Instant, b: Instant): Instant => (a >= b ? a : b);
export const earlier = (a: Instant, b: Instant): Instant => (a <= b ? a : b);
