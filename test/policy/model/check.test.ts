/** A policy that cannot be meant is refused with its place and with what to write instead. */
import { describe, expect, test } from 'vitest';
import type { Override, Rules, SitePolicy, Tier } from '../../../src/contracts/policy';
import { checkNames, checkRules } from '../../../src/policy/model/check';
import { checkSite, readSitePolicy } from '../../../src/policy/model/check-site';
import { checkWay } from '../../../src/policy/model/check-way';
import { ringSentence, ringThrough } from '../../../src/policy/model/rings';
import { startingPolicy } from '../../../src/policy/model/tiers';
import { DAY, HOUR } from '../../../src/shared/instant';
import { aBinding } from '../../builders/catalog';
import { anAutoRule, aPolicy, aSet, aSitePolicy, EMERGENCY } from '../../builders/policies';

const KNOWN = {
  connections: new Set(['main']),
  accounts: new Set(['anna', 'ben']),
  groups: new Set(['main:g-1']),
  roles: new Set(['bank.pay', 'bank.check']),
};
const stage = (over: object = {}) => ({
  id: 'one',
  from: [{ kind: 'owner' as const }],
  needs: 'any' as const,
  ...over,
});
const MANAGER = { kind: 'manager' as const };
const says = (wrong: readonly { path: string; sentence: string }[]) =>
  wrong.map(({ path, sentence }) => `${path}: ${sentence}`).join('\n');

test('what a site starts with is sound in itself', () => {
  expect(checkSite(startingPolicy, KNOWN)).toEqual([]);
});

describe('rules that contradict themselves', () => {
  test.each<[string, RegExp, Override, Tier?]>([
    ['no length', /^durations: .*at least one/, { durations: [], permanent: false }],
    ['unsorted', /^durations\[1\]: .*shortest first/, { durations: [DAY, HOUR] }],
    ['twice', /^durations\[1\]: .*once/, { durations: [HOUR, HOUR] }],
    [
      'longer than all',
      /^durations\[1\]: .*totalAge to 86400/,
      { durations: [HOUR, DAY], permanent: false, totalAge: HOUR },
    ],
    ['no end under a cap', /^permanent: .*totalAge to null/, { totalAge: DAY }],
    ['emergency elsewhere', /^breakGlass: .*null/, EMERGENCY],
    ['emergency without rules', /^breakGlass: .*eligible/, { breakGlass: null }, 'break-glass'],
    [
      'emergency without an end',
      /^permanent: .*false/,
      { ...EMERGENCY, permanent: true },
      'break-glass',
    ],
    [
      'emergency without a cap',
      /^totalAge: .*3600/,
      { ...EMERGENCY, totalAge: null },
      'break-glass',
    ],
    [
      'one id twice',
      /^stages\[1\]\.id: .*its own/,
      { stages: [stage(), stage({ from: [MANAGER] })] },
    ],
    ['a kept id', /^stages\[0\]\.id: .*sod-/, { stages: [stage({ id: 'sod-x' })] }],
    [
      'one person twice',
      /^stages\[1\]\.from: .*distinct/,
      { stages: [stage(), stage({ id: 'two' })] },
    ],
    [
      'more yeses than people',
      /^stages\[0\]\.needs: 3 .*Write 2/,
      { stages: [stage({ from: [MANAGER, { kind: 'owner' }], needs: 3 })] },
    ],
    [
      'the same source twice',
      /^stages\[0\]\.from\[1\]: /,
      { stages: [stage({ from: [MANAGER, MANAGER] })] },
    ],
    [
      'a person twice',
      /^stages\[0\]\.from\[0\]\.accounts: /,
      { stages: [stage({ from: [{ kind: 'people', accounts: ['anna', 'anna'] }] })] },
    ],
    ['a rule for more than routine', /^auto: .*sensitive/, { auto: anAutoRule() }, 'sensitive'],
  ])('%s', (_, words, rules, tier = 'routine') => {
    expect(says(checkRules(aPolicy(rules, tier), tier))).toMatch(words);
  });

  test.each<[string, Override]>([
    [
      'a group may have any number',
      {
        stages: [
          stage({
            from: [{ kind: 'directory-group', connection: 'main', group: 'g-1' }],
            needs: 3,
          }),
        ],
      },
    ],
    [
      'one person twice where that is allowed',
      { distinct: false, stages: [stage(), stage({ id: 'two' })] },
    ],
  ])('but %s', (_, rules) => {
    expect(checkRules(aPolicy(rules), 'routine')).toEqual([]);
  });
});

