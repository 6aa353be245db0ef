import { describe, expect, test } from 'vitest';
import { groupCounts } from '../../src/catalog/nightly';
import { listFindings } from '../../src/findings/findings';
import { readJob } from '../../src/jobs/job';
import type { Failure } from '../../src/shared/result';
import { aRole } from '../builders/catalog';
import { jobOf, runWhole } from '../builders/offers';
import { SmallSite } from '../builders/small-site';
import { dieAt } from '../fakes/intercept';

const DEPARTMENTS = ['Sales', 'Finance', 'Design'];

/** Thirty people in three departments; the first twenty use Figma, the first seven edit. */
async function staffed(options: ConstructorParameters<typeof SmallSite>[0] = {}) {
  const site = new SmallSite(options);
  await site.seed();
  for (let n = 0; n < 30; n++) {
    const id = `u-${String(n).padStart(2, '0')}`;
    site.directory.people.set(id, {
      id,
      email: `${id}@latchkey-demo.example`,
      addresses: [`${id}@latchkey-demo.example`],
      displayName: `Person ${n}`,
      active: true,
      department: DEPARTMENTS[n % 3] ?? 'Sales',
    });
    if (n < 20) site.directory.put({ group: 'g-users', person: id }, true);
    if (n < 7) site.directory.put({ group: 'g-editors', person: id }, true);
  }
  return site;
}

const counts = async (site: SmallSite, group: string) => {
  const answer = await groupCounts(site.deps(), 'main', group);
  return answer.ok ? answer.value : answer.problem.check;
};
const ids = async (site: SmallSite, group: string) => {
  const meta = (await site.store.readPlain(`members:main:${group}`)) as { set: string } | undefined;
  return meta && (await site.store.readPlain(`members:main:${group}:${meta.set}0`));
};

describe('the nightly reading', () => {
  for (const membersTellDepartment of [true, false]) {
    const how = membersTellDepartment ? 'members' : 'the list of people';
    test(`keeps sorted ids and counts by department, told by ${how}`, async () => {
      const site = await staffed({ page: 4, can: { membersTellDepartment } });
      const job = await runWhole(site, 'nightly-read');
      expect(job).toMatchObject({ state: 'done', result: { groups: 2, memberships: 27 } });
      expect(await counts(site, 'g-users')).toMatchObject({
        people: 20,
        departments: [
          { name: 'Finance', people: 7 },
          { name: 'Sales', people: 7 },
          { name: 'Design', people: 6 },
        ],
        others: 0,
      });
      const kept = await ids(site, 'g-users');
      expect(kept).toHaveLength(20);
      expect(kept).toEqual([...(kept as string[])].sort());
    });
  }

  test('names no department with fewer than five, and lets nobody subtract it', async () => {
    const site = await staffed();
    await runWhole(site, 'nightly-read');
    expect(await counts(site, 'g-editors')).toMatchObject({
      people: 7,
      departments: [],
      others: 7,
    });
  });

  test('keeps no names of people, and removes what it needed on the way', async () => {
    const site = await staffed({ page: 4, can: { membersTellDepartment: false } });
    const written: string[] = [];
    site.watch = {
      before: (call, args) => {
        if (call === 'store.writePlain' || call === 'store.transact')
          written.push(JSON.stringify(args));
      },
      after: () => undefined,
    };
    await runWhole(site, 'nightly-read');
    expect(written.join()).toContain('u-19');
    expect(written.join()).not.toMatch(/Person \d|@latchkey-demo/);
    for (const n of [0, 1]) {
      expect(await site.store.readPlain(`nightly:main:-people:${n}`)).toBeUndefined();
      expect(await site.store.readPlain(`nightly:main:g-users:${n}`)).toBeUndefined();
    }
  });

  test('of a group read over several steps joins what each of them read', async () => {
    const site = await staffed({ page: 1 });
    for (let n = 0; n < 120; n++) site.directory.people.set(`v-${n}`, person(`v-${n}`));
    for (let n = 0; n < 120; n++) site.directory.put({ group: 'g-users', person: `v-${n}` }, true);
    const job = await runWhole(site, 'nightly-read');
    expect(job).toMatchObject({ state: 'done', result: { memberships: 147 } });
    expect(await ids(site, 'g-users')).toHaveLength(140);
    expect(await site.store.readPlain('nightly:main:g-users:0')).toBeUndefined();
  });

  test('forgets the members of groups that no role uses any more', async () => {
    const site = await staffed();
    await runWhole(site, 'nightly-read');
    await site.saveRole(
      aRole({ version: 2, groups: [{ id: 'g-editors', name: 'Figma editors' }] }),
    );
    await runWhole(site, 'nightly-read');
    expect(await counts(site, 'g-users')).toBe('group-read');
    expect(await site.store.readPlain('members:main:g-users:a0')).toBeUndefined();
    expect(await counts(site, 'g-editors')).toMatchObject({ people: 7 });
  });
});

