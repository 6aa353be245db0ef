import { describe, expect, test } from 'vitest';
import { adoptName } from '../../src/catalog/adopt-name';
import { startSync } from '../../src/catalog/candidates';
import { roles } from '../../src/catalog/store';
import { WHOLE } from '../../src/catalog/sync';
import { listFindings } from '../../src/findings/findings';
import { readJob, startJob } from '../../src/jobs/job';
import { DAY, epochSeconds } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import type { Failure } from '../../src/shared/result';
import { aRole } from '../builders/catalog';
import { appsIn, furnish, groupsIn, jobOf, runWhole } from '../builders/offers';
import { SmallSite } from '../builders/small-site';
import { dieAt } from '../fakes/intercept';

const DOWN: Failure = {
  class: 'retryable',
  code: 'server-error',
  detail: 'The directory does not answer.',
  retryAfter: 60,
};

async function seeded(options: ConstructorParameters<typeof SmallSite>[0] = {}) {
  const site = new SmallSite(options);
  await site.seed();
  furnish(site, 12, { Figma: ['g-users', 'g-editors'], Miro: ['g-1'], Jira: [] });
  return site;
}

const sentences = async (site: SmallSite, status: 'open' | 'resolved' = 'open') => {
  const page = await listFindings(site.deps(), { status });
  return page.ok ? page.value.findings.map((one) => `${one.kind} ${one.groupId}`).sort() : [];
};
const rename = (site: SmallSite, id: string, name: string) => {
  const group = site.directory.groups.get(id);
  if (group) site.directory.groups.set(id, { ...group, name });
};

describe('the first sync of a connection', () => {
  test('makes candidates of groups and apps, and leaves out what roles use already', async () => {
    const site = await seeded({ page: 5 });
    const job = await runWhole(site, 'catalog-sync');
    expect(job).toMatchObject({
      state: 'done',
      result: { full: true, groups: 15, apps: 3, gone: 0, found: 0 },
    });
    expect(await groupsIn(site, 'unassigned')).toHaveLength(13);
    expect(await groupsIn(site, 'taken')).toEqual(['Figma editors', 'Figma users']);
    expect(await appsIn(site, 'unassigned')).toEqual(['Jira', 'Miro']);
    expect(await appsIn(site, 'taken')).toEqual(['Figma']);
    expect(site.store.all('timer')).toEqual([]);
  });

  test('puts what was asked for most in the last ninety days first', async () => {
    const site = await seeded();
    for (const summary of ['Miro please', 'access to MIRO', 'Jira for the new colleague'])
      site.jira.add({ summary });
    furnish(site, 0, { Zoom: [], 'Miro Lite': [] });
    site.jira.add({ summary: 'Miro Lite' });
    await runWhole(site, 'catalog-sync');
    expect((await appsIn(site, 'unassigned')).slice(0, 3)).toEqual(['Miro', 'Jira', 'Miro Lite']);
  });

  test('keeps no addresses that stand in descriptions', async () => {
    const site = await seeded();
    const group = { name: 'Sales', writable: true, privileged: false } as const;
    site.directory.groups.set('g-s', {
      ...group,
      id: 'g-s',
      description: 'Ask ada@company.example',
    });
    await runWhole(site, 'catalog-sync');
    expect(JSON.stringify(site.store.all('group'))).not.toContain('@company');
  });
});

