import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { roleGivenOf } from '../../src/catalog/model/lay-over';
import { appInput, roleInput } from '../../src/contracts/admin';
import { HOUR } from '../../src/shared/instant';
import { SmallSite } from '../builders/small-site';

type RoleInput = Parameters<typeof saveRole>[1];
const input = (over: Partial<RoleInput> = {}): RoleInput => ({
  app: 'figma',
  key: 'viewer',
  name: 'Viewer',
  description: '',
  risk: 'sensitive',
  status: 'live',
  connection: 'main',
  groups: ['g-users'],
  durations: [HOUR],
  permanent: false,
  approver: { kind: 'owner' },
  ...over,
});

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  const group = (id: string, over: object) =>
    site.directory.groups.set(id, { id, name: id, writable: true, privileged: false, ...over });
  group('g-rule', { writable: { no: 'rule-managed', sentence: 'A rule fills it.' } });
  group('g-admins', { privileged: true });
  return site;
}
const saved = async (site: SmallSite, over: Partial<RoleInput> = {}) => {
  const answer = await saveRole(site.deps(), input(over), 'admin');
  if (!answer.ok) throw new Error(answer.problem.check);
  return answer.value;
};

describe('a role', () => {
  test.each<[string, Partial<RoleInput>, string]>([
    ['of an app that is not there', { app: 'nowhere' }, 'app-exists'],
    ['without any length of time', { durations: [] }, 'duration-offered'],
    [
      'that approves itself although it is sensitive',
      { approver: { kind: 'auto', rule: 'all', signedOffBy: 'owner' } },
      'auto-approval-risk',
    ],
    ['with no group and nobody who does it by hand', { groups: [] }, 'input'],
    ['with groups and by hand as well', { byHand: 'No group exists.' }, 'groups-or-by-hand'],
    ['with the same group twice', { groups: ['g-users', 'g-users'] }, 'groups-distinct'],
    ['with a group that is not there', { groups: ['g-nowhere'] }, 'group-exists'],
    ['with a group of administrators', { groups: ['g-users', 'g-admins'] }, 'group-not-privileged'],
    ['on a connection that is not there', { connection: 'other' }, 'connection-found'],
    ['with a hidden character in its name', { name: 'View\u202eer' }, 'input'],
    ['with a zero-width space in its name', { name: 'Admin\u200b' }, 'input'],
  ])(
    '%s is not saved',
    {
      tags: ['privileged-group', 'auto-approval-tricked', 'text-injection', 'hostile-import'],
    },
    async (_, over, check) => {
      const site = await seeded();
      const answer = await saveRole(site.deps(), input(over), 'admin');
      expect(answer).toMatchObject({ ok: false, problem: { check } });
      expect(site.store.all('config').some(({ key }) => key === 'role:figma.viewer')).toBe(false);
    },
  );

  test('whose group a rule fills is done by people, and says why', {
    tags: ['filled-by-rule'],
  }, async () => {
    expect(await saved(await seeded(), { groups: ['g-users', 'g-rule'] })).toMatchObject({
      kind: 'manual',
      manualBecause: 'g-rule: A rule fills it.',
    });
  });

  test('without a group is done by people, and stays so when it is saved again', async () => {
    const site = await seeded();
    const byHand = 'The vendor has no groups.';
    const made = await saved(site, { groups: [], byHand });
    expect(made).toMatchObject({ kind: 'manual', manualBecause: byHand, groups: [] });
    expect(roleGivenOf(made)).toMatchObject({ groups: [], byHand });
  });

  test('gets a new access version with its groups, and only with them', {
    tags: ['groups-swapped'],
  }, async () => {
    const site = await seeded();
    const versions = async (over: Partial<RoleInput>) => {
      const { version, accessVersion, policyVersion } = await saved(site, over);
      return [version, accessVersion, policyVersion];
    };
    expect(await versions({})).toEqual([1, 1, 1]);
    expect(await versions({ name: 'Reader' })).toEqual([2, 1, 1]);
    expect(await versions({ name: 'Reader', groups: ['g-users', 'g-other'] })).toEqual([3, 2, 1]);
    expect(await versions({ name: 'Reader', groups: ['g-other', 'g-users'] })).toEqual([4, 2, 1]);
    expect(await versions({ groups: ['g-other', 'g-users'], durations: [2 * HOUR] })).toEqual([
      5, 2, 2,
    ]);
    expect(await versions({ groups: ['g-rule'], durations: [2 * HOUR] })).toEqual([6, 3, 2]);
  });

  test('is kept in each of its versions, and each change is evidence', async () => {
    const site = await seeded();
    await saved(site);
    await saved(site, { name: 'Reader' });
    const keys = site.store.all('config').map(({ key }) => key);
    expect(keys).toContain('role:figma.viewer#1');
    expect(keys).toContain('role:figma.viewer#2');
    expect(site.events('config')).toEqual(['config.changed', 'config.changed']);
    expect(site.chainFault('config')).toBeUndefined();
  });

  test.each<[string, object]>([
    ['sixteen groups', { groups: Array.from({ length: 16 }, (_, i) => `g-${i}`) }],
    ['four minutes', { durations: [240] }],
    ['five and a half minutes', { durations: [330] }],
    ['two years', { durations: [2 * 366 * 86_400] }],
    ['half a second', { durations: [3600.5] }],
    ['no number', { durations: ['3600'] }],
    ['endless time', { durations: [Number.POSITIVE_INFINITY] }],
    ['an unknown approver', { approver: { kind: 'everybody' } }],
    [
      'an approver who signs himself off in the past',
      {
        approver: { kind: 'auto', rule: 'r', signedOffBy: 'x', signedOffAt: '2020-01-01' },
      },
    ],
    ['a version of its own', { accessVersion: 1 }],
    ['an odd key', { key: '../figma' }],
  ])('with %s is not even read', { tags: ['bad-duration', 'hostile-import'] }, (_, over) => {
    expect(roleInput.safeParse({ ...input(), ...over }).success).toBe(false);
  });
});

test('an app needs an active owner', { tags: ['wrong-kind-of-account'] }, async () => {
  const site = await seeded();
  site.jira.person('gone', { active: false });
  const app: z.infer<typeof appInput> = {
    id: 'miro',
    name: 'Miro',
    description: '',
    category: '',
    owner: 'gone',
    status: 'live',
  };
  expect(await saveApp(site.deps(), app, 'admin')).toMatchObject({
    ok: false,
    problem: { check: 'owner-active' },
  });
  expect(await saveApp(site.deps(), { ...app, owner: 'owner' }, 'admin')).toMatchObject({
    ok: true,
    value: { id: 'miro', version: 1 },
  });
  expect(appInput.safeParse({ ...app, owner: '' }).success).toBe(false);
});
