/** Much is changed as one: shown first, done whole or not at all, taken back whole. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulkChange } from '../../src/catalog/bulk';
import { applySet, checkSet, undoSet } from '../../src/catalog/changeset';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { roleGivenOf } from '../../src/catalog/model/lay-over';
import { apps, putVersioned, roles } from '../../src/catalog/store';
import type { Write } from '../../src/forge/ports';
import { DAY, HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { anApp, aRole } from '../builders/catalog';
import { answered, applied, looked, stateOf, undone, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';
import { dieAt } from '../fakes/intercept';

/** So many roles of one app; some twenty of them need several transactions. */
async function seeded(count = 2): Promise<SmallSite> {
  const site = withFields(new SmallSite());
  await site.seed();
  for (let n = 1; n < count; n++) await site.saveRole(aRole({ id: idOf(n), name: `Role ${n}` }));
  return site;
}
const idOf = (n: number) => (n === 0 ? 'figma.editor' : `figma.role-${n}`);
const ids = (count: number) => Array.from({ length: count }, (_, n) => idOf(n));
const longer = (count: number) => ({
  name: 'Longer windows',
  roles: { ids: ids(count), durations: [HOUR, 3 * DAY] },
});
const preview = async (site: SmallSite, given: Parameters<typeof bulkChange>[1]) =>
  looked(site, await bulkChange(site.deps(), given, 'admin'));
const roleOf = async (site: SmallSite, id = 'figma.editor') =>
  (await load(site.store, roles, `role:${id}`))?.value;
const touched = (writes: readonly Write[], prefix = 'role:figma.role-') =>
  writes.some(({ key }) => key.startsWith(prefix));

