import { expect, test } from 'vitest';
import { onHour } from '../../src/jobs/night';
import { listJobs, showJob } from '../../src/jobs/read';
import { SmallSite } from '../builders/small-site';

test('an administrator sees what the schedule runs and how it ended, without its inner state', async () => {
  const site = new SmallSite();
  await site.seed();
  site.clock.set('2026-03-03T02:00:00.000Z');
  await onHour(site.deps());
  const listed = await listJobs(site.deps());
  const ids = listed.ok ? listed.value.map(({ id }) => id) : [];
  expect(ids).toEqual([
    'decider-watch:site',
    'lint:site',
    'personal-data-report:site',
    'catalog-sync:main',
    'nightly-read:main',
  ]);
  expect(JSON.stringify(listed)).not.toContain('"mark"');
  expect(await showJob(site.deps(), 'lint:site')).toMatchObject({
    ok: true,
    value: { kind: 'lint' },
  });
  expect(await showJob(site.deps(), 'lint:nowhere')).toMatchObject({
    ok: false,
    problem: { check: 'job-known' },
  });
});
