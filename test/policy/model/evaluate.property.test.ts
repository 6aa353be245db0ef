/** Whatever the policy, the person and the hour. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, Rules, SodSet, Source, Tier } from '../../../src/contracts/policy';
import { compareRules } from '../../../src/policy/model/compare';
import { compareSites } from '../../../src/policy/model/compare-sites';
import { type Ask, evaluate, type Facts, type Verdict } from '../../../src/policy/model/evaluate';
import { stages as inOrder } from '../../../src/policy/model/stronger';
import { DAY, HOUR } from '../../../src/shared/instant';
import { aSitePolicy, NOW } from '../../builders/policies';

const few = <T>(one: fc.Arbitrary<T>, max: number, min = 0) =>
  fc.array(one, { minLength: min, maxLength: max });
const departments = fc.constantFrom('Finance', 'Sales', 'finance');
const group = fc.constantFrom('g-1', 'g-2');
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('department' as const), is: few(departments, 2, 1) }),
  fc.record({
    kind: fc.constant('employment' as const),
    is: few(fc.constantFrom('Staff', 'Contractor'), 2, 1),
  }),
  fc.record({
    kind: fc.constant('directory-group' as const),
    connection: fc.constant('main'),
    group,
  }),
);
const source: fc.Arbitrary<Source> = fc.oneof(
  fc.constantFrom<Source>({ kind: 'manager' }, { kind: 'owner' }, { kind: 'managers-manager' }),
  fc.record({
    kind: fc.constant('people' as const),
    accounts: few(fc.constantFrom('a', 'b', 'c'), 3, 1),
  }),
);
const stage = fc.record({
  id: fc.constantFrom('one', 'two', 'three'),
  from: few(source, 2, 1),
  needs: fc.constantFrom('any' as const, 'all' as const, 2, 3),
});
const seconds = fc.constantFrom(HOUR, 6 * HOUR, DAY);
const signedOffAt = fc.constantFrom('2026-02-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z', 'soon');
const auto = fc.record({
  rule: fc.constant('a rule'),
  when: few(
    fc.oneof(
      condition,
      fc.record({ kind: fc.constant('at-most' as const), seconds }),
      fc.constant({ kind: 'asks-for-self' as const }),
    ),
    2,
  ),
  signedOffBy: fc.constant('owner'),
  signedOffAt,
});
const rules: fc.Arbitrary<Rules> = fc.record({
  visibleTo: few(condition, 2),
  stages: few(stage, 3, 1),
  distinct: fc.boolean(),
  auto: fc.option(auto),
  durations: fc.uniqueArray(seconds, { maxLength: 3 }),
  permanent: fc.boolean(),
  reasonLength: fc.constantFrom(0, 20, 50),
  ticket: fc.constantFrom('none' as const, 'required' as const),
  totalAge: fc.option(fc.constantFrom(HOUR, DAY)),
  breakGlass: fc.option(
    fc.record({
      eligible: few(condition, 2),
      incident: fc.boolean(),
      reviewWithin: fc.constantFrom(HOUR, DAY),
    }),
  ),
});
const set: fc.Arbitrary<SodSet> = fc.record(
  {
    id: fc.constant('set'),
    name: fc.constant('A set'),
    roles: fc.constantFrom(['x.a', 'x.b'], ['x.a', 'x.b', 'x.c'], ['x.b', 'x.c']),
    mode: fc.constantFrom('warn' as const, 'extra-approver' as const, 'block' as const),
    approver: source,
    longest: fc.constantFrom(HOUR, DAY),
  },
  { requiredKeys: ['id', 'name', 'roles', 'mode'] },
);
const ask: fc.Arbitrary<Ask> = fc.record(
  {
    roleId: fc.constant('x.a'),
    duration: fc.oneof(seconds, fc.constant(null)),
    start: fc.constantFrom(NOW - 2 * DAY, NOW, NOW + DAY, Number.NaN),
    reasonLength: fc.constantFrom(0, 25, 100),
    asksForSelf: fc.boolean(),
    renewsSince: fc.constantFrom(NOW - DAY, NOW - HOUR),
  },
  { requiredKeys: ['roleId', 'duration', 'reasonLength', 'asksForSelf'] },
);
const unknown = fc.constant(undefined);
const facts: fc.Arbitrary<Facts> = fc.record({
  department: fc.oneof(departments, fc.constant(null), unknown),
  employment: fc.oneof(fc.constantFrom('Staff', 'Contractor'), fc.constant(null), unknown),
  groups: fc.oneof(
    few(group, 2).map((ids) => new Set(ids.map((id) => `main:${id}`))),
    unknown,
  ),
  heldRoles: fc.oneof(few(fc.constantFrom('x.a', 'x.b', 'x.c'), 2), unknown),
  ticket: fc.oneof(
    fc.record({ key: fc.constant('INC-1'), counts: fc.boolean(), open: fc.boolean() }),
    fc.constant(null),
    unknown,
  ),
  unreviewed: fc.oneof(fc.boolean(), unknown),
  stopped: fc.oneof(fc.boolean(), unknown),
});
const tier: fc.Arbitrary<Tier> = fc.constantFrom(
  'routine',
  'sensitive',
  'privileged',
  'break-glass',
);
const RUNS = { numRuns: 1000 };

/** How far a request comes without a person: not at all, to people, all the way. */
const reach = (v: Verdict): number =>
  'stages' in v && v.stages ? (v.outcome === 'satisfied' && v.by !== 'people' ? 2 : 1) : 0;