describe('a bulk change', () => {
  test('is shown in words before anything is changed', async () => {
    const site = await seeded();
    const before = await stateOf(site);
    const { set, differences } = await preview(site, longer(2));
    expect(set.state).toBe('ready');
    expect(differences).toEqual([
      {
        what: 'role:figma.editor',
        title: 'Role Editor (figma.editor)',
        lines: ['longest 24 hours → 3 days, weaker'],
        weaker: true,
      },
      {
        what: 'role:figma.role-1',
        title: 'Role Role 1 (figma.role-1)',
        lines: ['longest 24 hours → 3 days, weaker'],
        weaker: true,
      },
    ]);
    expect(await stateOf(site)).toBe(before);
  });

  test('is applied, is evidence change by change, and is undone', async () => {
    const site = await seeded();
    const before = await stateOf(site);
    const { set } = await preview(site, longer(2));
    expect((await applied(site, set)).set.state).toBe('applied');
    expect((await roleOf(site))?.durations).toEqual([HOUR, 3 * DAY]);
    const evidence = site.evidence('config').filter((e) => e.event === 'config.changed');
    expect(evidence.map((e) => e.facts['set'])).toEqual([set.id, set.id]);
    expect((await undone(site, set)).set.state).toBe('undone');
    expect(await stateOf(site)).toBe(before);
    expect(site.chainFault('config')).toBeUndefined();
  });

  // What was approved for the first version must not fit the third although it reads the same.
  test('that is undone leaves versions that only rise', { tags: ['groups-swapped'] }, async () => {
    const site = await seeded();
    const { set } = await preview(site, longer(1));
    await applied(site, set);
    await undone(site, set);
    expect(await roleOf(site)).toMatchObject({ version: 3, policyVersion: 3, accessVersion: 1 });
  });

  // What a form leaves out gets its default; here that would publish what was withdrawn.
  // Contract: what one administrator made stronger, one alone does not make weaker by taking it back.
  test.each<[string, Parameters<typeof bulkChange>[1]]>([
    ['a guarded role', { name: 'Shorter', roles: { ids: ['figma.editor'], durations: [HOUR] } }],
    [
      'a guarded role that it withdrew, made stronger since',
      { name: 'Away', roles: { ids: ['figma.editor'], status: 'withdrawn' } },
    ],
  ])('of %s is not undone where that lets more through', async (_, given) => {
    const site = await seeded(1);
    await site.saveRole(aRole({ risk: 'privileged', version: 2 }));
    const { set } = await preview(site, given);
    expect((await applied(site, set)).set.state).toBe('applied');
    // Offered once more in a stronger form, and withdrawn again.
    if (set.name === 'Away') {
      const now = await roleOf(site);
      if (!now) throw new Error('no role');
      const next = { ...now, status: 'live' as const, durations: [HOUR], version: 4 };
      await site.saveRole(next);
      await site.saveRole({ ...now, version: 5 });
    }
    expect(await undoSet(site.deps(), set.id, 'admin')).toMatchObject({
      ok: false,
      problem: {
        check: 'two-administrators',
        sentence: expect.stringMatching(/longest window 1 hour → 24 hours/),
      },
    });
  });

  test('leaves alone whatever it does not name', async () => {
    const site = await seeded();
    const words = { description: 'Design files', status: 'withdrawn', version: 2 } as const;
    const app = await load(site.store, apps, 'app:figma');
    const role = await load(site.store, roles, 'role:figma.editor');
    const written = await site.store.transact([
      ...[putVersioned(apps, anApp({ ...words, category: 'Design' }), app?.rev ?? 0)].flat(),
      ...[putVersioned(roles, aRole(words), role?.rev ?? 0)].flat(),
    ]);
    expect(written).toBe('done');
    site.jira.person('other', {});
    const { set, differences } = await preview(site, {
      name: 'Only this',
      apps: { ids: ['figma'], owner: 'other' },
      roles: { ids: ['figma.editor'], durations: [HOUR] },
    });
    expect(differences.map(({ lines }) => lines)).toEqual([
      ['owner owner → other'],
      ['longest 24 hours → 1 hour, stricter'],
    ]);
    await applied(site, set);
    expect(await roleOf(site)).toMatchObject({ ...words, version: 3 });
    expect((await load(site.store, apps, 'app:figma'))?.value).toMatchObject({
      ...words,
      category: 'Design',
      version: 3,
    });
  });

  // A limit says nothing about a mapping: roles in their hundreds must not be refused for it.
  test('waits where the directory limits calls', { tags: ['rate-limited'] }, async () => {
    const site = await seeded(5);
    let calls = 0;
    site.directory.trouble = () => {
      calls++;
      const limited = calls === 1 || calls === 5;
      return limited
        ? { class: 'retryable', code: 'rate-limited', detail: '429', retryAfter: 20 }
        : undefined;
    };
    const { set, problems, differences } = await preview(site, longer(5));
    expect([set.state, problems]).toEqual(['ready', []]);
    expect(differences).toHaveLength(5);
  });

  test('names everything that cannot be, and changes nothing', async () => {
    const site = await seeded();
    const before = await stateOf(site);
    site.jira.person('gone', { active: false });
    const { set, problems } = await preview(site, {
      name: 'New owner',
      apps: { ids: ['figma', 'nowhere'], owner: 'gone' },
      roles: { ids: ['figma.editor', 'figma.nothing'], durations: [], permanent: false },
    });
    expect(set.state).toBe('refused');
    expect(problems).toEqual([
      { at: 'apps.figma.owner', sentence: 'The owner has no active account on this site.' },
      { at: 'apps.nowhere', sentence: 'The catalog has no app "nowhere".' },
      { at: 'roles.figma.editor.durations', sentence: 'The role offers no length of time.' },
      { at: 'roles.figma.nothing', sentence: 'The catalog has no role "figma.nothing".' },
    ]);
    expect(await applySet(site.deps(), set.id, 'admin')).toMatchObject({
      ok: false,
      problem: { check: 'set-state' },
    });
    expect(await stateOf(site)).toBe(before);
  });

  test('that changes nothing is refused', async () => {
    const site = await seeded();
    const given = { name: 'Nothing', roles: { ids: ids(1) } };
    expect(await bulkChange(site.deps(), given, 'admin')).toMatchObject({
      ok: false,
      problem: { check: 'bulk-something' },
    });
  });

  test('shown an hour ago is looked at again first', async () => {
    const site = await seeded();
    const { set } = await preview(site, longer(1));
    site.clock.advance(2 * HOUR);
    expect(await applySet(site.deps(), set.id, 'admin')).toMatchObject({
      ok: false,
      problem: { check: 'preview-fresh' },
    });
    await looked(site, await checkSet(site.deps(), set.id, 'admin'));
    expect((await applied(site, set)).set.state).toBe('applied');
  });
});