describe('a sync that runs again', () => {
  test('writes nothing when nothing changed', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    const before = [...site.store.all('group'), ...site.store.all('config')];
    const job = await runWhole(site, 'catalog-sync', WHOLE);
    expect(job.result).toMatchObject({ full: true, changed: 0, gone: 0 });
    expect([...site.store.all('group'), ...site.store.all('config')]).toEqual(before);
  });

  test('asks the directory only for what changed since', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    site.directory.calls.length = 0;
    rename(site, 'g-3', 'Group three');
    const job = await runWhole(site, 'catalog-sync');
    expect(job.result).toMatchObject({ full: false, groups: 1, changed: 1 });
    expect(site.directory.calls.map(({ call }) => call)).toEqual(['changedGroups', 'listApps']);
    expect(await groupsIn(site, 'unassigned')).toContain('Group three');
  });

  test('reads everything again when the directory no longer takes the mark', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    site.directory.expireMarks();
    site.directory.groups.delete('g-5');
    const job = await runWhole(site, 'catalog-sync');
    expect(job).toMatchObject({ state: 'done', result: { full: true, gone: 1 } });
    expect(await groupsIn(site, 'gone')).toEqual(['Group 5']);
  });

  test('that begins anew half way still leaves out what roles use', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    site.directory.expireMarks();
    expect((await runWhole(site, 'catalog-sync')).result).toMatchObject({ full: true });
    expect(await appsIn(site, 'taken')).toEqual(['Figma']);
    expect(await groupsIn(site, 'taken')).toEqual(['Figma editors', 'Figma users']);
  });

  test('reads everything again after a week, and so finds what no change told', async () => {
    const site = await seeded({ can: { tellsDeletedGroups: false } });
    await runWhole(site, 'catalog-sync');
    site.directory.groups.delete('g-5');
    expect((await runWhole(site, 'catalog-sync')).result).toMatchObject({ full: false, gone: 0 });
    site.clock.advance(7 * DAY);
    expect((await runWhole(site, 'catalog-sync')).result).toMatchObject({ full: true, gone: 1 });
  });

  test('brings a group back that exists again', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    const group = site.directory.groups.get('g-5');
    site.directory.groups.delete('g-5');
    await runWhole(site, 'catalog-sync');
    expect(await groupsIn(site, 'gone')).toEqual(['Group 5']);
    if (group) site.directory.groups.set('g-5', group);
    await runWhole(site, 'catalog-sync');
    expect(await groupsIn(site, 'gone')).toEqual([]);
    expect(await groupsIn(site, 'unassigned')).toContain('Group 5');
  });
});

describe('a sync of a large directory', () => {
  test('leaves more than half of what the store allows in a minute to others', async () => {
    const site = await seeded({ page: 200 });
    furnish(site, 3000);
    const units = new Map<number, { reads: number; writes: number }>();
    const count = (reads: number, writes: number) => {
      const minute = Math.floor(epochSeconds(site.clock.now()) / 60);
      const so = units.get(minute) ?? { reads: 0, writes: 0 };
      units.set(minute, { reads: so.reads + reads, writes: so.writes + writes });
    };
    site.watch = {
      before: (call, [first]) => {
        if (call === 'store.getMany') count((first as unknown[]).length, 0);
        else if (call === 'store.transact') count(0, (first as unknown[]).length);
        else if (call === 'store.query') count(100, 0);
        else if (call.startsWith('store.')) count(1, 1);
      },
      after: () => undefined,
    };
    await startJob(site.deps(), 'catalog-sync', 'main');
    await site.run(30 * 60);
    expect(await jobOf(site, 'catalog-sync')).toMatchObject({
      state: 'done',
      result: { groups: 3003, changed: 3009 },
    });
    const most = Math.max(
      ...[...units.values()].map(({ reads, writes }) => Math.max(reads, writes)),
    );
    expect(most).toBeLessThan(2000);
  }, 30_000);
});

