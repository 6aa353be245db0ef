/** People are told in time that their access ends, once each, and nobody else is. */
import { describe, expect, test } from 'vitest';
import { sweep } from '../../src/grants/expire';
import { warn } from '../../src/grants/warn';
import { HOUR, MINUTE } from '../../src/shared/instant';
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
