import { describe, expect, test } from 'vitest';
import { outboxKey } from '../../src/evidence/model/telling';
import { provision } from '../../src/grants/provision';
import { HOUR, MINUTE } from '../../src/shared/instant';
import type { Failure } from '../../src/shared/result';
import { STATUS } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';

const down: Failure = { class: 'retryable', code: 'server-error', detail: 'Jira answered 503.' };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
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

test('a waiting entry is known by its record and what it is for', () => {
  expect(outboxKey({ evidenceId: '501:000000002', target: 'public' })).toBe('501:000000002:public');
});