describe('a sync that does not go well', () => {
  test('waits for a directory that is down, and marks nothing as gone meanwhile', {
    tags: ['list-incomplete'],
  }, async () => {
    const site = await seeded({ page: 4 });
    await runWhole(site, 'catalog-sync');
    site.directory.groups.delete('g-5');
    let asked = 0;
    site.directory.trouble = (call) => (call === 'changedGroups' && ++asked > 1 ? DOWN : undefined);
    let job = await runWhole(site, 'catalog-sync', WHOLE);
    expect(job).toMatchObject({
      state: 'running',
      progress: { what: '4 of about 15 groups read' },
    });
    expect(await groupsIn(site, 'gone')).toEqual([]);
    site.directory.trouble = () => undefined;
    await site.run(5 * 60);
    job = await jobOf(site, 'catalog-sync');
    expect(job).toMatchObject({ state: 'done', result: { gone: 1, groups: 14 } });
  });

  test('says who has to act when the credential is refused', async () => {
    const site = await seeded();
    site.directory.trouble = () => ({
      class: 'needs-human',
      code: 'credential-refused',
      detail: 'The directory refuses the credential.',
    });
    expect(await runWhole(site, 'catalog-sync')).toMatchObject({
      state: 'failed',
      problem: { check: 'directory-credential-refused' },
    });
  });

  test('does not believe that most groups went in one night', {
    tags: ['list-incomplete'],
  }, async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    for (let n = 0; n < 12; n++) site.directory.groups.delete(`g-${n}`);
    const job = await runWhole(site, 'catalog-sync', WHOLE);
    expect(job.result).toMatchObject({
      gone: 0,
      notes: [expect.stringContaining('did not name 12 of the groups')],
    });
    expect(await groupsIn(site, 'gone')).toEqual([]);
    // Until an administrator has looked, and says that they are.
    const order = { connection: 'main', whole: false, confirmGone: true };
    await startSync(site.deps(), order, 'operator');
    await site.run(15 * 60);
    expect((await jobOf(site, 'catalog-sync')).result).toMatchObject({ gone: 12, notes: [] });
  });

  test('of a connection of another site is refused', async () => {
    const site = new SmallSite();
    await site.seed({ connection: { cloudId: 'the-original' } });
    expect(await runWhole(site, 'catalog-sync')).toMatchObject({
      state: 'failed',
      problem: { check: 'connection-of-this-site' },
    });
    expect(site.directory.calls).toEqual([]);
  });

  test('killed at any call it comes to the same end', {
    tags: ['job-cut-off'],
    timeout: 60_000,
  }, async () => {
    const calm = await seeded({ page: 4 });
    const counted = dieAt(0, 'before');
    calm.watch = counted;
    await runWhole(calm, 'catalog-sync');
    const wanted = JSON.stringify([calm.store.all('group').map(({ row }) => row['sortName'])]);
    for (let n = 1; n <= counted.calls.length; n += 2) {
      for (const when of ['before', 'after'] as const) {
        const site = await seeded({ page: 4 });
        site.watch = dieAt(n, when);
        await runWhole(site, 'catalog-sync').catch(() => undefined);
        site.watch = undefined;
        await site.run(40 * 60);
        // Whoever asked may never have heard of it; what was begun is brought to its end.
        const begun = await readJob(site.deps(), 'catalog-sync:main');
        expect(begun?.state ?? 'done', `${when} call ${n}`).toBe('done');
        await runWhole(site, 'catalog-sync');
        const got = JSON.stringify([site.store.all('group').map(({ row }) => row['sortName'])]);
        expect(got, `${when} call ${n}`).toBe(wanted);
        expect(await groupsIn(site, 'gone'), `${when} call ${n}`).toEqual([]);
        expect((await jobOf(site, 'catalog-sync')).state).toBe('done');
      }
    }
  });
});

test('a sync of a list that leads in a ring fails in words', {
  tags: ['cursor-loops'],
}, async () => {
  const site = await seeded();
  const read = site.directory.changedGroups.bind(site.directory);
  let asked = 0;
  site.directory.changedGroups = async () => {
    const page = await read({});
    if (!page.ok) return page;
    if (asked > 100) throw new Error('It is read for ever');
    const { mark: _, ...rest } = page.value;
    return { ok: true, value: { ...rest, cursor: `${asked++ % 3}` } };
  };
  expect(await runWhole(site, 'catalog-sync')).toMatchObject({
    state: 'failed',
    problem: { sentence: expect.stringContaining('again and again') },
  });
});

describe('a sync whose credential may not read everything', () => {
  const lacking = (code: 'scope-missing' | 'forbidden'): Failure => ({
    class: 'needs-human',
    code,
    detail: 'The credential lacks a permission.',
  });
  const worsen = (site: SmallSite) => {
    const group = site.directory.groups.get('g-users');
    if (group) site.directory.groups.set('g-users', { ...group, privileged: true });
    site.directory.groups.delete('g-editors');
  };

  // The fewest rights that the guide asks for read groups and people; apps are extra.
  for (const call of ['listApps', 'groupsOfApp'] as const)
    test(`goes on to the groups that roles use without the right to ${call}`, async () => {
      const site = await seeded();
      await runWhole(site, 'catalog-sync');
      worsen(site);
      site.directory.trouble = (asked) => (asked === call ? lacking('scope-missing') : undefined);
      const job = await runWhole(site, 'catalog-sync', WHOLE);
      expect(job).toMatchObject({ state: 'done' });
      expect((job.result as { notes: string[] }).notes.join()).toContain('lacks a permission');
      expect(await sentences(site)).toEqual(['group-gone g-editors', 'group-privileged g-users']);
      // What was known stands, and is found again when the right comes back.
      expect(await appsIn(site, 'gone')).toEqual([]);
      expect(await appsIn(site, 'taken')).toEqual(['Figma']);
      site.directory.trouble = () => undefined;
      site.directory.apps.delete('app-Miro');
      await runWhole(site, 'catalog-sync', WHOLE);
      expect(await appsIn(site, 'gone')).toEqual(['Miro']);
    });

  test('says which group that a role uses could not be looked at, and looks at the others', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    worsen(site);
    await runWhole(site, 'catalog-sync');
    site.directory.trouble = (call, about) =>
      call === 'describeGroup' && about === 'g-editors' ? lacking('forbidden') : undefined;
    const job = await runWhole(site, 'catalog-sync', WHOLE);
    expect(job).toMatchObject({ state: 'done' });
    expect((job.result as { notes: string[] }).notes.join()).toContain('g-editors');
    // Nobody could look, so nothing is settled either.
    expect(await sentences(site)).toEqual(['group-gone g-editors', 'group-privileged g-users']);
  });
});

