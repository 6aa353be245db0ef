import { describe, expect, test } from 'vitest';
import { countsByDepartment } from '../../../src/catalog/model/departments';
import { propose } from '../../../src/catalog/model/propose';
import { mentions } from '../../../src/catalog/model/rank';
import { DAY, HOUR } from '../../../src/shared/instant';

const nothing = { appIds: new Set<string>(), groupIds: new Set<string>() };
const group = (name: string, over = {}) => ({
  id: name.toLowerCase().replace(/\W/g, ''),
  name,
  writable: true as const,
  privileged: false,
  ...over,
});
const proposed = (app: string, ...names: string[]) =>
  propose(
    app,
    names.map((name) => group(name)),
    nothing,
  ).roles.map(({ name, risk }) => `${name}: ${risk}`);

describe('roles proposed from group names', () => {
  test.each([
    ['Figma', 'Figma Viewers', 'Viewer: routine'],
    ['Figma', 'figma-editors', 'Editor: sensitive'],
    ['Figma', 'APP_Figma_Admins', 'Administrator: privileged'],
    ['Figma', 'Figma', 'User: routine'],
    ['Figma', 'FigmaReadOnly', 'Viewer: routine'],
    ['GitHub', 'github.developers', 'Developer: sensitive'],
    ['AWS', 'AWS Production Read-Only', 'Production Viewer: sensitive'],
    ['AWS', 'aws-prod-admin', 'Administrator Production: privileged'],
    ['AWS', 'aws billing', 'Billing: sensitive'],
    ['Stripe', 'Stripe Owners EU', 'Owner Eu: privileged'],
    ['Stripe', 'Stripe Lighthouse', 'Lighthouse: sensitive'],
  ])('%s, %s: %s', (app, name, wanted) => {
    expect(proposed(app, name)).toEqual([wanted]);
  });

  test('offer less time, and ask the owner, the more they reach', () => {
    const { roles } = propose('Figma', [group('Figma Admins'), group('Figma Viewers')], nothing);
    expect(roles).toMatchObject([
      {
        key: 'administrator',
        durations: [HOUR, 4 * HOUR, 8 * HOUR],
        permanent: false,
        approver: { kind: 'owner' },
      },
      {
        key: 'viewer',
        durations: [30 * DAY, 90 * DAY],
        permanent: true,
        approver: { kind: 'manager' },
      },
    ]);
    expect(roles[0]?.because).toMatch(/auditor would make you nervous, make it temporary/);
    expect(roles[1]?.because).toBe('It only reads.');
  });

  test('leave out what carries administrator rights or is used already, and say so', () => {
    const { roles, leftOut } = propose(
      'Figma',
      [group('Figma Users', { privileged: true }), group('Figma Viewers')],
      { ...nothing, groupIds: new Set(['figmaviewers']) },
    );
    expect(roles).toEqual([]);
    expect(leftOut.map(({ sentence }) => sentence)).toEqual([
      'It carries administrator rights in the directory.',
      'A role uses it already.',
    ]);
  });

  test('are manual where the app may not change the group', () => {
    const writable = { no: 'dynamic' as const, sentence: 'A rule fills it.' };
    const { roles } = propose('Figma', [group('Figma Viewers', { writable })], nothing);
    expect(roles[0]?.manualBecause).toBe('A rule fills it.');
  });

  test('have keys of their own, also where two names say the same', () => {
    const { app, roles } = propose(
      'Größe & Co',
      [group('Größe & Co Users'), group('groesse users'), group('users')],
      { ...nothing, appIds: new Set(['gro-e-co']) },
    );
    expect(app.id).toBe('gro-e-co-2');
    expect(new Set(roles.map(({ key }) => key)).size).toBe(3);
  });
});

describe('mentions in summaries', () => {
  const issues = [
    'Access to Figma',
    'figma jam please',
    'Figma, again',
    'configmap',
    'Jira Access',
  ].map((summary, i) => ({ id: String(i), summary }));
  test('count whole words, the longest name first, and nothing as common as "Access"', () => {
    const found = mentions(['Figma', 'Figma Jam', 'Access', 'Jira', 'X'], issues);
    expect(Object.fromEntries([...found].map(([name, ids]) => [name, [...ids]]))).toEqual({
      Figma: ['0', '2'],
      'Figma Jam': ['1'],
      Jira: ['4'],
    });
  });
});

describe('counts by department', () => {
  const people = (counts: Record<string, number>) =>
    Object.entries(counts).flatMap(([name, count]) =>
      Array<string | undefined>(count).fill(name || undefined),
    );

  test.each([
    [
      { Sales: 9, Design: 2 },
      { departments: [], others: 11 },
    ],
    [
      { Sales: 9, Design: 2, Legal: 3 },
      { departments: [{ name: 'Sales', people: 9 }], others: 5 },
    ],
    [
      { Sales: 9, Design: 6, Legal: 1 },
      { departments: [{ name: 'Sales', people: 9 }], others: 7 },
    ],
    [{ Sales: 5 }, { departments: [{ name: 'Sales', people: 5 }], others: 0 }],
    [
      { Sales: 2, '': 1 },
      { departments: [], others: 3 },
    ],
    [
      { '': 6, Sales: 5 },
      { departments: [{ name: 'Sales', people: 5 }], others: 6 },
    ],
  ])('%j is shown as %j', (given, shown) => {
    expect(countsByDepartment(people(given))).toEqual(shown);
  });
});
