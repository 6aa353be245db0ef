import { describe, expect, test } from 'vitest';
import { endGrant } from '../../src/grants/revoke';
import { HOUR } from '../../src/shared/instant';
import { anEdge } from '../builders/grants';
import { SmallSite } from '../builders/small-site';

describe('a grant', () => {
  test('is made, ends by itself, and leaves nothing but its evidence', async () => {
    const site = new SmallSite();
    await site.seed();
    const grant = await site.active();
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, true]);
    await site.run(HOUR + 60);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'expired' });
    site.expectOver(grant);
    expect(site.events(grant.issueId).filter((e) => e.startsWith('grant.'))).toEqual([
      'grant.provisioning',
      'grant.active',
      'grant.warned',
      'grant.ending',
      'grant.revoked',
    ]);
    expect(await site.request(grant.issueId)).toMatchObject({ state: 'ended' });
    expect(site.jira.issues.get(grant.issueId)?.statusId).toBe('5');
  });

  test.each([0, 20])(
    'that was only just made is taken back within minutes (reads lag %i s)',
    {
      tags: ['absent-or-lagging'],
    },
    async (lag) => {
      const site = new SmallSite({ lag });
      await site.seed();
      const grant = await site.active();
      await site.run(90);
      await endGrant(site.deps(), grant.id, { because: 'withdrawn', by: 'requester' });
      await site.run(4 * 60);
      expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'withdrawn' });
      site.expectOver(grant);
    },
  );

  test('of fifteen groups fits into the ledger, made and ended', async () => {
    const site = new SmallSite({ lag: 20 });
    await site.seed();
    const edges = Array.from({ length: 15 }, (_, i) =>
      anEdge({ groupId: `g-${i}`, groupName: `Group ${i}` }),
    );
    for (const { groupId: id, groupName: name } of edges)
      site.directory.groups.set(id, { id, name, writable: true, privileged: false });
    const grant = await site.active({ edges });
    await site.run(HOUR + 300);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
    expect(edges.some((e) => site.isMember(e.groupId))).toBe(false);
    site.expectOver(grant);
  });
});
