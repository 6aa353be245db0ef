/** Which of two policies is stronger, and how the difference reads. */
import { describe, expect, test } from 'vitest';
import type { Override, Tier } from '../../../src/contracts/policy';
import { beyond, comparePolicies } from '../../../src/policy/model/compare';
import { compareSites } from '../../../src/policy/model/compare-sites';
import { DAY, HOUR } from '../../../src/shared/instant';
import { anAutoRule, aPolicy, aSet, aSitePolicy } from '../../builders/policies';

const MANAGER = { id: 'm', from: [{ kind: 'manager' as const }], needs: 'any' as const };
const OWNER = { id: 'o', from: [{ kind: 'owner' as const }], needs: 'any' as const };
const people = (...accounts: string[]) => ({
  ...OWNER,
  from: [{ kind: 'people' as const, accounts }],
});
const finance = { kind: 'department' as const, is: ['Finance'] };

describe('a change', () => {
  test.each<[string, Override, Override]>([
    [
      'longest window 1 hour → 3 days, weaker',
      { durations: [HOUR] },
      { durations: [HOUR, 3 * DAY] },
    ],
    ['longest window 24 hours → 1 hour', { durations: [DAY] }, { durations: [HOUR] }],
    [
      'longest window 24 hours → 1 hour, stronger',
      { durations: [HOUR, DAY] },
      { durations: [HOUR] },
    ],
    [
      'windows 1 hour, 24 hours → 6 hours, 24 hours',
      { durations: [HOUR, DAY] },
      { durations: [6 * HOUR, DAY] },
    ],
    ['without an end yes → no, stronger', { permanent: true }, { permanent: false }],
    [
      'reason of at least 20 characters → 10 characters, weaker',
      { reasonLength: 20 },
      { reasonLength: 10 },
    ],
    ['ticket not asked for → required, stronger', {}, { ticket: 'required' }],
    ['longest in all no cap → 24 hours, stronger', {}, { totalAge: DAY }],
    ['who may ask everybody → department Finance, stronger', {}, { visibleTo: [finance] }],
    [
      'who decides the manager → the manager, then the owner of the app, stronger',
      { stages: [MANAGER] },
      { stages: [MANAGER, OWNER] },
    ],
    [
      'who decides the manager → the owner of the app, weaker',
      { stages: [MANAGER] },
      { stages: [OWNER] },
    ],
    [
      'who decides 2 named people → all of 2 named people, stronger',
      { stages: [people('a', 'b')] },
      { stages: [{ ...people('a', 'b'), needs: 'all' }] },
    ],
    [
      'who decides 2 named people → one named person, stronger',
      { stages: [people('a', 'b')] },
      { stages: [people('a')] },
    ],
    [
      'who decides all of 2 named people → all of one named person, weaker',
      { stages: [{ ...people('a', 'b'), needs: 'all' }] },
      { stages: [{ ...people('a'), needs: 'all' }] },
    ],
    ['one person in one stage only yes → no, weaker', { distinct: true }, { distinct: false }],
    [
      'decided by a rule no → "Finance for an hour", signed off 2026-02-01, weaker',
      {},
      { auto: anAutoRule() },
    ],
  ])('%s', (words, before, after) => {
    expect(comparePolicies(aPolicy(before), aPolicy(after)).map(({ text }) => text)).toEqual([
      words,
    ]);
  });

  test.each<[string, Tier, Tier]>([
    ['risk routine → privileged, stronger', 'routine', 'privileged'],
    ['risk privileged → sensitive, weaker', 'privileged', 'sensitive'],
    ['risk privileged → break-glass, weaker', 'privileged', 'break-glass'],
  ])('%s', (words, before, after) => {
    const rules = aPolicy();
    const lines = comparePolicies({ ...rules, tier: before }, { ...rules, tier: after });
    expect(lines.map(({ text }) => text)).toEqual([words]);
  });

  test.each<[string, object, object]>([
    ['"Paying and checking" no longer keeps roles apart, weaker', { sod: [aSet()] }, { sod: [] }],
    [
      '"Paying and checking": block → warn, weaker',
      { sod: [aSet()] },
      { sod: [aSet({ mode: 'warn' })] },
    ],
    ['asked last: 0 → 1, weaker', {}, { fallback: ['it'] }],
    [
      'working hours changed',
      {},
      { hours: { days: [1], from: '09:00', to: '12:00', holidays: [] } },
    ],
  ])('of the site: %s', (words, before, after) => {
    const lines = compareSites(aSitePolicy(before), aSitePolicy(after));
    expect(lines.map(({ text }) => text)).toEqual([words]);
  });
});

describe("today's policy asks beyond the pinned one", () => {
  test.each<[string, readonly string[], Override, Override]>([
    ['the same', [], {}, {}],
    [
      'one more stage',
      ['today the owner of the app decides as well'],
      { stages: [MANAGER] },
      { stages: [MANAGER, OWNER] },
    ],
    ['one stage less', [], { stages: [MANAGER, OWNER] }, { stages: [MANAGER] }],
    [
      'somebody else',
      ['today the owner of the app decides as well'],
      { stages: [MANAGER] },
      { stages: [OWNER] },
    ],
    ['people instead of a rule', ['today people decide'], { auto: anAutoRule() }, {}],
    ['nobody in two stages', ['today nobody decides in two stages'], { distinct: false }, {}],
    ['a longer reason is a prohibition, judged by itself', [], {}, { reasonLength: 50 }],
  ])('%s', (_, lines, pinned, now) => {
    expect(beyond(aPolicy(pinned), aPolicy(now))).toEqual(lines);
  });
});
