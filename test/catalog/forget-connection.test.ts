import { expect, test } from 'vitest';
import { forgetConnection } from '../../src/catalog/forget-connection';
import { connections } from '../../src/catalog/store';
import { readJob } from '../../src/jobs/job';
import { furnish, runWhole } from '../builders/offers';
import { SmallSite } from '../builders/small-site';

async function read() {
  const site = new SmallSite({ can: { membersTellDepartment: false } });
  await site.seed();
  furnish(site, 260, { Figma: ['g-users'], Miro: ['g-1'] });
  await runWhole(site, 'catalog-sync');
  await runWhole(site, 'nightly-read');
  // A run that died left these behind.
  await site.store.writePlain('nightly:main:-people:0', [['u-1', -1]]);
  await site.store.writePlain('members:main:g-users:b0', ['u-1']);
  await site.store.writePlain('sync:main:groups:0', ['g-1']);
  return site;
}
const kept = async (site: SmallSite) => {
  const places = [
    ...['members:main:g-users', 'members:main:g-users:a0', 'members:main:g-users:b0'],
    ...['members-of:main', 'nightly:main:-people:0', 'nightly:main:-used:0', 'sync:main'],
    ...['sync:main:groups:0', 'sync:main:known-b:groups:0', 'sync:main:known-a:groups:0'],
    ...['job:catalog-sync:main', 'job:nightly-read:main'],
  ];
  const there = [];
  for (const place of places) if (await site.store.readPlain(place)) there.push(place);
  const candidates = [...site.store.all('group'), ...site.store.all('config')].filter(
    ({ key }) => key.startsWith('main:') || key.startsWith('app-candidate:main:'),
  );
  return [...there, ...candidates.map(({ key }) => key)];
};

test('of a connection that was removed, nothing that readings left stays', async () => {
  const site = await read();
  expect((await kept(site)).length).toBeGreaterThan(260);
  await forgetConnection(site.deps(), 'main');
  await site.store.transact([
    { op: 'remove', entity: connections.entity, key: 'connection:main', ifRev: 'any' },
  ]);
  await site.run(30 * 60);
  expect(await readJob(site.deps(), 'forget-connection:main')).toMatchObject({ state: 'done' });
  expect(await kept(site)).toEqual([]);
});

test('of a connection that stands nothing is forgotten', async () => {
  const site = await read();
  const before = await kept(site);
  await forgetConnection(site.deps(), 'main');
  await site.run(30 * 60);
  expect(await readJob(site.deps(), 'forget-connection:main')).toMatchObject({ state: 'done' });
  expect(await kept(site)).toEqual(before);
});
