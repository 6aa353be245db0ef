/** A set of changes names accounts: they are reported while it is kept, and it is not kept for ever. */
import { expect, test } from 'vitest';
import { changeSets } from '../../src/catalog/change-sets';
import { undoSet } from '../../src/catalog/changeset';
import { importTable } from '../../src/catalog/import-table';
import { startJob } from '../../src/jobs/job';
import { DAY } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { applied, looked, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

const TABLE = [
  'App,Description,Owner,Role,Directory,Group,Approver,Longest window',
  'Miro,Boards,friend@latchkey-demo.example,Member,main,g-other,approver@latchkey-demo.example,8h',
].join('\n');

async function imported() {
  const site = withFields(new SmallSite());
  await site.seed();
  const made = await importTable(site.deps(), { name: 'Table', text: TABLE }, 'operator');
  return { site, set: (await looked(site, made)).set };
}
async function job(site: SmallSite, kind: 'lint' | 'personal-data-report') {
  await startJob(site.deps(), kind, 'site');
  await site.run(120);
}
/** Whatever is kept of the set beside its record. */
async function kept(site: SmallSite, id: string) {
  const parts = ['drafts', 'changes', 'problems'].map((part) => `change-set:${id}:${part}:0`);
  const read = await Promise.all(parts.map((key) => site.store.readPlain(key)));
  const records = site.store.all('config').filter(({ key }) => key === `change-set:${id}`);
  return [...records, ...read.filter((part) => part !== undefined)];
}

test('accounts of a set that nobody applied are reported', async () => {
  const { site } = await imported();
  await job(site, 'personal-data-report');
  const reported = site.privacy.reports.flat().map((one) => one.accountId);
  expect(reported).toEqual(expect.arrayContaining(['operator', 'friend', 'approver']));
});

test.each(['lint', 'personal-data-report'] as const)(
  'a set that nobody applied goes after two weeks, with the %s',
  async (kind) => {
    const { site, set } = await imported();
    site.clock.advance(13 * DAY);
    await job(site, kind);
    expect(await kept(site, set.id)).not.toEqual([]);
    site.clock.advance(2 * DAY);
    await job(site, kind);
    expect(await kept(site, set.id)).toEqual([]);
  },
);

test('an applied one can be taken back for two weeks, and then is not there any more', async () => {
  const { site, set } = await imported();
  await applied(site, set);
  site.clock.advance(15 * DAY);
  await job(site, 'lint');
  expect(await kept(site, set.id)).toEqual([]);
  expect(await undoSet(site.deps(), set.id, 'operator')).toMatchObject({
    ok: false,
    problem: { check: 'set-known' },
  });
});

test('one that was applied half is kept until somebody brings it to an end', async () => {
  const { site, set } = await imported();
  const half = { ...set, state: 'applying' as const };
  await site.store.transact([put(changeSets, half, 'any')]);
  site.clock.advance(15 * DAY);
  await job(site, 'personal-data-report');
  expect(await kept(site, set.id)).not.toEqual([]);
});
