/** Privileged roles can sign the person out of the directory when they end. */
import { describe, expect, test } from 'vitest';
import { endGrant } from '../../src/grants/revoke';
import { grants } from '../../src/grants/store';
import { HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';

async function seeded(role: { endSessions?: boolean } = { endSessions: true }): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed({ role: { risk: 'privileged', ...role } });
  return site;
}
const said = (site: SmallSite) => site.jira.posted.map((p) => p.text).join('\n');
const REFUSED = {
  class: 'needs-human',
  code: 'scope-missing',
  detail: 'Not allowed.',
  requestId: 'r-1',
} as const;

test('after the removal, on record and on the issue', async () => {
  const site = await seeded();
  const grant = await site.active();
  expect(site.directory.sessionsEnded).toEqual([]);
  await site.run(HOUR + 600);
  site.expectOver(grant);
  expect(site.directory.sessionsEnded).toEqual([PERSON]);
  const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
  expect(end?.facts['sessions']).toMatchObject({ ended: true });
  expect(said(site)).toContain('also signed out of the directory');
});

test('not where the role does not say so', async () => {
  const site = await seeded({});
  await site.active();
  await site.run(HOUR + 600);
  expect(site.directory.sessionsEnded).toEqual([]);
});

test('not where nothing was taken away', { tags: ['already-a-member'] }, async () => {
  const site = await seeded();
  for (const group of ['g-users', 'g-editors']) site.directory.put({ group, person: PERSON }, true);
  await site.active();
  await site.run(HOUR + 600);
  expect(site.directory.sessionsEnded).toEqual([]);
});

test('a directory that refuses is named, and the access has ended all the same', async () => {
  const site = await seeded();
  const grant = await site.active();
  site.directory.trouble = (call) => (call === 'endSessions' ? REFUSED : undefined);
  await site.run(HOUR + 600);
  site.expectOver(grant);
  expect((await site.grant(grant.id)).state).toBe('revoked');
  const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
  expect(end?.facts['sessions']).toMatchObject({ ended: false, failed: 'scope-missing' });
  const open = site.jira.posted.filter((p) => p.audience === 'public').map((p) => p.text);
  expect(open.join('\n')).toContain('could not be signed out');
  expect(open.join('\n')).not.toContain('r-1');
  expect(said(site)).toContain('r-1');
});

describe('what an earlier run removed before it died still signs the person out', {
  tags: ['killed-half-way'],
}, () => {
  /** The groups are gone, in the directory and on record; nothing was concluded. */
  async function removed() {
    const site = await seeded();
    const grant = await site.active();
    site.clock.advance(HOUR);
    await endGrant(site.deps(), grant.id, { because: 'expired', handOver: true });
    const held = await load(site.store, grants, grant.id);
    if (!held) throw new Error('no grant');
    const holds = site.store.all('hold');
    for (const { groupId } of grant.edges) {
      site.directory.put({ group: groupId, person: PERSON }, false);
      const key = `main:${groupId}:${PERSON}`;
      await site.store.transact([{ op: 'remove', entity: 'hold', key, ifRev: 'any' }]);
    }
    expect(holds).toHaveLength(2);
    const edges = held.value.edges.map((edge) => ({ ...edge, state: 'gone' as const }));
    await site.store.transact([put(grants, { ...held.value, edges }, held.rev)]);
    return { site, grant };
  }

  test('when the next run has nothing left to remove', async () => {
    const { site, grant } = await removed();
    await site.run(600);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    expect(site.directory.sessionsEnded).toEqual([PERSON]);
  });

  test('or says that nobody could, where the directory cannot be opened', async () => {
    const { site, grant } = await removed();
    const connection = await site.store.get('config', 'connection:main');
    if (!connection) throw new Error('no connection');
    await site.store.transact([
      { op: 'remove', entity: 'config', key: 'connection:main', ifRev: 'any' },
    ]);
    await site.run(600);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
    expect(end?.facts['sessions']).toMatchObject({ ended: false });
    expect(said(site)).toContain('could not be signed out');
  });
});

test('also when the record of the grant cannot be read', {
  tags: ['record-unreadable'],
}, async () => {
  const site = await seeded();
  const grant = await site.active();
  const row = await site.store.get('grant', grant.id);
  if (!row) throw new Error('no grant');
  const { rev, body, ...attributes } = row;
  const newer = { ...attributes, rev: rev + 1, body: { ...(body as object), v: 2 } };
  await site.store.transact([
    { op: 'put', entity: 'grant', key: grant.id, ifRev: rev, row: newer },
  ]);
  await site.run(HOUR + 600);
  expect(site.isMember()).toBe(false);
  expect(site.directory.sessionsEnded).toEqual([PERSON]);
  const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
  expect(end?.facts['sessions']).toMatchObject({ ended: true });
});
