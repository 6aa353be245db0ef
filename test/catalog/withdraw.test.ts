import { describe, expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { roles } from '../../src/catalog/store';
import { intake } from '../../src/requests/intake';
import { HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { anApp, aRole, STATUS } from '../builders/catalog';
import { answered } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

type RoleInput = Parameters<typeof saveRole>[1];
const input = (over: Partial<RoleInput> = {}): RoleInput => ({
  app: 'figma',
  key: 'editor',
  name: 'Editor',
  description: '',
  risk: 'sensitive',
  status: 'live',
  connection: 'main',
  groups: ['g-users', 'g-editors'],
  durations: [HOUR],
  permanent: false,
  approver: { kind: 'owner' },
  ...over,
});

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
const signedOffBy = (account: string): Partial<RoleInput> => ({
  risk: 'routine',
  approver: { kind: 'auto', rule: 'routine editors', signedOffBy: account },
});

// What is no longer offered cannot be asked for; no state of the directory may prevent that.
describe('a role can be withdrawn', () => {
  test.each<[string, (site: SmallSite) => void]>([
    ['when a group of it was deleted', (site) => site.directory.groups.delete('g-users')],
    [
      'when a group of it gives administrator rights by now',
      (site) =>
        site.directory.groups.set('g-users', {
          id: 'g-users',
          name: 'Figma users',
          writable: true,
          privileged: true,
        }),
    ],
    [
      'when the directory does not answer',
      (site) => {
        site.directory.trouble = () => ({
          class: 'retryable',
          code: 'server-error',
          detail: '503',
        });
      },
    ],
  ])('%s', { tags: ['privileged-group', 'group-deleted', 'directory-down'] }, async (_, spoil) => {
    const site = await seeded();
    spoil(site);
    const answer = await saveRole(site.deps(), input({ status: 'withdrawn' }), 'admin');
    expect(answer).toMatchObject({ ok: true, value: { status: 'withdrawn', version: 2 } });
    const held = await load(site.store, roles, 'role:figma.editor');
    expect(held?.value).toEqual({ ...aRole(), status: 'withdrawn', version: 2 });
    expect(site.events('config')).toEqual(['config.changed']);
  });

  test('and comes back only after its groups were looked at again', {
    tags: ['privileged-group'],
  }, async () => {
    const site = await seeded();
    await saveRole(site.deps(), input({ status: 'withdrawn' }), 'admin');
    site.directory.groups.delete('g-users');
    expect(await saveRole(site.deps(), input(), 'admin')).toMatchObject({
      ok: false,
      problem: { check: 'group-exists' },
    });
  });
});

test('an app can be withdrawn after its owner has left', {
  tags: ['wrong-kind-of-account'],
}, async () => {
  const site = await seeded();
  site.jira.person('owner', { active: false });
  const { v: _, version: __, ...stands } = anApp();
  const app = { ...stands, status: 'withdrawn' as const };
  expect(await saveApp(site.deps(), app, 'admin')).toMatchObject({
    ok: true,
    value: { status: 'withdrawn' },
  });
});

test('a withdrawn app gives nothing, not even what was approved already', {
  tags: ['groups-swapped'],
}, async () => {
  const site = await seeded();
  const issue = site.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: HOUR } });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  const { v: _, version: __, ...stands } = anApp();
  const app = { ...stands, status: 'withdrawn' as const };
  await saveApp(site.deps(), app, 'admin');
  issue.statusId = STATUS.approved;
  const checked = await checkConsent(site.deps(), issue.id);
  expect(checked).toMatchObject({ kind: 'done', what: 'role-offered' });
});

// The record says that a person vouches for a rule: nobody may be entered who has no part in it.
describe('a rule that approves by itself', () => {
  // Contract: a sign-off counts for twelve months; a new description is no new sign-off.
  test('keeps the date of its sign-off until another rule is meant', async () => {
    const site = await seeded();
    const dated = async (over: Partial<RoleInput>) => {
      const given = input({ ...signedOffBy('admin'), ...over });
      const { approver } = answered(await saveRole(site.deps(), given, 'admin'));
      return approver?.kind === 'auto' && approver.signedOffAt;
    };
    const first = site.clock.now();
    expect(await dated({})).toBe(first);
    await site.run(HOUR);
    expect(await dated({ description: 'New words' })).toBe(first);
    const rule = { kind: 'auto' as const, rule: 'another rule', signedOffBy: 'admin' };
    expect(await dated({ approver: rule })).toBe(site.clock.now());
  });

  test.each(['owner', 'admin'])('can be signed off by %s', async (account) => {
    const site = await seeded();
    const answer = await saveRole(site.deps(), input(signedOffBy(account)), 'admin');
    expect(answer).toMatchObject({ ok: true, value: { approver: { signedOffBy: account } } });
  });

  test('is not saved in the name of somebody else', {
    tags: ['actor-spoofed', 'auto-approval-tricked'],
  }, async () => {
    const site = await seeded();
    const answer = await saveRole(site.deps(), input(signedOffBy('friend')), 'admin');
    expect(answer).toMatchObject({ ok: false, problem: { check: 'signed-off-by' } });
    const held = await load(site.store, roles, 'role:figma.editor');
    expect(held?.value.version).toBe(1);
  });
});