describe('what somebody else changed meanwhile', { tags: ['two-workers-one-grant'] }, () => {
  const renamed = async (site: SmallSite, id: string) => {
    const { status: _, ...given } = roleGivenOf((await roleOf(site, id)) as never);
    answered(await saveRole(site.deps(), { ...given, status: 'live', name: 'Renamed' }, 'owner'));
  };

  test('keeps a set from being applied, and is named', async () => {
    const site = await seeded();
    const { set } = await preview(site, longer(2));
    await renamed(site, 'figma.role-1');
    expect(await applySet(site.deps(), set.id, 'admin')).toMatchObject({
      ok: false,
      problem: {
        check: 'changed-meanwhile',
        sentence: 'Somebody has changed this since: Role Role 1 (figma.role-1).',
      },
    });
  });

  test('keeps a set from being undone, and is named', async () => {
    const site = await seeded();
    const { set } = await preview(site, longer(2));
    await applied(site, set);
    await renamed(site, 'figma.role-1');
    const before = await stateOf(site);
    expect(await undoSet(site.deps(), set.id, 'admin')).toMatchObject({
      ok: false,
      problem: { sentence: 'Somebody has changed this since: Role Role 1 (figma.role-1).' },
    });
    expect(await stateOf(site)).toBe(before);
  });

  test('half way through takes back what was done, and leaves theirs', async () => {
    const site = await seeded(20);
    const { set } = await preview(site, longer(20));
    const before = JSON.parse(await stateOf(site));
    let foreign = false;
    site.store.beforeTransact = async (writes) => {
      if (foreign || !touched(writes)) return;
      foreign = true;
      const role = aRole({ id: idOf(18), name: 'Theirs', version: 2 });
      await site.store.transact(putVersioned(roles, role, 1));
    };
    const after = await applied(site, set);
    expect(after.set).toMatchObject({ state: 'refused' });
    expect(after.job?.problem?.sentence).toContain('figma.role-18');
    const now = JSON.parse(await stateOf(site));
    const others = (state: typeof now) =>
      state.roles.filter((r: { key: string }) => r.key !== 'role-18');
    expect(others(now)).toEqual(others(before));
    expect((await roleOf(site, idOf(18)))?.name).toBe('Theirs');
    expect(site.chainFault('config')).toBeUndefined();
  });

  // The chain is one for the whole configuration: other changes are no conflict of ours.
  test('elsewhere in the catalog disturbs nothing', async () => {
    const site = await seeded(20);
    const { set } = await preview(site, longer(20));
    let n = 0;
    let busy = false;
    site.store.beforeTransact = async (writes) => {
      if (busy || n >= 3 || !touched(writes)) return;
      busy = true;
      n++;
      const app = {
        id: `other-${n}`,
        name: 'Other',
        description: '',
        category: '',
        owner: 'owner',
      };
      answered(await saveApp(site.deps(), { ...app, status: 'live' }, 'owner'));
      busy = false;
    };
    expect((await applied(site, set)).set.state).toBe('applied');
    expect((await roleOf(site, idOf(19)))?.durations).toEqual([HOUR, 3 * DAY]);
    expect(site.chainFault('config')).toBeUndefined();
  });
});

describe('whatever fails', { tags: ['store-write-fails', 'killed-half-way'] }, () => {
  const COUNT = 14;
  async function ready() {
    const site = await seeded(COUNT);
    const { set } = await preview(site, longer(COUNT));
    return { site, set, before: await stateOf(site) };
  }
  async function after(): Promise<string> {
    const { site, set } = await ready();
    await applied(site, set);
    return stateOf(site);
  }

  test('the catalog is as before or as after, once all has run', async () => {
    const wanted = await after();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('before' as const, 'after' as const),
        async (call, when) => {
          const { site, set, before } = await ready();
          const watch = dieAt(call, when);
          await applySet(site.deps(watch), set.id, 'admin').catch(() => undefined);
          site.watch = dieAt(call, when);
          await site.run(2 * HOUR);
          site.watch = undefined;
          await site.run(2 * HOUR);
          expect([before, wanted]).toContain(await stateOf(site));
          expect(site.chainFault('config')).toBeUndefined();
        },
      ),
      { numRuns: 12 },
    );
  });

  test('it is whole again after undoing was cut off, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (call) => {
        const { site, set, before } = await ready();
        await applied(site, set);
        const wanted = await stateOf(site);
        answered(await undoSet(site.deps(), set.id, 'admin'));
        site.watch = dieAt(call, 'after');
        await site.run(2 * HOUR);
        site.watch = undefined;
        await site.run(2 * HOUR);
        expect([before, wanted]).toContain(await stateOf(site));
      }),
      { numRuns: 8 },
    );
  });
});

// A role that is taken back and made anew must not pass for the one that somebody approved.
test('a role that an undo takes out goes on in its versions when it is made again', {
  tags: ['groups-swapped'],
}, async () => {
  const site = await seeded(1);
  await site.store.transact(putVersioned(apps, { ...anApp({ id: 'miro' }), status: 'removed' }, 0));
  const given = { id: 'miro', name: 'Miro', description: '', category: '', owner: 'owner' };
  expect(answered(await saveApp(site.deps(), { ...given, status: 'live' }, 'admin'))).toMatchObject(
    {
      version: 2,
      status: 'live',
    },
  );
});
