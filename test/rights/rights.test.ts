import { beforeEach, describe, expect, test } from 'vitest';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { rightsFrom } from '../../src/rights/model/rights';
import { isOwnerOf, readRights } from '../../src/rights/rights';
import { SmallSite } from '../builders/small-site';

const given = { operator: ['g-operators'], auditor: ['g-auditors'] };

describe('a right', () => {
  test.each([
    ['an administrator', true, [], 'admin operator auditor'],
    ['an operator', false, ['g-operators'], 'operator auditor'],
    ['an auditor', false, ['g-auditors'], 'auditor'],
    ['a member of another group', false, ['g-other'], ''],
    ['a member of no group', false, [], ''],
    ['an operator whose permission cannot be read', undefined, ['g-operators'], 'operator auditor'],
    ['somebody whose groups cannot be read', false, undefined, ''],
    ['somebody of whom nothing can be read', undefined, undefined, ''],
  ] as const)('of %s', (_, administrator, groups, wanted) => {
    const rights = rightsFrom({ administrator, groups }, given);
    const held = (['admin', 'operator', 'auditor'] as const).filter((name) => rights[name]);
    expect(held.join(' ')).toBe(wanted);
  });

  test('comes from no group where the settings name none', () => {
    const rights = rightsFrom({ administrator: false, groups: ['g-operators'] }, undefined);
    expect(rights).toMatchObject({ operator: false, auditor: false, unread: false });
  });

  test('that could not be read is told apart from one that is not held', () => {
    expect(rightsFrom({ administrator: false, groups: undefined }, given).unread).toBe(true);
    expect(rightsFrom({ administrator: false, groups: [] }, given).unread).toBe(false);
  });
});

describe('on a site', () => {
  let site: SmallSite;
  beforeEach(async () => {
    site = new SmallSite();
    await site.seed();
    const held = await loadSettings(site.store);
    await site.store.transact([putSettings({ ...held.value, rights: given }, held.rev)]);
    site.jira.administrator = false;
    site.jira.groups.set('operator', [{ id: 'g-operators', name: 'Operators' }]);
  });

  test('the group that gave the right is known, for the record', async () => {
    const rights = await readRights(site.deps(), 'operator');
    expect(rights).toMatchObject({ operator: true, admin: false, groups: ['g-operators'] });
  });

  test('who leaves the group has no right in the next call', async () => {
    site.jira.groups.set('operator', []);
    expect((await readRights(site.deps(), 'operator')).operator).toBe(false);
  });

  test('a Jira that does not answer gives nobody a right', async () => {
    site.jira.trouble = (call) =>
      call === 'groupsOf' ? { class: 'retryable', code: 'timeout', detail: 'Late.' } : undefined;
    expect(await readRights(site.deps(), 'operator')).toMatchObject({
      operator: false,
      auditor: false,
      unread: true,
    });
  });

  test('an app belongs to the owner that the catalog names, and to nobody else', async () => {
    expect(await isOwnerOf(site.deps(), 'figma', 'owner')).toBe(true);
    expect(await isOwnerOf(site.deps(), 'figma', 'operator')).toBe(false);
    expect(await isOwnerOf(site.deps(), 'no-such-app', 'owner')).toBe(false);
  });
});
