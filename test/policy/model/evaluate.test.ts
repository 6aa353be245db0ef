/** Each row differs from the plain request in one cause, and only what that cause touches changes. */
import { describe, expect, test } from 'vitest';
import type { Override, SodSet, Tier } from '../../../src/contracts/policy';
import { type Ask, evaluate, type Facts } from '../../../src/policy/model/evaluate';
import { DAY, HOUR } from '../../../src/shared/instant';
import {
  anAsk,
  anAutoRule,
  aPolicy,
  aSet,
  EMERGENCY,
  NOW,
  someFacts,
} from '../../builders/policies';

interface Case {
  readonly ask?: Partial<Ask>;
  readonly rules?: Override;
  readonly tier?: Tier;
  readonly sod?: SodSet;
  readonly facts?: Partial<Facts>;
}
const judged = ({ ask, rules, tier, sod, facts }: Case) =>
  evaluate(anAsk(ask), aPolicy(rules, tier), { sod: sod ? [sod] : [] }, someFacts(facts), NOW);
/** `refused visible-to`, `broken auto:department → manager`, `people manager`, `auto`. */
function told(one: Case): string {
  const verdict = judged(one);
  const stages = 'stages' in verdict ? verdict.stages?.map(({ id }) => id).join('+') : undefined;
  if (verdict.outcome === 'satisfied') return `${verdict.by}${stages ? ` ${stages}` : ''}`;
  return `${verdict.outcome} ${verdict.refusal.check}${stages ? ` → ${stages}` : ''}`;
}
const finance = { kind: 'department' as const, is: ['Finance', 'Treasury'] };
const staff = { kind: 'directory-group' as const, connection: 'main', group: 'g-staff' };
const OWNER = { kind: 'owner' as const };
const extra = (over: Partial<SodSet> = {}) =>
  aSet({ mode: 'extra-approver', approver: OWNER, longest: DAY, ...over });
const held = { heldRoles: ['bank.check'] };

describe('a prohibition', () => {
  test.each<[string, string, Case]>([
    ['nothing stands against it', 'people manager', {}],
    [
      'who may ask: another department',
      'refused visible-to',
      { rules: { visibleTo: [finance] }, facts: { department: 'Sales' } },
    ],
    [
      'who may ask: the same in other letters',
      'people manager',
      { rules: { visibleTo: [finance] }, facts: { department: ' finance ' } },
    ],
    [
      'who may ask: no department',
      'refused visible-to',
      { rules: { visibleTo: [finance] }, facts: { department: null } },
    ],
    [
      'who may ask: unread department',
      'broken visible-to',
      { rules: { visibleTo: [finance] }, facts: { department: undefined } },
    ],
    [
      'who may ask: one of two holds though the other is unread',
      'people manager',
      { rules: { visibleTo: [finance, staff] }, facts: { department: undefined } },
    ],
    [
      'who may ask: not in the group',
      'refused visible-to',
      { rules: { visibleTo: [staff] }, facts: { groups: new Set() } },
    ],
    [
      'who may ask: groups unread',
      'broken visible-to',
      { rules: { visibleTo: [staff] }, facts: { groups: undefined } },
    ],
    [
      'who may ask: that group was not looked at',
      'broken visible-to',
      { rules: { visibleTo: [staff] }, facts: { looked: { groups: new Set(), roles: new Set() } } },
    ],
    ['stopped', 'refused not-stopped', { facts: { stopped: true } }],
    ['stop unread', 'broken not-stopped', { facts: { stopped: undefined } }],
    ['a window that is not offered', 'refused duration-offered', { ask: { duration: 2 * HOUR } }],
    [
      'no end, not offered',
      'refused duration-offered',
      { ask: { duration: null }, rules: { permanent: false } },
    ],
    ['no end, offered', 'people manager', { ask: { duration: null } }],
    [
      'reason one short',
      'refused reason-length',
      { ask: { reasonLength: 19 }, rules: { reasonLength: 20 } },
    ],
    [
      'reason just long enough',
      'people manager',
      { ask: { reasonLength: 20 }, rules: { reasonLength: 20 } },
    ],
    ['ticket named, counts, open', 'people manager', { rules: { ticket: 'required' } }],
    [
      'no ticket',
      'refused ticket-named',
      { rules: { ticket: 'required' }, facts: { ticket: null } },
    ],
    [
      'ticket unread',
      'broken ticket-named',
      { rules: { ticket: 'required' }, facts: { ticket: undefined } },
    ],
    ['no ticket where none is asked for', 'people manager', { facts: { ticket: undefined } }],
    [
      'ticket of another project',
      'refused ticket-counts',
      {
        rules: { ticket: 'required' },
        facts: { ticket: { key: 'X-1', counts: false, open: true } },
      },
    ],
    [
      'ticket closed',
      'refused ticket-open',
      {
        rules: { ticket: 'required' },
        facts: { ticket: { key: 'INC-1', counts: true, open: false } },
      },
    ],
    [
      'renewal up to the cap',
      'people manager',
      { ask: { renewsSince: NOW - 2 * HOUR }, rules: { totalAge: 3 * HOUR } },
    ],
    [
      'renewal a second past the cap',
      'refused total-age',
      { ask: { renewsSince: NOW - 2 * HOUR - 1 }, rules: { totalAge: 3 * HOUR } },
    ],
    [
      'no end under a cap',
      'refused total-age',
      { ask: { duration: null }, rules: { totalAge: 3 * HOUR } },
    ],
    ['a start in ninety days', 'people manager', { ask: { start: NOW + 90 * DAY } }],
    ['a start a second later', 'refused start', { ask: { start: NOW + 90 * DAY + 1 } }],
    ['a start yesterday', 'people manager', { ask: { start: NOW - DAY } }],
    ['a start before yesterday', 'refused start', { ask: { start: NOW - DAY - 1 } }],
    ['a start that is no number', 'refused start', { ask: { start: Number.NaN } }],
    [
      'fails and unread at once: what fails is told',
      'refused duration-offered',
      { ask: { duration: 2 * HOUR }, facts: { stopped: undefined } },
    ],
  ])('%s: %s', (_, expected, one) => {
    expect(told(one)).toBe(expected);
  });
});