describe('what is not there', () => {
  test.each<[string, RegExp, Override]>([
    [
      'an account',
      /^stages\[0\]\.from\[0\]\.accounts\[1\]: /,
      { stages: [stage({ from: [{ kind: 'people', accounts: ['anna', 'zoe'] }] })] },
    ],
    [
      'a connection',
      /^visibleTo\[0\]\.connection: .*"other"/,
      { visibleTo: [{ kind: 'directory-group', connection: 'other', group: 'g-1' }] },
    ],
    [
      'a group',
      /^auto\.when\[0\]\.group: .*"g-2"/,
      {
        auto: anAutoRule({ when: [{ kind: 'directory-group', connection: 'main', group: 'g-2' }] }),
      },
    ],
  ])('%s', (_, words, rules) => {
    expect(says(checkNames(rules, KNOWN))).toMatch(words);
  });
});

describe('a site', () => {
  const routine = (rules: Partial<Rules>): Partial<SitePolicy> => ({
    tiers: { ...startingPolicy.tiers, routine: { ...startingPolicy.tiers.routine, ...rules } },
  });
  test.each<[string, RegExp, Partial<SitePolicy>]>([
    [
      'an unknown role',
      /^sod\[0\]\.roles\[1\]: .*bank\.nothing/,
      { sod: [aSet({ roles: ['bank.pay', 'bank.nothing'] })] },
    ],
    [
      'a role twice',
      /^sod\[0\]\.roles\[1\]: .*once/,
      { sod: [aSet({ roles: ['bank.pay', 'bank.pay'] })] },
    ],
    ['a set twice', /^sod\[1\]\.id: /, { sod: [aSet(), aSet()] }],
    [
      'an exception by nobody',
      /^sod\[0\]\.approver: /,
      { sod: [aSet({ mode: 'extra-approver', longest: DAY })] },
    ],
    [
      'an exception for ever',
      /^sod\[0\]\.longest: /,
      { sod: [aSet({ mode: 'extra-approver', approver: MANAGER })] },
    ],
    [
      'an exception of a block',
      /^sod\[0\]\.approver: .*only/,
      { sod: [aSet({ approver: MANAGER })] },
    ],
    [
      'hours that end before they begin',
      /^hours\.to: .*09:00/,
      { hours: { ...startingPolicy.hours, to: '08:00' } },
    ],
    [
      'a holiday that is none',
      /^hours\.holidays\[0\]: 2026-02-29/,
      { hours: { ...startingPolicy.hours, holidays: ['2026-02-29'] } },
    ],
    [
      'others before a reminder',
      /^escalateAfter: /,
      { remindAfter: 8 * HOUR, escalateAfter: 4 * HOUR },
    ],
    ['a ticket of no project', /^ticketProjects: .*routine/, routine({ ticket: 'required' })],
    ['a fallback who is not there', /^fallback\[0\]: /, { fallback: ['zoe'] }],
  ])('%s', (_, words, over) => {
    expect(says(checkSite(aSitePolicy(over), KNOWN))).toMatch(words);
  });
});

describe('a document of the wrong form', () => {
  const document = (change: (policy: Record<string, unknown> & typeof startingPolicy) => void) => {
    const copy = structuredClone(startingPolicy) as Record<string, unknown> & typeof startingPolicy;
    change(copy);
    return copy as unknown;
  };
  const put = (at: 'routine', member: string, value: unknown) =>
    document((policy) => Object.assign(policy.tiers[at], { [member]: value }));
  test.each<[string, RegExp, unknown]>([
    ['nothing', /^the document: .*object/, null],
    ['a text', /^the document: /, 'policy'],
    [
      'a missing member',
      /^hours: This is missing\. Write an object/,
      document((p) => delete (p as { hours?: unknown }).hours),
    ],
    [
      'an unknown member',
      /^tiers\.routine\.approvers: Nothing is called/,
      put('routine', 'approvers', []),
    ],
    [
      'a text for a number',
      /^tiers\.routine\.durations\[0\]: Write a number/,
      put('routine', 'durations', ['1h']),
    ],
    [
      'too short a time',
      /^tiers\.routine\.durations\[0\]: .*at least 300/,
      put('routine', 'durations', [1]),
    ],
    ['no stages', /^tiers\.routine\.stages: .*at least 1 of them/, put('routine', 'stages', [])],
    [
      'a source of no kind',
      /from\[0\]\.kind: .*managers-manager/,
      put('routine', 'stages', [stage({ from: [{ kind: 'boss' }] })]),
    ],
    [
      'an odd number of yeses',
      /\.needs: .*any, all, or a whole number/,
      put('routine', 'stages', [stage({ needs: 'most' })]),
    ],
    [
      'hours in words',
      /^hours\.from: .*09:00/,
      document((p) => Object.assign(p.hours, { from: 'nine' })),
    ],
    [
      'a name that reaches behind the data',
      /^tiers\.__proto__: .*Take it out/,
      JSON.parse('{"tiers":{"__proto__":{"routine":{}}}}'),
    ],
    ['another one', /^constructor: .*Take it out/, JSON.parse('{"constructor":{"prototype":{}}}')],
  ])('%s', (_, words, given) => {
    const read = readSitePolicy(given);
    expect(read.ok ? '' : says(read.error)).toMatch(words);
  });
});

