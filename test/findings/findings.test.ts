import { describe, expect, test } from 'vitest';
import {
  dismissFinding,
  findings,
  listFindings,
  openFinding,
  resolveFinding,
} from '../../src/findings/findings';
import type { Found } from '../../src/findings/model/finding';
import { load } from '../../src/shared/record';
import { SmallSite } from '../builders/small-site';

const aFound = (over: Partial<Found> = {}): Found => ({
  key: 'group-renamed:main:g-users',
  kind: 'group-renamed',
  sentence: 'The group "Figma users" is now called "Figma people".',
  nextStep: 'Take the new name over, or rename the group back.',
  connectionId: 'main',
  groupId: 'g-users',
  roleIds: ['figma.editor'],
  ...over,
});

const open = async (site: SmallSite) => {
  const page = await listFindings(site.deps(), { status: 'open' });
  return page.ok ? page.value.findings.map((one) => one.key) : [];
};

describe('a finding', () => {
  test('is kept once however often it is found, and found again costs one read', async () => {
    const site = new SmallSite();
    expect(await openFinding(site.deps(), aFound())).toBe('opened');
    site.store.resetCounts();
    site.clock.advance(3600);
    expect(await openFinding(site.deps(), aFound())).toBe('known');
    expect(site.store.operations).toBe(1);
    expect(await open(site)).toEqual(['group-renamed:main:g-users']);
    expect(site.events('findings')).toEqual(['finding.opened']);
    expect(site.chainFault('findings')).toBeUndefined();
  });

  test('that changed says the new sentence and keeps since when', async () => {
    const site = new SmallSite();
    await openFinding(site.deps(), aFound());
    const since = site.clock.now();
    site.clock.advance(3600);
    expect(await openFinding(site.deps(), aFound({ sentence: 'Another name.' }))).toBe('refreshed');
    const held = await load(site.store, findings, aFound().key);
    expect(held?.value).toMatchObject({ sentence: 'Another name.', openedAt: since });
  });

  test('is settled when it is no longer so, and comes back when it is so again', async () => {
    const site = new SmallSite();
    await openFinding(site.deps(), aFound());
    expect(await resolveFinding(site.deps(), aFound().key, 'The name is back.')).toBe(true);
    expect(await resolveFinding(site.deps(), aFound().key, 'The name is back.')).toBe(false);
    expect(await open(site)).toEqual([]);
    expect(await openFinding(site.deps(), aFound())).toBe('opened');
    expect(await open(site)).toEqual([aFound().key]);
  });

  test('that somebody dismissed stays away until its facts are others', async () => {
    const site = new SmallSite();
    await openFinding(site.deps(), aFound());
    const dismissed = await dismissFinding(site.deps(), aFound().key, 'We know.', 'operator');
    expect(dismissed).toMatchObject({ ok: true, value: { status: 'resolved' } });
    expect(await openFinding(site.deps(), aFound())).toBe('dismissed');
    expect(await open(site)).toEqual([]);
    expect(await openFinding(site.deps(), aFound({ facts: { name: 'Third' } }))).toBe('opened');
    const [, dismissal] = site.evidence('findings');
    expect(dismissal).toMatchObject({
      event: 'finding.dismissed',
      actor: { type: 'person', accountId: 'operator' },
      facts: { resolved: { how: 'dismissed', reason: 'We know.' } },
    });
  });

  test('that nobody knows cannot be dismissed', async () => {
    const answer = await dismissFinding(new SmallSite().deps(), 'nothing:here', 'Never.', 'me');
    expect(answer).toMatchObject({ ok: false, problem: { check: 'finding-known' } });
  });

  test('is not hidden by a page of findings of another kind', async () => {
    const site = new SmallSite();
    await openFinding(site.deps(), aFound());
    for (let n = 0; n < 60; n++) {
      site.clock.advance(1);
      await openFinding(site.deps(), aFound({ key: `mover:main:${n}`, kind: 'mover' }));
    }
    const page = await listFindings(site.deps(), { status: 'open', kind: 'group-renamed' });
    expect(page).toMatchObject({ ok: true, value: { findings: [{ key: aFound().key }] } });
  });

  test('found by two at once is opened once', async () => {
    const site = new SmallSite();
    const raced = [openFinding(site.deps(), aFound()), openFinding(site.deps(), aFound())];
    expect((await Promise.all(raced)).sort()).toEqual(['known', 'opened']);
    expect(site.events('findings')).toEqual(['finding.opened']);
  });
});