describe('separation of duties', () => {
  test.each<[string, string, Case]>([
    ['block, nothing held', 'people manager', { sod: aSet() }],
    ['block, the other role held', 'refused sod:pay-and-check', { sod: aSet(), facts: held }],
    [
      'block, only the same role held',
      'people manager',
      { sod: aSet(), facts: { heldRoles: ['bank.pay'] } },
    ],
    [
      'block, roles unread',
      'broken sod:pay-and-check',
      { sod: aSet(), facts: { heldRoles: undefined } },
    ],
    [
      'block, that role was not looked at',
      'broken sod:pay-and-check',
      { sod: aSet(), facts: { looked: { groups: new Set(), roles: new Set() } } },
    ],
    [
      'a set without the role',
      'people manager',
      { sod: aSet({ roles: ['bank.check', 'bank.audit'] }), facts: held },
    ],
    ['warn, held', 'people manager', { sod: aSet({ mode: 'warn' }), facts: held }],
    ['extra approver, held', 'people manager+sod-pay-and-check', { sod: extra(), facts: held }],
    ['extra approver, nothing held', 'people manager', { sod: extra() }],
    [
      'extra approver, roles unread',
      'broken sod:pay-and-check',
      { sod: extra(), facts: { heldRoles: undefined } },
    ],
    [
      'extra approver, no end',
      'refused sod:pay-and-check:end',
      { ask: { duration: null }, sod: extra(), facts: held },
    ],
    [
      'extra approver, longer than the exception',
      'refused sod:pay-and-check:end',
      { sod: extra({ longest: HOUR - 1 }), facts: held },
    ],
    [
      'extra approver, nobody named',
      'refused sod:pay-and-check',
      { sod: aSet({ mode: 'extra-approver' }), facts: held },
    ],
    [
      'extra approver, emergency access that nobody decides on',
      'refused sod:pay-and-check',
      { tier: 'break-glass', rules: EMERGENCY, sod: extra(), facts: held },
    ],
  ])('%s: %s', (_, expected, one) => {
    expect(told(one)).toBe(expected);
  });

  test('a warning is answered beside the deciders', () => {
    const verdict = judged({ sod: aSet({ mode: 'warn' }), facts: held });
    expect('warnings' in verdict && verdict.warnings).toEqual(['pay-and-check']);
  });
});

