import { describe, expect, test } from 'vitest';
import { createWorld } from '../../../sandbox/world/create-world';
import type { World, WorldName } from '../../../sandbox/world/world';

const worlds = { default: createWorld('default'), empty: createWorld('empty') };
const { default: world } = worlds;

function person(key: string, from: World = world) {
  const found = from.people.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`nobody is ${key}`);
  return found;
}
const accountsOf = (key: string, directory: string) =>
  person(key).accounts.filter((account) => account.directory === directory);

test('the same seed makes the same company, another seed another', () => {
  expect(createWorld('default', 3)).toEqual(createWorld('default', 3));
  expect(createWorld('default', 4).people).not.toEqual(createWorld('default', 3).people);
});

test.each([
  ['default', 420, 60, 180],
  ['empty', 13, 0, 2],
] as const)('%s has %i people, %i apps and %i groups', (name, people, apps, groups) => {
  const { [name]: made } = worlds;
  expect([made.people.length, made.apps.length, made.groups.length]).toEqual([
    people,
    apps,
    groups,
  ]);
});

/** Twenty thousand people take a while on a busy machine. */
const LONG = 30_000;

test(
  'large has twenty thousand people, a thousand apps and five thousand groups',
  () => {
    const large = createWorld('large');
    expect([large.people.length, large.apps.length, large.groups.length]).toEqual([
      20_000, 1000, 5000,
    ]);
    const crowds = large.groups.filter((g) => g.kind === 'plain' && g.members.length >= 1000);
    expect(crowds).toHaveLength(200);
    expectUnique(large);
  },
  LONG,
);

function expectUnique(made: World) {
  const unique = (values: string[]) => expect(new Set(values).size).toBe(values.length);
  unique(made.people.map((p) => p.key));
  unique(made.people.flatMap((p) => (p.jira ? [p.jira.accountId] : [])));
  unique(made.people.flatMap((p) => p.accounts.map((a) => a.id)));
  unique(made.people.flatMap((p) => p.accounts.map((a) => `${a.directory} ${a.login}`)));
  unique(made.groups.map((g) => g.id));
  unique(made.groups.map((g) => g.key));
  unique(made.groups.map((g) => `${g.directory} ${g.name}`));
  unique(made.apps.map((a) => a.key));
}

describe.each(Object.keys(worlds) as Exclude<WorldName, 'large'>[])('%s holds together', (name) => {
  const { [name]: made } = worlds;

  test('keys and ids are unique', () => expectUnique(made));

  test('managers, owners, approvers, groups and members exist', () => {
    const people = new Set(made.people.map((p) => p.key));
    const accounts = new Set(made.people.flatMap((p) => p.accounts.map((a) => a.id)));
    const groups = new Set(made.groups.map((g) => g.key));
    for (const { manager } of made.people) if (manager) expect(people).toContain(manager);
    for (const app of made.apps) {
      expect(people).toContain(app.owner);
      for (const role of app.roles) {
        if (typeof role.approver === 'object') expect(people).toContain(role.approver.person);
        for (const key of role.groups) expect(groups).toContain(key);
        expect(role.permanent || role.durations.length > 0).toBe(true);
      }
    }
    for (const group of made.groups) for (const id of group.members) expect(accounts).toContain(id);
  });

  test('nobody manages themselves, even through others', () => {
    for (const start of made.people) {
      const seen = new Set<string>();
      for (let at = start; at.manager !== undefined; at = person(at.manager, made)) {
        expect(seen.has(at.key)).toBe(false);
        seen.add(at.key);
      }
    }
  });
});

describe('the cast', () => {
  test('every employee but the newcomer has an account in each directory', () => {
    const cast = worlds.empty.people.filter(
      (p) => p.employment === 'employee' && p.key !== 'newcomer',
    );
    for (const { accounts } of cast) {
      expect(new Set(accounts.map((a) => a.directory))).toEqual(
        new Set(['okta', 'entra', 'google']),
      );
    }
  });

  test('is who the stories need', () => {
    expect(person('requester')).toMatchObject({ manager: 'manager', jira: { licensed: false } });
    expect(person('friend').department).toBe(person('requester').department);
    expect(person('newcomer').accounts).toEqual([]);
    expect(accountsOf('double', 'okta').map((a) => a.email)).toEqual([
      person('double').email,
      person('double').email,
    ]);
    expect(person('leaver').accounts.every((a) => !a.active)).toBe(true);
    expect(accountsOf('contractor', 'entra')[0]?.login).toContain('#EXT#');
    expect(person('portal-only').jira?.accountId).toMatch(/^qm:/);
    expect(person('agent').jira).toMatchObject({ licensed: true, roles: ['agent'] });
  });

  test('begins in no group of an app', () => {
    const cast = new Set(worlds.empty.people.flatMap((p) => p.accounts.map((a) => a.id)));
    for (const group of world.groups.filter((g) => g.kind === 'plain')) {
      expect(group.members.filter((id) => cast.has(id))).toEqual([]);
    }
  });
});

test('there are groups of every kind, and people of the awkward sorts', () => {
  expect(new Set(world.groups.map((g) => g.kind))).toEqual(
    new Set([
      'plain',
      'rule',
      'app',
      'built-in',
      'dynamic',
      'synced',
      'mail',
      'm365',
      'privileged',
    ]),
  );
  const count = (test: (p: World['people'][number]) => boolean) => world.people.filter(test).length;
  const names = world.people.map((p) => `${p.given} ${p.family}`);
  expect(names.length - new Set(names).size).toBeGreaterThan(0);
  expect(count((p) => p.jira !== undefined && p.jira.email !== p.email)).toBeGreaterThan(2);
  expect(count((p) => p.email.includes('+'))).toBeGreaterThan(2);
  expect(count((p) => p.employment === 'contractor')).toBeGreaterThan(5);
  expect(count((p) => p.accounts.some((a) => !a.active))).toBeGreaterThan(5);
  expect(count((p) => p.jira?.accountType === 'customer')).toBeGreaterThan(20);
  expect(new Set(world.people.map((p) => p.department)).size).toBe(12);
});
