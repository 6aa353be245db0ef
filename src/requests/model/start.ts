/** When somebody shall have the access: read from the wish, the same at the pin and at the gate. */
import {
  DAY,
  epochMs,
  HOUR,
  type Instant,
  parseInstant,
  plusSeconds,
  secondsBetween,
} from '../../shared/instant';
import { no, ok, type Refusal, type Result } from '../../shared/result';

/** New hires are asked for weeks ahead; further ahead nobody knows who will decide. */
export const FURTHEST_START = 90 * DAY;
/** Whoever asks in the evening for today means now. */
export const LATEST_START = DAY;

/**
 * ISO-8601 with its offset, or a day, which begins at midnight in the site's zone. `null`: at once.
 * What it answers depends on the wish and the zone only, so that the gate finds what was pinned.
 */
export function startOf(
  wish: { readonly start?: string },
  timeZone: string,
): Result<Instant | null, Refusal> {
  if (wish.start === undefined || wish.start.trim() === '') return ok(null);
  const text = wish.start.trim();
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const at = day ? dayBegins(text, timeZone) : withOffset(text);
  return at === undefined ? no(unreadable(text)) : ok(at);
}

/** `undefined`: the start can be kept. Asked when the request comes in, not when it is due. */
export function startRefused(start: Instant | null, now: Instant): Refusal | undefined {
  if (start === null) return undefined;
  const ahead = secondsBetween(now, start);
  if (ahead > FURTHEST_START) return TOO_FAR;
  return ahead < -LATEST_START ? LONG_PAST : undefined;
}

/** `undefined`: it may begin as soon as it is approved. */
export const waitsUntil = (start: string | null, now: Instant): Instant | undefined =>
  start !== null && start > now ? (start as Instant) : undefined;

const HOUR_WITH_OFFSET =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)$/;

function withOffset(text: string): Instant | undefined {
  const day = HOUR_WITH_OFFSET.exec(text)?.[1];
  return day !== undefined && isDay(day) ? parseInstant(text) : undefined;
}

function isDay(text: string): boolean {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** Clocks may go forward at midnight itself: then the day begins with the first hour it has. */
function dayBegins(day: string, timeZone: string): Instant | undefined {
  if (!isDay(day)) return undefined;
  const local = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const utc = parseInstant(`${day}T00:00:00Z`);
  // From the zone furthest east to the one furthest west, in quarters of an hour.
  for (let seconds = -14 * HOUR; seconds <= 12 * HOUR; seconds += HOUR / 4) {
    const at = plusSeconds(utc, seconds);
    if (local.format(epochMs(at)) === day) return at;
  }
  return undefined;
}

const unreadable = (text: string): Refusal => ({
  check: 'start-readable',
  sentence: 'The start of the access could not be read as a date.',
  nextStep:
    'Please ask again with a day such as 2026-01-31, or an hour with its offset such as 2026-01-31T09:00+01:00.',
  facts: { start: text.slice(0, 40) },
});
const TOO_FAR: Refusal = {
  check: 'start-within-90-days',
  sentence: 'Access can be asked for at most 90 days ahead.',
  nextStep: 'Please ask again nearer to the day.',
};
const LONG_PAST: Refusal = {
  check: 'start-not-past',
  sentence: 'The start that was asked for is more than a day ago.',
  nextStep: 'Please ask again with a day to come, or without a start.',
};