describe('a published rule', () => {
  const auto = anAutoRule();
  const whenFinance = anAutoRule({ when: [finance] });
  test.each<[string, string, Case]>([
    ['holds', 'auto', { rules: { auto } }],
    [
      'of a role that is not routine',
      'people manager+owner',
      { rules: { auto }, tier: 'privileged' },
    ],
    [
      'signed off a year ago',
      'auto',
      { rules: { auto: anAutoRule({ signedOffAt: '2025-03-02T09:00:00.000Z' }) } },
    ],
    [
      'signed off a second longer ago',
      'people manager',
      { rules: { auto: anAutoRule({ signedOffAt: '2025-03-02T08:59:59.000Z' }) } },
    ],
    [
      'signed off in the future',
      'people manager',
      { rules: { auto: anAutoRule({ signedOffAt: '2026-03-04T09:00:00.000Z' }) } },
    ],
    [
      'signed off at no date',
      'people manager',
      { rules: { auto: anAutoRule({ signedOffAt: 'soon' }) } },
    ],
    ['its department holds', 'auto', { rules: { auto: whenFinance } }],
    [
      'its department fails',
      'people manager',
      { rules: { auto: whenFinance }, facts: { department: 'Sales' } },
    ],
    [
      'its department is unread',
      'broken auto:department → manager',
      { rules: { auto: whenFinance }, facts: { department: undefined } },
    ],
    [
      'unread, but another condition fails anyway',
      'people manager',
      {
        ask: { asksForSelf: false },
        rules: { auto: anAutoRule({ when: [finance, { kind: 'asks-for-self' }] }) },
        facts: { department: undefined },
      },
    ],
    [
      'up to its length',
      'auto',
      { rules: { auto: anAutoRule({ when: [{ kind: 'at-most', seconds: HOUR }] }) } },
    ],
    [
      'beyond its length',
      'people manager',
      {
        ask: { duration: 6 * HOUR },
        rules: { auto: anAutoRule({ when: [{ kind: 'at-most', seconds: HOUR }] }) },
      },
    ],
    [
      'without an end where it has a length',
      'people manager',
      {
        ask: { duration: null },
        rules: { auto: anAutoRule({ when: [{ kind: 'at-most', seconds: HOUR }] }) },
      },
    ],
    [
      'asked for somebody else',
      'people manager',
      {
        ask: { asksForSelf: false },
        rules: { auto: anAutoRule({ when: [{ kind: 'asks-for-self' }] }) },
      },
    ],
    [
      'beside a conflict that only warns',
      'people manager',
      { rules: { auto }, sod: aSet({ mode: 'warn' }), facts: held },
    ],
    [
      'beside a conflict that nobody could read',
      'broken auto:no-conflict → manager',
      { rules: { auto }, sod: aSet({ mode: 'warn' }), facts: { heldRoles: undefined } },
    ],
    [
      'beside a conflict with an extra approver',
      'people manager+sod-pay-and-check',
      { rules: { auto }, sod: extra(), facts: held },
    ],
    [
      'never helps against a prohibition',
      'refused not-stopped',
      { rules: { auto }, facts: { stopped: true } },
    ],
  ])('%s: %s', (_, expected, one) => {
    expect(told(one)).toBe(expected);
  });
});

describe('emergency access', () => {
  const emergency = (over: Case = {}): Case => ({ tier: 'break-glass', rules: EMERGENCY, ...over });
  const without = { ...EMERGENCY, breakGlass: null };
  const noIncident = {
    ...EMERGENCY,
    breakGlass: { eligible: [finance], incident: false, reviewWithin: DAY },
  };
  test.each<[string, string, Case]>([
    ['eligible, open incident, all reviewed', 'break-glass owner', emergency()],
    ['not eligible', 'refused break-glass-eligible', emergency({ facts: { department: 'Sales' } })],
    [
      'eligibility unread',
      'broken break-glass-eligible',
      emergency({ facts: { department: undefined } }),
    ],
    ['nobody named', 'refused break-glass-eligible', emergency({ rules: without })],
    ['no incident named', 'refused ticket-named', emergency({ facts: { ticket: null } })],
    [
      'no incident where none is asked for',
      'break-glass owner',
      emergency({ rules: noIncident, facts: { ticket: null } }),
    ],
    [
      'incident closed',
      'refused ticket-open',
      emergency({ facts: { ticket: { key: 'INC-1', counts: true, open: false } } }),
    ],
    [
      'an earlier use unreviewed',
      'refused break-glass-reviewed',
      emergency({ facts: { unreviewed: true } }),
    ],
    [
      'whether one is unreviewed is unread',
      'broken break-glass-reviewed',
      emergency({ facts: { unreviewed: undefined } }),
    ],
    ['reason too short', 'refused reason-length', emergency({ ask: { reasonLength: 49 } })],
    [
      'without an end, though offered',
      'refused break-glass-end',
      emergency({
        ask: { duration: null },
        rules: { ...EMERGENCY, permanent: true, totalAge: null },
      }),
    ],
    ['rules of emergency on a role of another tier', 'people manager', { rules: EMERGENCY }],
  ])('%s: %s', (_, expected, one) => {
    expect(told(one)).toBe(expected);
  });
});

test('everything is considered, also after the first that fails, each with the value that was looked at', () => {
  const { considered } = judged({
    rules: { visibleTo: [finance], reasonLength: 100 },
    facts: { department: 'Sales', stopped: true },
    sod: aSet(),
  });
  expect(considered.map(({ rule, said }) => `${rule} ${said}`)).toEqual([
    'visible-to fails',
    'not-stopped fails',
    'duration-offered holds',
    'reason-length fails',
    'ticket-named holds',
    'total-age holds',
    'start holds',
    'sod:pay-and-check holds',
  ]);
  expect(considered[0]?.because).toBe('The department is Sales; the rule names Finance, Treasury.');
});
