import { describe, expect, test } from 'vitest';
import { HOUR } from '../../src/shared/instant';
import { PERSON, SmallSite } from '../builders/small-site';

/** As a newer version of the app would have left it: a shape of its own, the old members still there. */
async function spoil(
  site: SmallSite,
  grantId: string,
  change: (body: object) => object,
): Promise<void> {
  const row = await site.store.get('grant', grantId);
  if (!row) throw new Error('no such grant');
  const { rev, body, ...attributes } = row;
  await site.store.transact([
    {
      op: 'put',
      entity: 'grant',
      key: grantId,
      ifRev: rev,
      row: { ...attributes, rev: rev + 1, body: change(body as object) },
    },
  ]);
}

describe('a grant whose record this version cannot read', () => {
  test('still ends on time, by what is left of it', { tags: ['record-unreadable'] }, async () => {
    const site = new SmallSite();
    await site.seed();
    const grant = await site.active();
    await spoil(site, grant.id, (body) => ({ ...body, v: 2, state: { name: 'active' } }));
    await site.run(HOUR + 120);
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([false, false]);
    expect(site.events(grant.issueId).at(-1)).toBe('grant.revoked');
    expect(site.chainFault(grant.issueId)).toBeUndefined();
  });

  test('never ends early', { tags: ['record-unreadable'] }, async () => {
    const site = new SmallSite();
    await site.seed();
    const grant = await site.active();
    await spoil(site, grant.id, (body) => ({ ...body, v: 2 }));
    await site.run(HOUR / 2);
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, true]);
  });

  test('takes nothing away that was there before us', { tags: ['record-unreadable'] }, async () => {
    const site = new SmallSite();
    await site.seed();
    site.directory.put({ group: 'g-users', person: PERSON }, true);
    const grant = await site.active();
    await spoil(site, grant.id, (body) => ({ ...body, v: 2 }));
    await site.run(HOUR + 120);
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, false]);
  });

  test('does not keep others from ending', { tags: ['poison-record'] }, async () => {
    const site = new SmallSite();
    await site.seed();
    const broken = await site.active();
    const sound = await site.active();
    await spoil(site, broken.id, () => ({ nothing: 'to go by' }));
    await site.run(HOUR + 400);
    expect(await site.grant(sound.id)).toMatchObject({ state: 'revoked' });
    expect(site.log.lines.filter((l) => l.event === 'grant.unreadable').length).toBeGreaterThan(0);
  });
});
