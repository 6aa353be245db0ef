/** What the linter says of a role, rule by rule. */
import { describe, expect, test } from 'vitest';
import { type Facts, type GroupSeen, keepUnseen, lint } from '../../../src/catalog/model/lint';
import { aConnection, anApp, aRole } from '../../builders/catalog';
import { NOW } from '../../builders/instants';

const seen = (over: Partial<Extract<GroupSeen, { kind: 'seen' }>> = {}): GroupSeen => ({
  kind: 'seen',
  name: 'Figma users',
  unseen: [],
  ...over,
});
const groups = (first: GroupSeen): Facts['groups'] =>
  new Map([
    ['g-users', first],
    ['g-editors', seen({ name: 'Figma editors' })],
  ]);
const facts = (over: Partial<Facts> = {}): Facts => ({
  role: aRole(),
  app: anApp(),
  owner: 'active',
  connection: aConnection(),
  selfTest: { at: NOW, refused: [], failed: [] },
  groups: groups(seen()),
  sharing: [],
  guarded: [],
  ...over,
});
const found = (over: Partial<Facts>) => lint(facts(over)).map((m) => `${m.severity} ${m.rule}`);
const agreedTo = (status: 'draft' | 'live', ...acts: ('saved' | 'confirmed')[]) =>
  aRole({
    status,
    privilegedBy: {
      groups: ['g-users'],
      by: acts.map((act) => ({ accountId: act, act, at: NOW, personIds: [] })),
    },
  });
const privileged = groups(seen({ privileged: 'it has an administrator role.' }));
const owned = (approver: 'owner' | 'manager') => aRole({ approver: { kind: approver } });

test('a role that is in order has no mark', () => expect(found({})).toEqual([]));

describe('a mark', () => {
  test.each<[string, Partial<Facts>, string[]]>([
    ['a group that is gone', { groups: groups({ kind: 'gone' }) }, ['red group-exists']],
    [
      'a group that could not be read',
      { groups: groups({ kind: 'unseen', why: 'no answer.' }) },
      ['amber group-seen'],
    ],
    [
      'a group that nobody looked at',
      { groups: new Map([['g-users', seen()]]) },
      ['amber group-seen'],
    ],
    [
      'a group that the app may not change',
      { groups: groups(seen({ unwritable: 'A rule fills it.' })) },
      ['red group-writable'],
    ],
    [
      'a group that people change by hand anyway',
      { role: aRole({ kind: 'manual' }), groups: groups(seen({ unwritable: 'A rule fills it.' })) },
      [],
    ],
    [
      'administrator rights that nobody agreed to',
      { groups: privileged },
      ['red group-privileged'],
    ],
    [
      'administrator rights that one administrator agreed to',
      { role: agreedTo('live', 'saved'), groups: privileged },
      ['red group-privileged'],
    ],
    [
      'a draft that waits for the second',
      { role: agreedTo('draft', 'saved'), groups: privileged },
      [],
    ],
    [
      'administrator rights that two agreed to',
      { role: agreedTo('live', 'saved', 'confirmed'), groups: privileged },
      [],
    ],
    [
      'rights that could not be seen',
      { groups: groups(seen({ unseen: ['Its roles could not be read.'] })) },
      ['amber group-seen'],
    ],
    ['a group of approvers', { guarded: ['g-users'] }, ['red group-circular']],
    [
      'a group of Jira administrators',
      { groups: groups(seen({ name: 'Site-Admins' })) },
      ['red group-circular'],
    ],
    [
      'a group of another risk class',
      { sharing: [{ id: 'figma.admin', risk: 'privileged', groups: ['g-users'] }] },
      ['amber risk-classes'],
    ],
    [
      'a group of the same risk class',
      { sharing: [{ id: 'figma.x', risk: 'sensitive', groups: ['g-users'] }] },
      [],
    ],
    ['a catalog too large to compare', { sharing: undefined }, ['amber risk-classes']],
    ['a role without its app', { app: undefined, owner: 'unknown' }, ['red role-owned']],
    [
      'an owner who left and decides',
      { role: owned('owner'), owner: 'inactive' },
      ['red owner-active'],
    ],
    ['an owner who left', { role: owned('manager'), owner: 'inactive' }, ['amber owner-active']],
    [
      'an owner whom Jira does not know',
      { role: owned('owner'), owner: 'unknown' },
      ['red role-owned'],
    ],
    ['an owner who could not be read', { owner: 'unseen' }, ['amber owner-active']],
    ['a connection that is gone', { connection: undefined }, ['red connection-sound']],
    [
      'a connection that its self-test refused',
      { selfTest: { at: NOW, refused: ['It may delete people.'], failed: [] } },
      ['red connection-sound'],
    ],
    [
      'a connection whose self-test failed',
      { selfTest: { at: NOW, refused: [], failed: ['No token.'] } },
      ['amber connection-sound'],
    ],
    ['a connection that was never tested', { selfTest: undefined }, ['amber connection-sound']],
  ])(
    'for %s',
    { tags: ['privileged-group', 'group-deleted', 'circular-mapping'] },
    (_, over, marks) => {
      expect(found(over)).toEqual(marks);
    },
  );
});

// A directory that is down for one night must not make a privileged group look harmless.
test('what was found before stands as long as the group cannot be seen', {
  tags: ['privileged-group', 'directory-down'],
}, () => {
  const role = aRole();
  const before = { v: 1 as const, roleId: role.id, roleVersion: role.version, at: NOW };
  const red = lint(facts({ groups: privileged }));
  const blind = lint(facts({ groups: groups({ kind: 'unseen', why: 'no answer.' }) }));
  const rules = (marks: readonly { rule: string }[]) => marks.map((m) => m.rule);
  const kept = keepUnseen({ ...before, marks: red }, role, blind);
  expect(rules(kept)).toEqual(['group-privileged', 'group-seen']);
  expect(rules(keepUnseen({ ...before, marks: kept }, role, lint(facts())))).toEqual([]);
  const anew = { ...role, version: 2 };
  expect(rules(keepUnseen({ ...before, marks: red }, anew, blind))).toEqual(['group-seen']);
});
