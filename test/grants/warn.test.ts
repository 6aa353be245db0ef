/** People are told in time that their access ends, once each, and nobody else is. */
import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/catalog/model/catalog';
import { sweep } from '../../src/grants/expire';
import type { Grant } from '../../src/grants/model/grant';
import { grants } from '../../src/grants/store';
import { warn } from '../../src/grants/warn';
import { filings } from '../../src/requests/filing-record';
import { requests } from '../../src/requests/store';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aRole } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';

const warnings = (site: SmallSite) =>
  site.jira.posted.filter((p) => p.audience === 'public' && p.text.startsWith('Access ends in'));

async function activeSite(seconds = 6 * HOUR) {
  const site = new SmallSite();
  await site.seed({ role: { durations: [HOUR, seconds] } });
  const grant = await site.active({ duration: seconds });
  return { site, grant };
}

describe('an access that ends soon', () => {
  test('is told of an hour and ten minutes before, at those minutes', async () => {
    const { site, grant } = await activeSite();
    const said: string[] = [];
    for (let minute = 0; minute < 6 * 60 - 1; minute++) {
      await site.run(MINUTE);
      const [last] = warnings(site).slice(said.length);
      if (last) said.push(`${6 * 60 - minute - 1}: ${last.text.split('\n')[0]}`);
    }
    expect(said).toEqual([
      '60: Access ends in about 1 hour: Editor in Figma',
      '10: Access ends in about 10 minutes: Editor in Figma',
    ]);
    expect(site.jira.mails.map(({ issueId, to }) => [issueId, to])).toEqual([
      [grant.issueId, ['requester']],
      [grant.issueId, ['requester']],
    ]);
    await site.run(HOUR);
    site.expectOver(grant);
  });

  test('is told of once, however often the timer runs', async () => {
    const { site, grant } = await activeSite();
    site.clock.advance(5 * HOUR);
    const ran = await Promise.all([
      warn(site.deps(), grant.id),
      warn(site.deps(), grant.id),
      warn(site.deps(), grant.id),
    ]);
    for (const next of ran) if (next.kind === 'later') await warn(site.deps(), grant.id);
    expect(warnings(site)).toHaveLength(1);
    expect(site.jira.mails).toHaveLength(1);
    expect(site.events(grant.issueId).filter((e) => e === 'grant.warned')).toHaveLength(1);
  });

  test('is told of once when the app was away for all of its warnings', async () => {
    const { site, grant } = await activeSite();
    site.clock.advance(6 * HOUR - 5 * MINUTE);
    await sweep(site.deps());
    await site.run(MINUTE);
    expect(warnings(site).map((p) => p.text.split('\n')[0])).toEqual([
      'Access ends in about 5 minutes: Editor in Figma',
    ]);
    expect(site.store.all('timer').map(({ key }) => key)).not.toContain(`grant:${grant.id}:warn`);
  });

  test('is told of although the mail cannot be sent, and not twice', async () => {
    const { site, grant } = await activeSite();
    site.jira.trouble = (call) => (call === 'notify' ? 'lost' : undefined);
    site.clock.advance(5 * HOUR);
    expect(await warn(site.deps(), grant.id)).toEqual({ kind: 'done', what: 'warned' });
    expect(await warn(site.deps(), grant.id)).toEqual({ kind: 'done', what: 'not due yet' });
    expect(warnings(site)).toHaveLength(1);
  });

  /** The warning says how to keep the access; nobody is sent to ask for what is refused at once. */
  test.each<[string, Partial<Role>, Partial<Grant>, RegExp]>([
    ['can be renewed', {}, {}, /ask for a renewal/],
    ['of a role that is gone', { status: 'withdrawn' }, {}, /not offered any more/],
    ['at its cap', { rules: { totalAge: 5 * HOUR } }, {}, /longest time.*anew/],
    ['by break-glass', {}, { breakGlass: { reviewBy: '2026-03-09T09:00:00.000Z' } }, /not renewed/],
  ])('that %s says what can be done', async (_, role, over, wanted) => {
    const { site, grant } = await activeSite();
    const held = await load(site.store, grants, grant.id);
    await site.store.transact([put(grants, { ...grant, ...over } as Grant, held?.rev as number)]);
    await site.saveRole(aRole({ version: 2, durations: [HOUR, 6 * HOUR], ...role }));
    site.clock.advance(5 * HOUR);
    await warn(site.deps(), grant.id);
    const [said] = warnings(site);
    expect(said?.text).toMatch(wanted);
    expect(/ask for a renewal/.test(said?.text ?? '')).toBe(wanted.source === 'ask for a renewal');
  });

  test.each([
    ['longer', { endsAt: '2026-03-09T09:00:00.000Z' }, 0],
    ['without an end', { endsAt: null }, 0],
    ['shorter', { endsAt: '2020-01-01T09:00:00.000Z' }, 1],
  ])('is told of unless a renewal that runs %s carries it on', async (_, over, times) => {
    const { site, grant } = await activeSite();
    const issue = site.jira.add();
    const next = { ...grant, ...over, id: `g-${issue.id}-1`, issueId: issue.id };
    const filed = { issueId: issue.id, issueKey: issue.key };
    await site.store.transact([
      put(grants, next as Grant, 0),
      put(requests, { ...(await site.request(grant.issueId)), ...filed, grantId: next.id }, 0),
      put(filings, { v: 1, key: `renewal:${grant.id}`, at: site.clock.now(), filed }, 0),
    ]);
    site.clock.advance(5 * HOUR);
    await warn(site.deps(), grant.id);
    expect(warnings(site)).toHaveLength(times);
  });

  test('that was taken back is not told of any more', async () => {
    const { site, grant } = await activeSite();
    const { endGrant } = await import('../../src/grants/revoke');
    await endGrant(site.deps(), grant.id, { because: 'withdrawn' });
    await site.run(6 * HOUR);
    expect(warnings(site)).toEqual([]);
    site.expectOver(grant);
  });

  test('without an end is never told of', async () => {
    const site = new SmallSite();
    await site.seed({ role: { permanent: true } });
    const grant = await site.active({ duration: null });
    expect(site.store.all('timer').map(({ key }) => key)).not.toContain(`grant:${grant.id}:warn`);
  });
});
