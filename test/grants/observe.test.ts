import { describe, expect, test } from 'vitest';
import { provision } from '../../src/grants/provision';
import { DAY } from '../../src/shared/instant';
import { SmallSite } from '../builders/small-site';

describe('observe mode', () => {
  test('reads everything, changes nothing, and says on the issue what would have been done', async () => {
    const site = new SmallSite();
    await site.seed();
    site.directory.put({ group: 'g-users', person: 'person-1' }, true);
    const held = await site.approved({ observed: true });
    await provision(site.deps(), held);
    const { issueId, id } = held.value;
    expect(await site.grant(id)).toMatchObject({ state: 'cancelled', observed: true });
    expect(await site.request(issueId)).toMatchObject({ state: 'ended' });
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, false]);
    expect(site.store.all('hold')).toEqual([]);
    const record = site.evidence(issueId).find(({ event }) => event === 'grant.observed');
    expect(record?.facts['would']).toMatchObject([
      { groupId: 'g-users', would: 'nothing: already a member' },
      { groupId: 'g-editors', would: 'add' },
    ]);
    const shown = site.jira.posted.filter(({ audience }) => audience === 'public').at(-1)?.text;
    expect(shown).toMatch(/Observe mode, nothing was changed/);
    expect(shown).not.toMatch(/g-editors/);
    expect(site.jira.issues.get(issueId)?.property).toMatchObject({ state: 'observed' });
    await site.run(DAY);
    expect(site.isMember('g-editors')).toBe(false);
    expect(site.chainFault(issueId)).toBeUndefined();
  });

  test('stops where the real thing would stop, and says why', {
    tags: ['group-deleted'],
  }, async () => {
    const site = new SmallSite();
    await site.seed();
    const held = await site.approved({ observed: true });
    site.directory.groups.delete('g-users');
    await provision(site.deps(), held);
    expect(await site.grant(held.value.id)).toMatchObject({
      state: 'blocked',
      ask: { check: 'group-exists' },
    });
  });
});
