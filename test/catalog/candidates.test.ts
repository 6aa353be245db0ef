import { describe, expect, test } from 'vitest';
import {
  ignoreCandidate,
  listAppCandidates,
  listGroupCandidates,
  proposeRoles,
  readSync,
  searchGroups,
  startSync,
} from '../../src/catalog/candidates';
import { readLogos, removeLogo, saveLogo } from '../../src/catalog/logos';
import type { Answer } from '../../src/contracts/answer';
import { appCandidatePage, groupCandidatePage, proposalFor } from '../../src/contracts/candidates';
import { aRole } from '../builders/catalog';
import { furnish, runWhole } from '../builders/offers';
import { SmallSite } from '../builders/small-site';

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return answer.value;
}

async function synced(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  furnish(site, 3, { Figma: ['g-users', 'g-editors'], Miro: ['m-1', 'm-2'], Zoom: [] });
  for (const [id, name] of [
    ['m-1', 'Miro Viewers'],
    ['m-2', 'Miro Admins'],
    ['z-1', 'Zoom Users'],
  ] as const)
    site.directory.groups.set(id, { id, name, writable: true, privileged: false });
  await runWhole(site, 'catalog-sync');
  return site;
}

const appsOf = async (site: SmallSite, status?: string) =>
  value(
    await listAppCandidates(site.deps(), appCandidatePage.parse({ ...(status && { status }) })),
  ).candidates.map((app) => app.name);
const groupsOf = async (site: SmallSite, ask: Record<string, unknown> = {}) =>
  value(
    await listGroupCandidates(
      site.deps(),
      groupCandidatePage.parse({ connection: 'main', ...ask }),
    ),
  ).candidates.map((group) => group.name);

describe('candidates', () => {
  test('of apps leave out what a role uses, also when it was saved a moment ago', async () => {
    const site = await synced();
    expect(await appsOf(site)).toEqual(['Miro', 'Zoom']);
    const groups = [{ id: 'm-1', name: 'Miro Viewers' }];
    await site.saveRole(aRole({ id: 'miro.viewer', appId: 'miro', groups }));
    expect(await appsOf(site)).toEqual(['Zoom']);
  });

  test('of groups are found by how their name begins, in any case', async () => {
    const site = await synced();
    expect(await groupsOf(site, { search: 'MIRO' })).toEqual(['Miro Admins', 'Miro Viewers']);
    expect(await groupsOf(site, { search: 'iro' })).toEqual([]);
  });

  test('that nobody wants to see stay away through later syncs, and come back when asked for', async () => {
    const site = await synced();
    const zoom = { kind: 'app', connection: 'main', id: 'app-Zoom' } as const;
    const plain = { kind: 'group', connection: 'main', id: 'g-0' } as const;
    value(await ignoreCandidate(site.deps(), { ...zoom, ignored: true }, 'operator'));
    value(await ignoreCandidate(site.deps(), { ...plain, ignored: true }, 'operator'));
    await runWhole(site, 'catalog-sync', { whole: true });
    expect(await appsOf(site)).toEqual(['Miro']);
    expect(await appsOf(site, 'ignored')).toEqual(['Zoom']);
    expect(await groupsOf(site)).not.toContain('Group 0');
    value(await ignoreCandidate(site.deps(), { ...zoom, ignored: false }, 'operator'));
    expect(await appsOf(site)).toEqual(['Miro', 'Zoom']);
    expect(site.events('config')).toEqual(['config.changed', 'config.changed', 'config.changed']);
  });

  test('that a role uses cannot be put out of sight', async () => {
    const site = await synced();
    const taken = { kind: 'group', connection: 'main', id: 'g-users', ignored: true } as const;
    const answer = await ignoreCandidate(site.deps(), taken, 'operator');
    expect(answer).toMatchObject({ ok: false, problem: { check: 'candidate-known' } });
  });
});

