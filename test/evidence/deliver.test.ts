import { describe, expect, test } from 'vitest';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { deliverWaiting } from '../../src/evidence/deliver';
import { evidenceId } from '../../src/evidence/model/chain';
import { outboxKey } from '../../src/evidence/model/telling';
import { outboxType } from '../../src/evidence/record';
import type { Grant } from '../../src/grants/model/grant';
import { provision } from '../../src/grants/provision';
import { intake } from '../../src/requests/intake';
import { links } from '../../src/requests/person';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import type { Failure } from '../../src/shared/result';
import { aBinding, STATUS, someSettings } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';

const down: Failure = { class: 'retryable', code: 'server-error', detail: 'Jira answered 503.' };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
/** Who the person is does not have to be asked of Jira again before the grant. */
const linked = (site: SmallSite) => {
  const whom = { accountId: 'requester', connectionId: 'main', personId: PERSON };
  const link = { v: 1 as const, ...whom, linkedBy: 'admin', at: site.clock.now() };
  return site.store.transact([put(links, link, 0)]);
};

const told = (site: SmallSite, words: string) =>
  site.jira.posted.filter((p) => p.text.includes(words)).map((p) => p.audience);

describe('the record of a grant reaches its issue once', () => {
  test('in order: public, internal, then the move with the property', async () => {
    const site = await seeded();
    const grant = await site.active();
    expect(site.jira.posted.map((p) => p.audience)).toEqual(['public', 'internal']);
    expect(site.jira.issues.get(grant.issueId)).toMatchObject({
      statusId: STATUS.granted,
      property: { state: 'active', role: 'figma.editor', evidence: 6 },
    });
    expect(site.store.all('outbox')).toEqual([]);
  });

  test.each(['comment', 'transition', 'issue'] as const)(
    'when every answer to "%s" is lost once',
    { tags: ['comment-fails'] },
    async (call) => {
      const site = await seeded();
      const held = await site.approved();
      let left = 1;
      site.jira.trouble = (name) => (name === call && left-- > 0 ? 'lost' : undefined);
      await provision(site.deps(), held);
      await site.run(20 * MINUTE);
      expect(told(site, 'Access granted')).toEqual(['public']);
      expect(told(site, 'Granted in connection')).toEqual(['internal']);
      expect(site.store.all('outbox')).toEqual([]);
    },
  );

  test('after Jira was down for a day, and the access ended on time meanwhile', {
    tags: ['comment-fails', 'handler-keeps-failing'],
  }, async () => {
    const site = await seeded();
    await linked(site);
    const { value: grant, rev } = await site.approved();
    site.jira.trouble = () => down;
    await provision(site.deps(), { value: grant, rev });
    await site.run(24 * HOUR);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
    expect(site.isMember()).toBe(false);
    expect(site.jira.posted).toEqual([]);
    site.jira.trouble = () => undefined;
    await site.run(15 * MINUTE);
    expect(told(site, 'Access granted')).toEqual(['public']);
    expect(told(site, 'Access ended')).toEqual(['public']);
    expect(site.jira.issues.get(grant.issueId)?.statusId).toBe(STATUS.ended);
    site.expectOver(grant);
  });

  test('even while the index knows nothing of what waits', { tags: ['query-stale'] }, async () => {
    const site = await seeded();
    await linked(site);
    const { value: grant, rev } = await site.approved();
    site.jira.trouble = () => down;
    await provision(site.deps(), { value: grant, rev });
    const honest = site.store.query.bind(site.store);
    let blind = true;
    site.store.query = async (query) =>
      blind && query.entity === 'outbox' ? { rows: [] } : honest(query);
    await site.run(5 * MINUTE);
    expect(site.store.all('outbox').length).toBeGreaterThan(0);
    site.jira.trouble = () => undefined;
    await site.run(15 * MINUTE);
    blind = false;
    await site.run(15 * MINUTE);
    expect(told(site, 'Access granted')).toEqual(['public']);
    await site.run(HOUR);
    site.expectOver(grant);
  });

  test('on the audit issue when its own issue is gone', {
    tags: ['issue-gone', 'comment-fails'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.jira.issues.delete(grant.issueId);
    site.jira.posted.length = 0;
    await site.run(HOUR + 20 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
    const [audit] = [...site.jira.issues.values()];
    expect(audit?.requestTypeId).toBeUndefined();
    expect(site.jira.posted.map((p) => [p.issueId, p.audience])).toContainEqual([
      audit?.id,
      'internal',
    ]);
    expect(site.jira.posted.every((p) => p.audience === 'internal')).toBe(true);
    expect(site.jira.posted[0]?.text).toContain(grant.issueId);
    site.expectOver(grant);
  });

  test('and never takes back what a person moved on, or a later record', async () => {
    const site = await seeded();
    const { value: grant, rev } = await site.approved();
    site.jira.trouble = (call) => (call === 'transition' ? down : undefined);
    await provision(site.deps(), { value: grant, rev });
    site.jira.trouble = () => undefined;
    const issue = site.jira.issues.get(grant.issueId);
    if (!issue) throw new Error('no issue');
    issue.statusId = STATUS.declined;
    await site.run(20 * MINUTE);
    expect(issue.statusId).toBe(STATUS.declined);
    expect(issue.property).toMatchObject({ state: 'active' });
    await site.run(HOUR);
    site.expectOver(grant);
  });

  test('and a comment that Jira refuses for good does not hold up the others', {
    tags: ['comment-fails'],
  }, async () => {
    const site = await seeded();
    const { value: grant, rev } = await site.approved();
    site.jira.trouble = (call) =>
      call === 'comment' ? { class: 'permanent', code: 'invalid', detail: 'No.' } : undefined;
    await provision(site.deps(), { value: grant, rev });
    await site.run(10 * MINUTE);
    expect(site.jira.issues.get(grant.issueId)?.statusId).toBe(STATUS.granted);
  });
});

describe('what people write into the issue’s property', () => {
  test.each([1e9, 3])(
    'does not keep a request from moving on (%i)',
    { tags: ['forged-record'] },
    async (evidence) => {
      const site = await seeded();
      const issue = site.jira.add({
        panel: { app: 'figma', role: 'figma.editor', duration: HOUR },
        property: { evidence, moved: evidence },
      });
      await intake(site.deps(), { issueId: issue.id, attempt: 9 });
      await site.run(10 * MINUTE);
      expect(issue.statusId).toBe(STATUS.waiting);
      expect(site.store.all('outbox')).toEqual([]);
    },
  );

  test('does not keep back the newest move that waits', { tags: ['forged-record'] }, async () => {
    const site = await seeded();
    site.jira.trouble = (call) => (call === 'transition' ? down : undefined);
    const grant = await site.active();
    const issue = site.jira.issues.get(grant.issueId);
    if (!issue) throw new Error('no issue');
    issue.property = { evidence: site.evidence(grant.issueId).length };
    site.jira.trouble = () => undefined;
    await site.run(10 * MINUTE);
    expect(issue).toMatchObject({ statusId: STATUS.granted, property: { state: 'active' } });
  });
});

test('a record that only writes the property does not pass for the move before it', async () => {
  const site = new SmallSite({ lag: 100, can: { readsLag: true } });
  await site.seed();
  site.jira.trouble = (call) => (call === 'transition' ? down : undefined);
  const grant = await site.active();
  await site.run(8 * MINUTE);
  expect(site.events(grant.issueId)).toContain('grant.verified');
  site.jira.trouble = () => undefined;
  await site.run(15 * MINUTE);
  expect(site.jira.issues.get(grant.issueId)?.statusId).toBe(STATUS.granted);
});

describe('what waits in large numbers', () => {
  const many = async (site: SmallSite, grant: Grant, count: number) => {
    const ids = Array.from({ length: count }, (_, i) => evidenceId(grant.issueId, 100 + i));
    for (const [i, id] of ids.entries()) {
      const entry = {
        v: 1 as const,
        issueId: grant.issueId,
        evidenceId: id,
        order: 1000 + i,
        target: 'public' as const,
        said: { headline: `Number ${i}`, lines: [] },
        shortHash: '0123456789ab',
        claimedUntil: site.clock.now(),
      };
      await site.store.transact([put(outboxType, entry, 0)]);
    }
    site.jira.posted.length = 0;
    return ids.at(-1) as string;
  };

  test('is delivered and settled, though one transaction does not take it', {
    tags: ['comment-fails'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    const last = await many(site, grant, 45);
    expect(await deliverWaiting(site.deps(), last)).toBe('empty');
    expect(site.store.all('outbox')).toEqual([]);
    expect(site.jira.posted.map((p) => p.text.split('\n')[0])).toEqual(
      Array.from({ length: 45 }, (_, i) => `Number ${i}`),
    );
  });

  test('is not begun under a claim that runs out, so that nobody posts it a second time', {
    tags: ['comment-fails', 'two-workers-one-grant'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    const last = await many(site, grant, 20);
    const post = site.jira.comment.bind(site.jira);
    site.jira.comment = async (...call) => {
      site.clock.advance(10);
      return post(...call);
    };
    expect(await deliverWaiting(site.deps(), last)).toBe('waiting');
    expect(site.jira.posted.length).toBeLessThan(12);
    site.jira.comment = post;
    await site.run(20 * MINUTE);
    const markers = site.jira.posted.map((p) => p.marker);
    expect(markers.length).toBe(20);
    expect(new Set(markers).size).toBe(20);
  });
});

describe('records whose own issue is gone', () => {
  const elsewhere = aBinding({ id: 'hr', projectId: '20000', projectKey: 'HR' });
  async function gone(bindings = [elsewhere, aBinding()]): Promise<SmallSite> {
    const site = await seeded();
    const grant = await site.active();
    // The request on its way has noted the way back of its workflow there.
    const { value, rev } = await loadSettings(site.store);
    const after = someSettings({ bindings, version: value.version + 1 });
    expect(await site.store.transact([putSettings(after, rev)])).toBe('done');
    site.jira.issues.delete(grant.issueId);
    site.jira.posted.length = 0;
    await site.run(HOUR + 20 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
    return site;
  }

  test('go to an issue of the request’s own project', { tags: ['issue-gone'] }, async () => {
    const site = await gone();
    expect([...site.jira.issues.values()].map((i) => i.projectId)).toEqual(['10000']);
    expect(site.jira.posted.map((p) => p.text).join()).toContain('Access ended: Editor in Figma');
  });

  test('are a number only where the request’s project is not bound any more', {
    tags: ['issue-gone'],
  }, async () => {
    const site = await gone([elsewhere]);
    expect([...site.jira.issues.values()].map((i) => i.projectId)).toEqual(['20000']);
    expect(site.jira.posted.length).toBeGreaterThan(0);
    for (const { text } of site.jira.posted) {
      expect(text).toMatch(/^About issue \d+, which is gone\.\nEvidence \d+ · [0-9a-f]{12}$/);
    }
  });

  test('are posted there once, though the answer was lost', {
    tags: ['issue-gone', 'comment-fails'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.jira.issues.delete(grant.issueId);
    site.jira.posted.length = 0;
    let left = 1;
    site.jira.trouble = (call, id) =>
      call === 'comment' && id !== grant.issueId && left-- > 0 ? 'lost' : undefined;
    await site.run(HOUR + 40 * MINUTE);
    expect(left).toBeLessThanOrEqual(0);
    site.expectOver(grant);
  });

  test('go to another one when that is deleted too', { tags: ['issue-gone'] }, async () => {
    const site = await seeded();
    const [first, second] = [await site.active(), await site.active({ duration: 2 * HOUR })];
    for (const { issueId } of [first, second]) site.jira.issues.delete(issueId);
    await site.run(HOUR + 20 * MINUTE);
    site.jira.issues.clear();
    site.jira.posted.length = 0;
    await site.run(HOUR + 20 * MINUTE);
    expect(site.jira.posted.map((p) => p.text).join()).toContain('Access ended');
    expect(site.store.all('outbox')).toEqual([]);
  });
});

test('a waiting entry is known by its record and what it is for', () => {
  expect(outboxKey({ evidenceId: '501:000000002', target: 'public' })).toBe('501:000000002:public');
});