describe('approvers that come out of the role itself', () => {
  const role = (id: string, gives: string, asks: string) => ({ id, gives: [gives], asks: [asks] });
  test('are found at once', () => {
    expect(ringThrough('a', [role('a', 'g', 'g')])).toEqual(['a']);
  });
  test('are found over any number of hops', () => {
    const roles = [role('a', 'g1', 'g2'), role('b', 'g2', 'g3'), role('c', 'g3', 'g1')];
    const ring = ringThrough('a', roles);
    expect(ring).toEqual(['a', 'b', 'c']);
    expect(ringSentence(ring ?? [])).toMatch(/from b, then c/);
  });
  test('are not seen where the last hop leads elsewhere', () => {
    expect(ringThrough('a', [role('a', 'g1', 'g2'), role('b', 'g2', 'g9')])).toBeUndefined();
  });
});

describe('a Jira group that decides', () => {
  const rules = {
    stages: [stage({ from: [{ kind: 'jira-group', group: 'g', name: 'Security' }] })],
  };
  const { fields } = aBinding();
  test.each<[string, number, Parameters<typeof aBinding>[0]]>([
    ['no field to ask it in', 1, {}],
    ['a field for groups', 0, { fields: { ...fields, approverGroups: 'f-groups' } }],
    ['no approval step at all', 0, { approval: 'app' }],
  ])('%s: %i refusals', (_, count, over) => {
    const wrong = checkWay(rules, [aBinding(over)]);
    expect(wrong.length).toBe(count);
    if (count > 0) expect(says(wrong)).toMatch(/no field to ask a Jira group in/);
  });
});

describe('several stages on one approval step', () => {
  const two = { stages: [stage(), stage({ id: 'two', from: [MANAGER] })] };
  test.each<[string, number, Parameters<typeof aBinding>[0]]>([
    ['no known way back', 1, {}],
    ['no way back', 1, { wayBack: false }],
    ['a way back', 0, { wayBack: true }],
    ['a step for each', 0, { steps: [{ status: '20' }] }],
    ['no approval step at all', 0, { approval: 'app' }],
  ])('%s: %i refusals', (_, count, over) => {
    const wrong = checkWay(two, [aBinding(over)]);
    expect(wrong.length).toBe(count);
    if (count > 0) expect(says(wrong)).toMatch(/adds a transition from the approved status/);
  });
});

// Contract: what asks for more answers than a step may wait for is held to the workflow when it is saved.
describe('more answers than the first', () => {
  const people = { kind: 'people' as const, accounts: ['anna', 'ben'] };
  test.each<[string, number, object]>([
    ['two answers', 1, { from: [people], needs: 2 }],
    ['all of two people', 1, { from: [people], needs: 'all' }],
    ['all of two sources', 1, { from: [MANAGER, { kind: 'owner' }], needs: 'all' }],
    ['all of one', 0, { needs: 'all' }],
    ['any of two', 0, { from: [people] }],
  ])('%s without a known way back: %i refusals', (_, count, over) => {
    const rules = { stages: [stage(over)] };
    expect(checkWay(rules, [aBinding()])).toHaveLength(count);
    expect(checkWay(rules, [aBinding({ wayBack: true })])).toHaveLength(0);
  });

  test('an exception of a set is one stage more', () => {
    const one = { stages: [stage()] };
    expect(says(checkWay(one, [aBinding()], 'rules', true))).toMatch(/than the 2 stages here/);
    expect(checkWay(one, [aBinding({ wayBack: true })], 'rules', true)).toEqual([]);
  });
});