describe('a group that a role uses', () => {
  test('and that was renamed is shown, and the role keeps its name until somebody takes it over', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    rename(site, 'g-users', 'Figma people');
    await runWhole(site, 'catalog-sync');
    expect(await sentences(site)).toEqual(['group-renamed g-users']);
    const before = await load(site.store, roles, 'role:figma.editor');
    expect(before?.value.groups[0]).toEqual({ id: 'g-users', name: 'Figma users' });
    const adopted = await adoptName(site.deps(), 'main', 'g-users', 'operator');
    expect(adopted).toEqual({ ok: true, value: { name: 'Figma people', roles: ['figma.editor'] } });
    const after = await load(site.store, roles, 'role:figma.editor');
    expect(after?.value.groups[0]?.name).toBe('Figma people');
    expect(after?.value.accessVersion).toBe(before?.value.accessVersion);
    expect(await sentences(site)).toEqual([]);
  });

  test('and that was deleted is shown, whoever took its name', {
    tags: ['look-alike-group'],
  }, async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    site.directory.groups.delete('g-users');
    const impostor = { name: 'Figma users', writable: true, privileged: false } as const;
    site.directory.groups.set('g-new', { id: 'g-new', ...impostor });
    await runWhole(site, 'catalog-sync');
    expect(await sentences(site)).toEqual(['group-gone g-users']);
  });

  test('is asked for by its id before it counts as gone', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    const shown = site.directory.groups.get('g-users');
    const list = site.directory.changedGroups.bind(site.directory);
    // The list leaves it out; the group itself is there.
    site.directory.changedGroups = async (ask) => {
      site.directory.groups.delete('g-users');
      const answer = await list(ask);
      if (shown) site.directory.groups.set('g-users', shown);
      return answer;
    };
    await runWhole(site, 'catalog-sync', WHOLE);
    expect(await sentences(site)).toEqual([]);
  });

  test('and that the app may no longer change, or that became privileged, is shown until it is mended', async () => {
    const site = await seeded();
    await runWhole(site, 'catalog-sync');
    const users = site.directory.groups.get('g-users');
    const editors = site.directory.groups.get('g-editors');
    if (!users || !editors) throw new Error('no groups');
    site.directory.groups.set('g-users', {
      ...users,
      writable: { no: 'dynamic', sentence: 'A rule fills it.' },
    });
    site.directory.groups.set('g-editors', { ...editors, privileged: true });
    await runWhole(site, 'catalog-sync');
    expect(await sentences(site)).toEqual([
      'group-privileged g-editors',
      'group-unwritable g-users',
    ]);
    site.directory.groups.set('g-users', users);
    site.directory.groups.set('g-editors', editors);
    await runWhole(site, 'catalog-sync');
    expect(await sentences(site)).toEqual([]);
    expect(await sentences(site, 'resolved')).toHaveLength(2);
  });

  test('and that is privileged as two administrators said is no surprise', async () => {
    const site = await seeded();
    const role = aRole({ version: 2, privilegedBy: { groups: ['g-users'], by: [] } });
    await site.saveRole(role);
    for (const id of ['g-users', 'g-editors']) {
      const group = site.directory.groups.get(id);
      if (group) site.directory.groups.set(id, { ...group, privileged: true });
    }
    await runWhole(site, 'catalog-sync');
    expect(await sentences(site)).toEqual(['group-privileged g-editors']);
  });
});