describe('judging', () => {
  test('never throws, and answers the same to the same', () => {
    fc.assert(
      fc.property(ask, rules, tier, few(set, 1), facts, (a, r, t, sod, f) => {
        const policy = { ...r, tier: t };
        expect(evaluate(a, policy, { sod }, f, NOW)).toEqual(evaluate(a, policy, { sod }, f, NOW));
      }),
      RUNS,
    );
  });

  test('refuses with a rule that it says fails, and breaks with one that it says is unknown', () => {
    fc.assert(
      fc.property(ask, rules, tier, few(set, 1), facts, (a, r, t, sod, f) => {
        const v = evaluate(a, { ...r, tier: t }, { sod }, f, NOW);
        if (v.outcome === 'satisfied') return;
        const said = v.considered.filter(({ rule }) => rule === v.refusal.check);
        expect(said.map((one) => one.said)).toContain(
          v.outcome === 'refused' ? 'fails' : 'unknown',
        );
      }),
      RUNS,
    );
  });

  test('lets nothing pass that could not be read', () => {
    fc.assert(
      fc.property(ask, rules, tier, few(set, 1), facts, (a, r, t, sod, f) => {
        const v = evaluate(a, { ...r, tier: t }, { sod }, f, NOW);
        if (v.outcome === 'satisfied' && v.by !== 'people')
          expect(v.considered.filter(({ said }) => said === 'unknown').map((c) => c.rule)).toEqual(
            v.by === 'break-glass' &&
              sod[0]?.mode === 'warn' &&
              f.heldRoles === undefined &&
              sod[0].roles.includes(a.roleId)
              ? ['sod:set']
              : [],
          );
      }),
      RUNS,
    );
  });
});

/** One member of the second in the place of the first's, so that the comparison has a chance to say "stronger". */
const twoRules = fc
  .tuple(
    rules,
    rules,
    fc.constantFrom<keyof Rules>(
      'visibleTo',
      'stages',
      'distinct',
      'auto',
      'durations',
      'permanent',
      'reasonLength',
      'ticket',
      'totalAge',
      'breakGlass',
    ),
  )
  .map(([one, other, name]) => [one, { ...one, [name]: other[name] }] as [Rules, Rules])
  .filter(([one, other]) => {
    const lines = compareRules(one, other);
    return lines.length > 0 && lines.every(({ way }) => way === 'stronger');
  });

describe('strengthening', () => {
  test('any member of a policy never lets more through', () => {
    fc.assert(
      fc.property(ask, twoRules, tier, few(set, 1), facts, (a, [was, is], t, sod, f) => {
        const before = evaluate(a, { ...was, tier: t }, { sod }, f, NOW);
        const after = evaluate(a, { ...is, tier: t }, { sod }, f, NOW);
        expect(reach(after)).toBeLessThanOrEqual(reach(before));
        if (reach(after) === 1 && reach(before) === 1)
          expect(inOrder(stagesOf(before), stagesOf(after))).not.toBe('weaker');
      }),
      RUNS,
    );
  });

  test('a set of roles kept apart never lets more through', () => {
    const two = fc.tuple(few(set, 1), few(set, 1)).filter(([was, is]) => {
      const lines = compareSites(aSitePolicy({ sod: was }), aSitePolicy({ sod: is }));
      return lines.length > 0 && lines.every(({ way }) => way === 'stronger');
    });
    fc.assert(
      fc.property(ask, rules, two, tier, facts, (a, r, [was, is], t, f) => {
        const policy = { ...r, tier: t };
        const before = evaluate(a, policy, { sod: was }, f, NOW);
        const after = evaluate(a, policy, { sod: is }, f, NOW);
        expect(reach(after)).toBeLessThanOrEqual(reach(before));
      }),
      RUNS,
    );
  });
});

const stagesOf = (v: Verdict) => ('stages' in v && v.stages ? v.stages : []);
