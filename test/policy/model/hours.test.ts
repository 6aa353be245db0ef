import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hours } from '../../../src/contracts/policy';
import { addBusinessSeconds, businessSeconds } from '../../../src/policy/model/hours';
import { HOUR, type Instant, instant, parseInstant } from '../../../src/shared/instant';

const WEEK: Hours = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', holidays: [] };
const at = (text: string): Instant => parseInstant(text);
const hours = (over: Partial<Hours> = {}): Hours => ({ ...WEEK, ...over });

describe('hours in which people are expected to answer', () => {
  // 2 March 2026 is a Monday.
  test.each([
    ['within one day', '2026-03-02T09:00Z', '2026-03-02T12:00Z', 'UTC', WEEK, 3],
    ['over one night', '2026-03-02T16:00Z', '2026-03-03T10:00Z', 'UTC', WEEK, 2],
    ['over a weekend', '2026-03-06T16:00Z', '2026-03-09T10:00Z', 'UTC', WEEK, 2],
    ['at night', '2026-03-02T18:00Z', '2026-03-03T08:59Z', 'UTC', WEEK, 0],
    ['in another zone', '2026-03-02T09:00Z', '2026-03-02T12:00Z', 'America/New_York', WEEK, 0],
    [
      'over a holiday',
      '2026-03-02T16:00Z',
      '2026-03-04T10:00Z',
      'UTC',
      hours({ holidays: ['2026-03-03'] }),
      2,
    ],
    [
      'in a window over midnight',
      '2026-03-02T20:00Z',
      '2026-03-03T08:00Z',
      'UTC',
      hours({ from: '22:00', to: '06:00' }),
      8,
    ],
    [
      'around the clock',
      '2026-03-02T00:00Z',
      '2026-03-03T12:00Z',
      'UTC',
      hours({ from: '00:00', to: '00:00' }),
      36,
    ],
    ['backwards', '2026-03-03T12:00Z', '2026-03-02T12:00Z', 'UTC', WEEK, 0],
  ] as const)('count %s', (_, from, to, zone, when, expected) => {
    expect(businessSeconds(at(from), at(to), when, zone) / HOUR).toBe(expected);
  });

  test.each([
    // Clocks go forward on 29 March 2026 in Europe and back on 25 October.
    ['forward', '2026-03-28T00:00Z', '2026-03-30T00:00Z', 7],
    ['back', '2026-10-24T00:00Z', '2026-10-26T00:00Z', 9],
  ])('are as long as the day is when clocks are put %s', (_, from, to, expected) => {
    const night = hours({ days: [7], from: '00:00', to: '08:00' });
    expect(businessSeconds(at(from), at(to), night, 'Europe/Berlin') / HOUR).toBe(expected);
  });

  test.each([
    ['stay on the day', '2026-03-02T09:30Z', 4, '2026-03-02T13:30:00.000Z'],
    ['go on the next morning', '2026-03-02T16:00Z', 4, '2026-03-03T12:00:00.000Z'],
    ['go on after the weekend', '2026-03-06T16:00Z', 4, '2026-03-09T12:00:00.000Z'],
    ['begin with the morning', '2026-03-02T03:00Z', 1, '2026-03-02T10:00:00.000Z'],
    ['end with the day', '2026-03-02T09:00Z', 8, '2026-03-02T17:00:00.000Z'],
  ])('added %s', (_, from, plus, expected) => {
    expect(addBusinessSeconds(at(from), plus * HOUR, WEEK, 'UTC')).toBe(expected);
  });
});

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata');
const start = fc
  .integer({ min: 1_772_000_000, max: 1_803_000_000 })
  .map((seconds) => instant(seconds * 1000));
const anyHours = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  from: fc.constantFrom('00:00', '07:30', '09:00', '22:00'),
  to: fc.constantFrom('00:00', '06:00', '12:15', '17:00'),
  holidays: fc.uniqueArray(fc.constantFrom('2026-03-30', '2026-04-03', '2026-12-25')),
});

describe('adding and counting', () => {
  test('are each other’s opposite', async () => {
    await fc.assert(
      fc.property(
        start,
        fc.integer({ min: 1, max: 200_000 }),
        anyHours,
        zone,
        (from, plus, h, z) => {
          const to = addBusinessSeconds(from, plus, h, z);
          expect(to > from).toBe(true);
          expect(businessSeconds(from, to, h, z)).toBe(plus);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('never count an hour twice', async () => {
    await fc.assert(
      fc.property(start, fc.integer({ min: 0, max: 10 }), anyHours, zone, (from, days, h, z) => {
        const middle = instant(Date.parse(from) + days * 86_400_000);
        const end = instant(Date.parse(middle) + 3 * 86_400_000);
        const parts = businessSeconds(from, middle, h, z) + businessSeconds(middle, end, h, z);
        expect(businessSeconds(from, end, h, z)).toBe(parts);
      }),
      { numRuns: 150 },
    );
  });
});
