/**
 * Hours in which people are expected to answer: for reminders and escalation only, nothing starts or
 * ends by them. A window belongs to the day it opens on, in the site's zone; one whose end is not
 * after its start closes on the next day. Clocks that are put forward or back make a window shorter
 * or longer, as they do for the people.
 */
import type { Hours } from '../../contracts/policy';
import { DAY, epochMs, type Instant, instant, parseInstant } from '../../shared/instant';

/** Two hundred holidays cannot fill ten years of even one weekday. */
const MOST_DAYS = 3660;

/** Seconds of business hours between the two; 0 when `to` is not after `from`. */
export function businessSeconds(from: Instant, to: Instant, hours: Hours, zone: string): number {
  const [start, end] = [epochMs(from), epochMs(to)];
  let seconds = 0;
  for (const window of windows(start, hours, zone)) {
    if (window.opens >= end) break;
    seconds += Math.max(0, Math.min(window.closes, end) - Math.max(window.opens, start)) / 1000;
  }
  return seconds;
}

/** The first hour at which so many business seconds have passed. */
export function addBusinessSeconds(
  from: Instant,
  seconds: number,
  hours: Hours,
  zone: string,
): Instant {
  const start = epochMs(from);
  let left = seconds * 1000;
  let last = start;
  for (const { opens, closes } of windows(start, hours, zone)) {
    const begins = Math.max(opens, start);
    if (closes <= begins) continue;
    if (closes - begins >= left) return instant(begins + left);
    left -= closes - begins;
    last = closes;
  }
  return instant(last);
}

interface Window {
  readonly opens: number;
  readonly closes: number;
}

/** In order, beginning with the day before: its window may reach into this one. */
function* windows(start: number, hours: Hours, zone: string): Generator<Window> {
  const clock = clockOf(zone);
  const holidays = new Set(hours.holidays);
  const first = parseInstant(`${clock(start).day}T12:00:00Z`);
  for (let i = -1; i < MOST_DAYS; i++) {
    const noon = epochMs(first) + i * DAY * 1000;
    const day = dayOf(noon);
    if (!hours.days.includes(weekday(noon)) || holidays.has(day)) continue;
    const next = hours.to > hours.from ? day : dayOf(noon + DAY * 1000);
    const opens = atLocal(day, hours.from, clock);
    const closes = atLocal(next, hours.to, clock);
    if (closes > opens) yield { opens, closes };
  }
}

const dayOf = (ms: number): string => instant(ms).slice(0, 10);
/** 1 = Monday; the first day of 1970 was a Thursday. */
const weekday = (ms: number): number => ((Math.floor(ms / (DAY * 1000)) + 3) % 7) + 1;

type Clock = (ms: number) => { readonly day: string; readonly offset: number };

function clockOf(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    const day = `${of('year')}-${of('month')}-${of('day')}`;
    const local = parseInstant(`${day}T${of('hour')}:${of('minute')}:${of('second')}Z`);
    return { day, offset: epochMs(local) - Math.floor(ms / 1000) * 1000 };
  };
}

/** Of an hour that comes twice the later one; one that the clocks skip comes as much later. */
function atLocal(day: string, time: string, clock: Clock): number {
  const wall = epochMs(parseInstant(`${day}T${time}:00Z`));
  const near = wall - clock(wall).offset;
  return wall - clock(near).offset;
}
