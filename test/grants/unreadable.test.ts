import { describe, expect, test } from 'vitest';
import { connections } from '../../src/catalog/store';
import { fault } from '../../src/evidence/model/chain';
import { readRequest } from '../../src/evidence/read';
import { headType } from '../../src/evidence/record';
import type { EntityName } from '../../src/forge/ports';
import { HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { STATUS } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';

const newer = (body: object) => ({ ...body, v: 2, since: 'a newer version' });
const nothing = () => ({ nothing: 'to go by' });

/** As a newer version of the app would have left it: a shape of its own, the old members still there. */
async function spoil(
  site: SmallSite,
  grantId: string,
  change: (body: object) => object = newer,
  entity: EntityName = 'grant',
): Promise<void> {
  const row = await site.store.get(entity, grantId);
  if (!row) throw new Error(`no such ${entity}`);
  const { rev, body, ...attributes } = row;
  await site.store.transact([
    {
      op: 'put',
      entity,
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

describe('an access ends on time although this version cannot read', () => {
  async function past(
    end: (site: SmallSite, issueId: string) => Promise<void>,
  ): Promise<{ site: SmallSite; issueId: string; grantId: string }> {
    const site = new SmallSite();
    await site.seed();
    const grant = await site.active();
    await end(site, grant.issueId);
    await site.run(HOUR + 120);
    return { site, issueId: grant.issueId, grantId: grant.id };
  }
  const members = (site: SmallSite) => [site.isMember('g-users'), site.isMember('g-editors')];

  test('its request', { tags: ['record-unreadable'] }, async () => {
    const { site, issueId, grantId } = await past((on, id) => spoil(on, id, newer, 'request'));
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
    expect(site.jira.issues.get(issueId)?.statusId).toBe(STATUS.ended);
  });

  test('the settings; only the status stays where it is', {
    tags: ['record-unreadable'],
  }, async () => {
    const { site, issueId, grantId } = await past((on) =>
      spoil(on, 'settings:site', newer, 'config'),
    );
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
    expect(site.jira.issues.get(issueId)).toMatchObject({
      statusId: STATUS.granted,
      property: { state: 'ended' },
    });
    expect(site.jira.posted.some((p) => p.text.includes('Access ended'))).toBe(true);
  });

  test('all of its connection, as long as that says where it leads and whose it is', {
    tags: ['record-unreadable'],
  }, async () => {
    const { site, grantId } = await past((on) => spoil(on, 'connection:main', newer, 'config'));
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
  });

  test('the end of its chain; what happens then stands in a chain of its own', {
    tags: ['record-unreadable'],
  }, async () => {
    const { site, issueId, grantId } = await past((on, id) => spoil(on, id, nothing, 'chain'));
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
    const fresh = `${issueId}#2`;
    expect(site.events(fresh)).toEqual(['grant.ending', 'grant.revoked']);
    const head = await load(site.store, headType, fresh);
    expect(head && fault(site.evidence(fresh), head.value)).toBeUndefined();
    expect(site.jira.issues.get(issueId)?.statusId).toBe(STATUS.ended);
    expect(site.store.all('outbox')).toEqual([]);
    expect(await readRequest(site.deps(), issueId)).toMatchObject({
      value: {
        evidence: [{ event: 'grant.ending' }, { event: 'grant.revoked' }],
        chain: 'the end of the chain cannot be read',
      },
    });
  });

  test('all of a hold, as long as that says whose the membership is', {
    tags: ['record-unreadable'],
  }, async () => {
    const { site, grantId } = await past((on) =>
      spoil(on, `main:g-users:${PERSON}`, newer, 'hold'),
    );
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
  });

  test('one hold: that membership alone stays, and is said to be stuck', {
    tags: ['record-unreadable', 'poison-record'],
  }, async () => {
    const key = `main:g-users:${PERSON}`;
    let whole: object = {};
    const { site, grantId } = await past((on) =>
      spoil(
        on,
        key,
        (body) => {
          whole = body;
          return nothing();
        },
        'hold',
      ),
    );
    expect(members(site)).toEqual([true, false]);
    expect(await site.grant(grantId)).toMatchObject({
      state: 'stuck',
      cause: { check: 'hold-readable' },
    });
    await spoil(site, key, () => whole, 'hold');
    await site.run(HOUR);
    expect(members(site)).toEqual([false, false]);
    expect((await site.grant(grantId)).state).toBe('revoked');
  });
});

describe('a grant that is ended from what is left of it', () => {
  test('leaves the membership of an unreadable hold, and takes the others', {
    tags: ['record-unreadable', 'poison-record'],
  }, async () => {
    const site = new SmallSite();
    await site.seed();
    const grant = await site.active();
    await spoil(site, grant.id);
    await spoil(site, `main:g-users:${PERSON}`, nothing, 'hold');
    await site.run(HOUR + 120);
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, false]);
    expect(site.events(grant.issueId)).not.toContain('grant.revoked');
  });

  test.each([
    ['that belongs to another Jira site', { cloudId: 'production' }],
    ['that leads to another tenant by now', { tenant: 'other.okta.com' }],
  ])(
    'changes nothing through a connection %s',
    { tags: ['record-unreadable'] },
    async (_, other) => {
      const site = new SmallSite();
      await site.seed();
      const grant = await site.active();
      await spoil(site, grant.id);
      const held = await load(site.store, connections, 'connection:main');
      if (!held) throw new Error('no connection');
      await site.store.transact([put(connections, { ...held.value, ...other }, held.rev)]);
      const before = site.directory.changes().length;
      await site.run(HOUR + 600);
      expect(site.directory.changes().length).toBe(before);
      expect(site.events(grant.issueId)).not.toContain('grant.revoked');
    },
  );
});