const person = (id: string) => ({
  id,
  email: `${id}@latchkey-demo.example`,
  addresses: [],
  displayName: id,
  active: true,
});

const failure = (code: Failure['code'], kind: Failure['class']): Failure => ({
  class: kind,
  code,
  detail: `The directory says ${code}.`,
});

describe('a nightly reading that does not go well', () => {
  test('keeps yesterday’s of a group it could not read, and reads the others', {
    tags: ['list-incomplete'],
  }, async () => {
    const site = await staffed({ page: 5 });
    await runWhole(site, 'nightly-read');
    const yesterday = await counts(site, 'g-users');
    site.clock.advance(86_400);
    site.directory.put({ group: 'g-editors', person: 'u-29' }, true);
    let page = 0;
    site.directory.trouble = (call, about) =>
      call === 'membersOf' && about === 'g-users' && ++page > 1
        ? failure('forbidden', 'needs-human')
        : undefined;
    const job = await runWhole(site, 'nightly-read');
    expect(job).toMatchObject({
      state: 'done',
      result: {
        groups: 1,
        notRead: [{ group: 'g-users', sentence: 'The directory says forbidden.' }],
      },
    });
    expect(await counts(site, 'g-users')).toEqual(yesterday);
    expect(await counts(site, 'g-editors')).toMatchObject({ people: 8 });
  });

  test('of a deleted group makes a finding and keeps what was known', async () => {
    const site = await staffed();
    await runWhole(site, 'nightly-read');
    site.directory.groups.delete('g-users');
    await runWhole(site, 'nightly-read');
    const open = await listFindings(site.deps(), { status: 'open' });
    expect(open).toMatchObject({ value: { findings: [{ key: 'group-gone:main:g-users' }] } });
    expect(await counts(site, 'g-users')).toMatchObject({ people: 20 });
  });

  test('of a large group whose page expired begins that group anew, and keeps what it reads', async () => {
    const site = await staffed({ page: 1 });
    for (let n = 0; n < 130; n++) {
      const id = `v-${String(n).padStart(3, '0')}`;
      const person = site.directory.people.get('u-00');
      if (person) site.directory.people.set(id, { ...person, id });
      site.directory.put({ group: 'g-users', person: id }, true);
    }
    let asked = 0;
    site.directory.trouble = (call) =>
      call === 'membersOf' && ++asked === 70 ? failure('invalid', 'permanent') : undefined;
    const job = await runWhole(site, 'nightly-read');
    expect(job).toMatchObject({ state: 'done', result: { groups: 2, memberships: 157 } });
    expect(await counts(site, 'g-users')).toMatchObject({ people: 150 });
    for (const name of ['g-users', 'g-users:again', '-people', '-used'])
      expect(await site.store.readPlain(`nightly:main:${name}:0`)).toBeUndefined();
  });

  // Between the steps of a job only so much fits into one record.
  test('takes any number of departments', async () => {
    const site = await staffed({ page: 100, can: { membersTellDepartment: false } });
    for (let n = 0; n < 3000; n++) {
      const person = site.directory.people.get('u-00');
      const id = `v-${String(n).padStart(4, '0')}`;
      const department = `Department ${n} ${'of something long '.repeat(5)}`;
      if (person) site.directory.people.set(id, { ...person, id, department });
      site.directory.put({ group: 'g-users', person: id }, true);
    }
    for (let n = 0; n < 9; n++)
      site.directory.put({ group: 'g-editors', person: `v-000${n}` }, true);
    let largest = 0;
    site.watch = {
      before: (call, [key, value]) => {
        if (call === 'store.writePlain' && key === 'job:nightly-read:main')
          largest = Math.max(largest, JSON.stringify(value).length);
      },
      after: () => undefined,
    };
    const job = await runWhole(site, 'nightly-read');
    expect(job).toMatchObject({ state: 'done', result: { groups: 2 } });
    expect(await counts(site, 'g-users')).toMatchObject({
      departments: [{ name: 'Finance' }, { name: 'Sales' }, { name: 'Design' }],
    });
    expect(largest).toBeLessThan(80_000);
  });

  test('that fails leaves no list of people behind', async () => {
    const site = await staffed({ page: 4, can: { membersTellDepartment: false } });
    site.directory.trouble = (call, about) =>
      call === 'membersOf' && about === 'g-users'
        ? failure('credential-refused', 'needs-human')
        : undefined;
    expect(await runWhole(site, 'nightly-read')).toMatchObject({ state: 'failed' });
    for (const name of ['g-users', 'g-editors', '-people', '-used'])
      expect(await site.store.readPlain(`nightly:main:${name}:0`)).toBeUndefined();
  });

  test('of a group whose list leads in a ring goes on to the others', {
    tags: ['cursor-loops'],
  }, async () => {
    const site = await staffed();
    let asked = 0;
    const read = site.directory.membersOf.bind(site.directory);
    site.directory.membersOf = async (group) => {
      const page = await read(group);
      if (group !== 'g-users' || !page.ok) return page;
      if (asked > 100) throw new Error('It is read for ever');
      return { ok: true, value: { ...page.value, cursor: `${asked++ % 3}` } };
    };
    expect(await runWhole(site, 'nightly-read')).toMatchObject({
      state: 'done',
      result: { groups: 1, notRead: [{ group: 'g-users' }] },
    });
  });

  test('stops as a whole when the credential is refused', async () => {
    const site = await staffed();
    site.directory.trouble = () => failure('credential-refused', 'needs-human');
    expect(await runWhole(site, 'nightly-read')).toMatchObject({
      state: 'failed',
      problem: { check: 'directory-credential-refused' },
    });
  });

  test('killed at any call it comes to the same end', {
    tags: ['job-cut-off'],
    timeout: 60_000,
  }, async () => {
    const options = { page: 2, can: { membersTellDepartment: false } };
    const calm = await staffed(options);
    const counted = dieAt(0, 'before');
    calm.watch = counted;
    await runWhole(calm, 'nightly-read');
    const wanted = await ids(calm, 'g-users');
    for (let n = 1; n <= counted.calls.length; n += 2) {
      for (const when of ['before', 'after'] as const) {
        const site = await staffed(options);
        site.watch = dieAt(n, when);
        await runWhole(site, 'nightly-read').catch(() => undefined);
        site.watch = undefined;
        await site.run(40 * 60);
        const job = await readJob(site.deps(), 'nightly-read:main');
        if (!job) continue;
        expect(job.state, `${when} call ${n}`).toBe('done');
        expect(await ids(site, 'g-users'), `${when} call ${n}`).toEqual(wanted);
        expect(await counts(site, 'g-users')).toMatchObject({ people: 20 });
      }
    }
    expect((await jobOf(calm, 'nightly-read')).state).toBe('done');
  });
});
