import { describe, expect, test } from 'vitest';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { connections } from '../../src/catalog/store';
import { onHour } from '../../src/jobs/night';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';

async function seeded(timeZone = 'UTC') {
  const site = new SmallSite();
  await site.seed();
  const { value, rev } = await loadSettings(site.store);
  await site.store.transact([putSettings({ ...value, timeZone }, rev)]);
  return site;
}

/** As the schedule would: the function, then what it started runs to its end. */
async function hour(site: SmallSite, at?: string): Promise<string[]> {
  if (at !== undefined) site.clock.set(at);
  const started = await onHour(site.deps(undefined, 'schedule'));
  await site.run(30);
  return started.map(({ kind, about }) => `${kind} ${about}`);
}

const NIGHT = ['catalog-sync main', 'nightly-read main', 'lint site', 'decider-watch site'];
const REPORT = 'personal-data-report site';

describe('the work of the night', () => {
  test('begins after one in the morning of the site’s own zone, once', async () => {
    const site = await seeded('America/New_York');
    expect(await hour(site, '2026-03-03T05:30:00.000Z')).toEqual([]);
    expect(await hour(site, '2026-03-03T06:30:00.000Z')).toEqual([...NIGHT, REPORT]);
    expect(await hour(site, '2026-03-03T07:30:00.000Z')).toEqual([]);
    expect(await hour(site, '2026-03-04T04:30:00.000Z')).toEqual([]);
    expect(await hour(site, '2026-03-04T06:30:00.000Z')).toEqual(NIGHT);
  });

  test('that was missed is caught up in the next hour that runs', {
    tags: ['schedule-missed'],
  }, async () => {
    const site = await seeded();
    expect(await hour(site, '2026-03-03T01:10:00.000Z')).toContain('nightly-read main');
    expect(await hour(site, '2026-03-05T17:10:00.000Z')).toEqual(NIGHT);
    expect(await hour(site, '2026-03-06T01:10:00.000Z')).toEqual(NIGHT);
  });

  test('begins again when the hour died before it had started everything', async () => {
    const site = await seeded();
    site.clock.set('2026-03-03T02:00:00.000Z');
    const dead = {
      before: (call: string) => {
        if (call === 'queues.push') throw new Error('killed');
      },
      after: () => undefined,
    };
    await expect(onHour(site.deps(dead))).rejects.toThrow('killed');
    expect(await hour(site)).toEqual([...NIGHT, REPORT]);
  });

  test('reports personal data once a week', async () => {
    const site = await seeded();
    const days: number[] = [];
    for (let day = 0; day < 15; day++) {
      if ((await hour(site)).includes(REPORT)) days.push(day);
      site.clock.advance(DAY);
    }
    expect(days).toEqual([0, 7, 14]);
  });

  test('leaves connections alone that are off or belong to another site', async () => {
    for (const connection of [{ status: 'off' as const }, { cloudId: 'the-original' }]) {
      const site = new SmallSite();
      await site.seed({ connection });
      expect(await hour(site)).toEqual([REPORT]);
      expect(site.directory.calls).toEqual([]);
    }
  });
});

describe('an hour', () => {
  test('looks after the people who have live access', async () => {
    const site = await seeded();
    await hour(site);
    site.clock.advance(HOUR);
    expect(await hour(site)).toEqual([]);
    await site.active();
    expect(await onHour(site.deps())).toEqual([{ kind: 'people-watch', about: 'site' }]);
  });

  test('looks after them also while the connection is switched off: access ends all the same', {
    tags: ['person-suspended'],
  }, async () => {
    const site = await seeded();
    await hour(site);
    const grant = await site.active({ duration: DAY });
    const held = await load(site.store, connections, 'connection:main');
    if (!held) throw new Error('no connection');
    await site.store.transact([put(connections, { ...held.value, status: 'off' }, held.rev)]);
    const person = site.directory.people.get(PERSON);
    if (!person) throw new Error('no person');
    site.directory.people.set(PERSON, { ...person, status: 'deactivated', active: false });
    site.clock.advance(HOUR);
    expect(await hour(site)).toContain('people-watch site');
    await site.run(240);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    expect(site.isMember()).toBe(false);
  });

  test('in which nothing is due costs four reads of the store and no other call', async () => {
    const site = await seeded();
    await hour(site);
    site.clock.advance(HOUR);
    site.store.resetCounts();
    site.directory.calls.length = 0;
    await onHour(site.deps());
    expect(site.store.counts).toEqual({ get: 1, getMany: 0, query: 2, transact: 0, plain: 1 });
    expect(site.directory.calls).toEqual([]);
  });
});