describe('a proposal', () => {
  test('fills the form from the groups assigned to the app, and saves nothing', async () => {
    const site = await synced();
    const before = site.store.all('config');
    const ask = proposalFor.parse({ connection: 'main', app: 'app-Miro' });
    expect(value(await proposeRoles(site.deps(), ask))).toMatchObject({
      connection: 'main',
      app: { id: 'miro', name: 'Miro' },
      roles: [
        { key: 'administrator', risk: 'privileged', groups: [{ id: 'm-2', name: 'Miro Admins' }] },
        { key: 'viewer', risk: 'routine', groups: [{ id: 'm-1', name: 'Miro Viewers' }] },
      ],
      leftOut: [],
    });
    expect(site.store.all('config')).toEqual(before);
  });

  test('looks for groups of its name where none is assigned', async () => {
    const site = await synced();
    const zoom = proposalFor.parse({ connection: 'main', app: 'app-Zoom' });
    expect(value(await proposeRoles(site.deps(), zoom)).roles).toMatchObject([{ name: 'User' }]);
    const unknown = proposalFor.parse({ connection: 'main', app: 'nothing' });
    expect(await proposeRoles(site.deps(), unknown)).toMatchObject({
      ok: false,
      problem: { check: 'candidate-known' },
    });
  });

  test('never takes the id of an app of the catalog', async () => {
    const site = await synced();
    const ask = proposalFor.parse({ connection: 'main', name: 'Figma' });
    expect(value(await proposeRoles(site.deps(), ask)).app.id).toBe('figma-2');
  });
});

describe('a sync that an administrator starts', () => {
  test('shows how far it is and what came of it, without the directory’s mark', async () => {
    const site = await synced();
    const started = value(
      await startSync(site.deps(), { connection: 'main', whole: true }, 'operator'),
    );
    expect(started).toMatchObject({ state: 'running', by: 'operator' });
    await site.run(30);
    const { job, last } = value(await readSync(site.deps(), 'main'));
    expect(job).toMatchObject({ state: 'done', result: { full: true, groups: 9 } });
    expect(last).toMatchObject({ groups: 9, apps: 3, counted: { issues: 0, newestOnly: false } });
    expect(JSON.stringify({ job, last })).not.toContain('"mark"');
  });

  test('is refused for a connection that is not there', async () => {
    const site = new SmallSite();
    expect(await startSync(site.deps(), { connection: 'main', whole: false }, 'me')).toMatchObject({
      problem: { check: 'connection-found' },
    });
    expect(value(await readSync(site.deps(), 'main'))).toEqual({ job: null, last: null });
  });

  test('is not needed to find a group by name in the directory itself', async () => {
    const site = await synced();
    const group = { name: 'Brand new', writable: true, privileged: false } as const;
    site.directory.groups.set('n-1', { id: 'n-1', ...group });
    expect(value(await searchGroups(site.deps(), 'main', 'brand'))).toMatchObject([{ id: 'n-1' }]);
  });
});

describe('a logo', () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(64)]);
  const give = async (site: SmallSite, bytes: Buffer | string) =>
    saveLogo(
      site.deps(),
      { app: 'figma', data: typeof bytes === 'string' ? bytes : bytes.toString('base64') },
      'operator',
    );

  test('is kept here and shown as data, so that browsers ask nobody else', async () => {
    const site = await synced();
    value(await give(site, png));
    const url = `data:image/png;base64,${png.toString('base64')}`;
    expect(value(await readLogos(site.deps(), ['figma', 'miro']))).toEqual({ figma: url });
    value(await removeLogo(site.deps(), 'figma', 'operator'));
    expect(value(await readLogos(site.deps(), ['figma']))).toEqual({});
    expect(site.events('config')).toEqual(['config.changed', 'config.changed']);
    expect(JSON.stringify(site.evidence('config'))).not.toContain(png.toString('base64'));
  });

  test.each<[string, Buffer | string, string]>([
    ['a drawing that can carry scripts', Buffer.from('<svg onload="alert(1)"/>'), 'logo-type'],
    ['a page that says it is a picture', Buffer.from('<html>\x89PNG'), 'logo-type'],
    ['a file of 33 KiB', Buffer.concat([png, Buffer.alloc(33 * 1024)]), 'logo-size'],
    ['no base64', '<>', 'logo-form'],
    ['nothing', '', 'logo-form'],
  ])('is not %s', async (_, bytes, check) => {
    const site = await synced();
    expect(await give(site, bytes)).toMatchObject({ ok: false, problem: { check } });
    expect(value(await readLogos(site.deps(), ['figma']))).toEqual({});
  });
});
