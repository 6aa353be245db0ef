/** When access shall begin, as people write it. */
import { describe, expect, test } from 'vitest';
import { startOf, startRefused, waitsUntil } from '../../../src/requests/model/start';
import type { Instant } from '../../../src/shared/instant';

const NOW = '2026-03-02T09:00:00.000Z' as Instant;

describe('the start of an access', () => {
  test.each([
    ['an hour with its offset', '2026-03-30T09:00+02:00', 'UTC', '2026-03-30T07:00:00.000Z'],
    ['an hour in UTC', '2026-03-30T09:00:00Z', 'UTC', '2026-03-30T09:00:00.000Z'],
    ['a day in a site that keeps UTC', '2026-03-30', 'UTC', '2026-03-30T00:00:00.000Z'],
    ['a day east of Greenwich', '2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['a day before the clocks change', '2026-03-28', 'Europe/Berlin', '2026-03-27T23:00:00.000Z'],
    ['a day west of Greenwich', '2026-03-30', 'America/New_York', '2026-03-30T04:00:00.000Z'],
    ['a day with a zone of half hours', '2026-03-30', 'Asia/Kolkata', '2026-03-29T18:30:00.000Z'],
    ['a day furthest east', '2026-03-30', 'Pacific/Kiritimati', '2026-03-29T10:00:00.000Z'],
    ['a day without a midnight', '2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['nothing', '', 'UTC', null],
  ])('%s is understood', (_, start, zone, wanted) => {
    expect(startOf({ start }, zone)).toEqual({ ok: true, value: wanted });
  });

  test.each([
    'tomorrow',
    '2026-02-30',
    '2026-03-30T09:00',
    '2026-02-30T09:00Z',
    '30.03.2026',
    '2026-03-30T29:00Z',
  ])('"%s" is refused in words', (start) => {
    expect(startOf({ start }, 'UTC')).toMatchObject({
      ok: false,
      error: { check: 'start-readable' },
    });
  });

  test.each([
    ['today', '2026-03-02T00:00:00.000Z', undefined],
    ['90 days ahead', '2026-05-31T09:00:00.000Z', undefined],
    ['a second more than 90 days ahead', '2026-05-31T09:00:01.000Z', 'start-within-90-days'],
    ['a day ago', '2026-03-01T09:00:00.000Z', undefined],
    ['more than a day ago', '2026-03-01T08:59:59.000Z', 'start-not-past'],
  ])('%s: %s', (_, start, wanted) => {
    expect(startRefused(start as Instant, NOW)?.check).toBe(wanted);
  });

  test('a start that has come holds nothing back', () => {
    expect(waitsUntil(NOW, NOW)).toBeUndefined();
    expect(waitsUntil('2026-03-02T09:00:00.001Z', NOW)).toBe('2026-03-02T09:00:00.001Z');
    expect(waitsUntil(null, NOW)).toBeUndefined();
  });
});
