/** The whole configuration as one file: the same state is the same text, and it comes in whole or not. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportConfiguration } from '../../src/catalog/export';
import { importFile } from '../../src/catalog/import-file';
import { apps, connections, putVersioned, roles } from '../../src/catalog/store';
import { links } from '../../src/requests/person';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aConnection, anApp, aRole } from '../builders/catalog';
import { answered, applied, looked, stateOf, undone, withFields } from '../builders/change-sets';
import { NOW } from '../builders/instants';
import { SmallSite } from '../builders/small-site';

async function seeded(): Promise<SmallSite> {
  const site = withFields(new SmallSite());
  await site.seed();
  const link = { connectionId: 'main', personId: 'person-9', linkedBy: 'admin', at: NOW };
  await site.store.transact([put(links, { v: 1, accountId: 'friend', ...link }, 0)]);
  return site;
}
const empty = () => withFields(new SmallSite());
const send = (site: SmallSite, file: unknown) => {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return importFile(site.deps(), { name: 'File', text }, 'admin');
};
const fileOf = async (site: SmallSite) => JSON.parse(await stateOf(site));

describe('the file of a configuration', () => {
  test('names everything, nothing secret, and no version', async () => {
    const file = await fileOf(await seeded());
    expect(Object.keys(file)).toEqual([
      'apps',
      'bindings',
      'connections',
      'format',
      'links',
      'roles',
      'settings',
      'v',
    ]);
    expect(file).toMatchObject({
      format: 'latchkey-configuration',
      v: 1,
      bindings: [
        {
          id: 'it',
          project: 'IT',
          requestTypes: [{ id: '11', name: 'Get access' }],
          statuses: { waiting: { id: '2', name: 'waiting' } },
          fields: { approvers: { id: 'f-approvers', name: 'Approvers' } },
        },
      ],
      roles: [{ app: 'figma', key: 'editor', status: 'live' }],
      links: [{ accountId: 'friend', connection: 'main', personId: 'person-9' }],
    });
    expect(JSON.stringify(file)).not.toMatch(/ersion|redential|ingerprint|cloudId/);
  });

  test('is the same text for the same state, however it came about', async () => {
    const [one, two] = [await seeded(), withFields(new SmallSite())];
    await two.seed();
    await two.saveRole(aRole({ name: 'Other', version: 7 }));
    await two.saveRole(aRole({ version: 8, accessVersion: 4 }));
    const link = { connectionId: 'main', personId: 'person-9', linkedBy: 'other', at: NOW };
    await two.store.transact([put(links, { v: 1, accountId: 'friend', ...link }, 0)]);
    expect(await stateOf(two)).toBe(await stateOf(one));
  });

  test('changes nothing where it came from', async () => {
    const site = await seeded();
    const { set, differences } = await looked(site, await send(site, await stateOf(site)));
    expect([set.state, differences]).toEqual(['ready', []]);
  });

  test('comes in as differences in words, is applied and undone', async () => {
    const site = await seeded();
    const before = await stateOf(site);
    const file = await fileOf(site);
    file.settings.paused = true;
    file.settings.managedDomains = ['example.com'];
    file.roles[0].durations = [HOUR, 3 * DAY];
    file.apps.push({ ...file.apps[0], id: 'miro', name: 'Miro' });
    const { set, differences } = await looked(site, await send(site, file));
    expect(differences.map(({ title, lines }) => [title, ...lines])).toEqual([
      [
        'Settings of the site',
        'paused false → true',
        'managed domain example.com added, weaker',
        'managed domain latchkey-demo.example taken out, stricter',
      ],
      ['App Miro', 'new'],
      ['Role Editor (figma.editor)', 'longest 24 hours → 3 days, weaker'],
    ]);
    expect((await applied(site, set)).set.state).toBe('applied');
    expect(await fileOf(site)).toEqual({
      ...file,
      settings: { ...file.settings },
    });
    await undone(site, set);
    expect(await stateOf(site)).toBe(before);
  });

  // Another site: other ids of statuses and fields, no credential yet.
  test('comes to another site by names, its roles as drafts until the credential is there', async () => {
    const file = await fileOf(await seeded());
    const site = empty();
    const moved = <T extends { id: string }>(read: { ok: true; value: readonly T[] }) => ({
      ...read,
      value: read.value.map((one) => ({ ...one, id: `9${one.id}` })),
    });
    const { fields, statuses } = site.jira;
    site.jira.fields = async () => moved((await fields.call(site.jira)) as never);
    site.jira.statuses = async (id) => moved((await statuses.call(site.jira, id)) as never);
    const { set, problems } = await looked(site, await send(site, file));
    expect(problems).toEqual([]);
    await applied(site, set);
    const connection = await load(site.store, connections, 'connection:main');
    expect(connection?.value).toMatchObject({ status: 'off', credentialKind: '' });
    const role = async () => (await load(site.store, roles, 'role:figma.editor'))?.value;
    expect(await role()).toMatchObject({ status: 'draft', groups: [...aRole().groups].reverse() });
    const settings = await fileOf(site);
    expect(settings.bindings[0].statuses.waiting).toEqual({ id: '92', name: 'waiting' });
    // The credential is entered; the same file once more.
    await site.store.transact([
      put(connections, aConnection({ version: 2 }), connection?.rev ?? 0),
    ]);
    const again = await looked(site, await send(site, file));
    expect(again.differences.map((d) => d.lines)).toEqual([['status draft → live, weaker']]);
    await applied(site, again.set);
    expect((await fileOf(site)).roles).toEqual(file.roles);
    await undone(site, again.set);
    expect(await role()).toMatchObject({ status: 'draft' });
  });

  test('does not point a connection elsewhere', { tags: ['secret-moved'] }, async () => {
    const site = await seeded();
    const file = await fileOf(site);
    file.connections[0].tenant = 'somebody-else.okta.com';
    const { set, problems } = await looked(site, await send(site, file));
    expect([set.state, problems[0]?.at]).toEqual(['refused', 'connections[0].tenant']);
  });

  test('tells by path what this site does not have', async () => {
    const site = await seeded();
    const file = await fileOf(site);
    file.bindings[0].statuses.waiting = { id: '77', name: 'Somewhere' };
    file.roles[0].groups = [{ id: 'g-nowhere', name: 'Nowhere' }];
    file.links[0].personId = 'person-77';
    const { problems } = await looked(site, await send(site, file));
    expect(problems.map((p) => p.at)).toEqual([
      'bindings[0].statuses.waiting',
      'roles[0].groups',
      'links[0].personId',
    ]);
  });

  test('leads to administrator rights only with another administrator', {
    tags: ['privileged-group'],
  }, async () => {
    const site = await seeded();
    const group = {
      id: 'g-admins',
      name: 'Admins of Figma',
      writable: true as const,
      privileged: true,
    };
    site.directory.groups.set(group.id, group);
    site.jira.person('admin');
    const email = 'admin@latchkey-demo.example';
    const admin = { id: 'p-admin', email, addresses: [email], displayName: '', active: true };
    site.directory.people.set(admin.id, { ...admin, status: 'active' });
    const file = await fileOf(site);
    file.roles[0].groups = [{ id: 'g-admins', name: 'Admins of Figma' }];
    file.roles[0].risk = 'privileged';
    const { set, differences } = await looked(site, await send(site, file));
    expect(differences[0]?.lines).toContain(
      'leads to administrator rights: not offered until another administrator confirms it',
    );
    await applied(site, set);
    const role = await load(site.store, roles, 'role:figma.editor');
    expect(role?.value).toMatchObject({
      status: 'draft',
      privilegedBy: { by: [{ accountId: 'admin', act: 'saved' }] },
    });
  });

  test('may come in parts', async () => {
    const site = await seeded();
    const text = JSON.stringify({ ...(await fileOf(site)), links: [] });
    const part = (number: number, piece: string) =>
      importFile(site.deps(), { name: 'F', text: piece, part: { number, of: 2 } }, 'admin');
    const half = Math.ceil(text.length / 2);
    expect(await part(2, text.slice(half))).toMatchObject({
      ok: false,
      problem: { check: 'file-parts' },
    });
    expect(await part(1, text.slice(0, half))).toEqual({ ok: true, value: { waitingFor: 2 } });
    expect((await looked(site, await part(2, text.slice(half)))).set.state).toBe('ready');
  });
});

describe('a file that was tampered with', { tags: ['hostile-import'] }, () => {
  const refused = async (change: (file: Record<string, never>) => unknown) => {
    const site = await seeded();
    const before = await stateOf(site);
    const file = await fileOf(site);
    const answer = await send(site, change(file) ?? file);
    expect(await stateOf(site)).toBe(before);
    if (answer.ok) throw new Error('it was taken');
    return [answer.problem.check, ...(answer.problem.inputs ?? []).map((i) => i.path)];
  };
  type Any = { [key: string]: Any } & Any[];

  test.each<[string, (file: Any) => unknown, string[]]>([
    ['no JSON', () => '{', ['file-form']],
    ['another format', (f) => ({ ...f, format: 'other' }), ['file-form', 'format']],
    ['a later version', (f) => ({ ...f, v: 2 }), ['file-form', 'v']],
    ['an unknown key', (f) => ({ ...f, more: 1 }), ['file-form', 'more']],
    [
      'a secret',
      (f) => ({ ...f, connections: [{ ...f['connections']?.[0], credential: 'x' }] }),
      ['file-form', 'connections[0].credential'],
    ],
    [
      'a version of its own',
      (f) => ({ ...f, roles: [{ ...f['roles']?.[0], accessVersion: 1 }] }),
      ['file-form', 'roles[0].accessVersion'],
    ],
    [
      'somebody who agreed already',
      (f) => ({ ...f, roles: [{ ...f['roles']?.[0], privilegedBy: {} }] }),
      ['file-form', 'roles[0].privilegedBy'],
    ],
    [
      'a prototype',
      (f) => JSON.stringify(f).replace('"apps":[{', '"apps":[{"__proto__":{"status":"live"},'),
      ['file-form', 'apps[0].__proto__'],
    ],
    [
      'a duration that is text',
      (f) => ({ ...f, roles: [{ ...f['roles']?.[0], durations: ['3600'] }] }),
      ['file-form', 'roles[0].durations[0]'],
    ],
    ['a list for an object', (f) => ({ ...f, settings: [] }), ['file-form', 'settings']],
  ])('%s is refused by path', async (_, change, told) => {
    expect(await refused(change as never)).toEqual(told);
  });

  test('with a rule signed off by a stranger is refused', {
    tags: ['auto-approval-tricked'],
  }, async () => {
    const site = await seeded();
    const file = await fileOf(site);
    file.roles[0].risk = 'routine';
    file.roles[0].approver = { kind: 'auto', rule: 'all', signedOffBy: 'friend' };
    const { problems } = await looked(site, await send(site, file));
    expect(problems).toEqual([
      {
        at: 'roles[0].approver',
        sentence: 'Somebody else cannot be entered as having signed off the rule.',
      },
    ]);
  });
});

test('whatever the catalog holds, the file brings exactly that back', async () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 });
  const word = text.map((t) => t.trim() || 'x');
  const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const role = fc.record({
    key: slug,
    name: word,
    risk: fc.constantFrom('routine', 'sensitive', 'privileged'),
    status: fc.constantFrom('live', 'withdrawn'),
    durations: fc.uniqueArray(
      fc.integer({ min: 5, max: 9999 }).map((m) => m * 60),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    groups: fc.subarray([...aRole().groups], { minLength: 1 }),
  } as const);
  const app = fc.record({
    id: slug,
    name: word,
    roles: fc.uniqueArray(role, { maxLength: 3, selector: (r) => r.key }),
  });
  const catalog = fc.uniqueArray(app, { maxLength: 3, selector: (a) => a.id });
  await fc.assert(
    fc.asyncProperty(catalog, async (all) => {
      const site = await seeded();
      for (const { roles: offered, ...one } of all) {
        if (one.id === 'figma') continue;
        await site.store.transact(putVersioned(apps, anApp(one), 0));
        for (const { key, durations, ...more } of offered) {
          const ascending = [...durations].sort((a, b) => a - b);
          const made = { ...more, id: `${one.id}.${key}`, appId: one.id, durations: ascending };
          await site.saveRole(aRole(made as never));
        }
      }
      const wanted = answered(await exportConfiguration(site.deps())).text;
      const other = withFields(new SmallSite());
      await other.store.transact([put(connections, aConnection(), 0)]);
      const { set, problems } = await looked(other, await send(other, wanted));
      expect(problems).toEqual([]);
      await applied(other, set);
      expect(await stateOf(other)).toBe(wanted);
    }),
    { numRuns: 12 },
  );
});
