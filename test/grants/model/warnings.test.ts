/** When people are told that their access ends soon. */
import { describe, expect, test } from 'vitest';
import { aboutSeconds, nextWarning, warningsFor } from '../../../src/grants/model/warnings';
import {
  DAY,
  HOUR,
  type Instant,
  MINUTE,
  plusSeconds,
  secondsBetween,
} from '../../../src/shared/instant';

const START = '2026-03-02T09:00:00.000Z' as Instant;
const lasting = (seconds: number) => ({ startedAt: START, endsAt: plusSeconds(START, seconds) });
const minutesBefore = (seconds: number) =>
  warningsFor(lasting(seconds)).map(
    (at) => secondsBetween(at, plusSeconds(START, seconds)) / MINUTE,
  );

describe('warnings before the end', () => {
  test.each([
    ['a quarter of an hour', 15 * MINUTE, []],
    ['twenty minutes', 20 * MINUTE, [10]],
    ['an hour', HOUR, [10]],
    ['just under two hours', 2 * HOUR - 1, [10]],
    ['two hours', 2 * HOUR, [60, 10]],
    ['six hours', 6 * HOUR, [60, 10]],
    ['a day', DAY, [60, 10]],
    ['two days', 2 * DAY, [1440, 60, 10]],
    ['a month', 30 * DAY, [1440, 60, 10]],
  ])('access of %s is warned of those that fit', (_, seconds, wanted) => {
    expect(minutesBefore(seconds)).toEqual(wanted);
  });

  test('after one comes the next, and after the last none', () => {
    const window = lasting(6 * HOUR);
    const [hour, ten] = warningsFor(window) as [Instant, Instant];
    expect(nextWarning(window, START)).toBe(hour);
    expect(nextWarning(window, hour)).toBe(ten);
    expect(nextWarning(window, ten)).toBeUndefined();
  });

  test('warnings that were missed are not told one after the other', () => {
    const window = lasting(30 * DAY);
    expect(nextWarning(window, plusSeconds(window.endsAt, -30 * MINUTE))).toBe(
      plusSeconds(window.endsAt, -10 * MINUTE),
    );
  });

  test.each([
    [DAY - 4 * MINUTE, DAY],
    [HOUR - 3 * MINUTE, 55 * MINUTE],
    [HOUR - 70, HOUR],
    [9 * MINUTE + 40, 10 * MINUTE],
    [5, MINUTE],
  ])('%i seconds are told as %i', (left, said) => expect(aboutSeconds(left)).toBe(said));
});
