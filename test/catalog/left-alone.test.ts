/** Whatever a set of changes does not name stays as it is: its texts, and whether it is offered. */
import { describe, expect, test } from 'vitest';
import { bulkChange } from '../../src/catalog/bulk';
import { importFile } from '../../src/catalog/import-file';
import { importTable } from '../../src/catalog/import-table';
import { apps, putVersioned, roles } from '../../src/catalog/store';
import { HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { anApp } from '../builders/catalog';
import { applied, looked, stateOf, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

type Status = 'live' | 'withdrawn' | 'draft';
const TEXTS = { description: 'Design tool', category: 'Design' };

async function seeded(role: Status, app: 'live' | 'withdrawn' = 'live'): Promise<SmallSite> {
  const site = withFields(new SmallSite());
  await site.seed({ role: { description: 'Edits files.', status: role } });
  const held = await load(site.store, apps, 'app:figma');
  const next = anApp({ ...TEXTS, version: 2, status: app });
  await site.store.transact(putVersioned(apps, next, held?.rev ?? 0));
  return site;
}
const appOf = async (site: SmallSite) => (await load(site.store, apps, 'app:figma'))?.value;
const roleOf = async (site: SmallSite) =>
  (await load(site.store, roles, 'role:figma.editor'))?.value;
const bulk = async (site: SmallSite, given: object) =>
  looked(site, await bulkChange(site.deps(), { name: 'Bulk', ...given }, 'admin'));
const table = async (site: SmallSite, ...lines: string[]) =>
  looked(site, await importTable(site.deps(), { name: 'T', text: lines.join('\n') }, 'admin'));

describe('a bulk change', { tags: ['hostile-import'] }, () => {
  test('of the owner keeps the texts of an app, and a withdrawn one withdrawn', async () => {
    const site = await seeded('withdrawn', 'withdrawn');
    const { set, differences } = await bulk(site, { apps: { ids: ['figma'], owner: 'friend' } });
    expect(differences.map((d) => d.lines)).toEqual([['owner owner → friend']]);
    await applied(site, set);
    expect(await appOf(site)).toMatchObject({ ...TEXTS, owner: 'friend', status: 'withdrawn' });
  });

  test.each<Status>(['live', 'withdrawn', 'draft'])(
    'of the longest window keeps the words of a role, and a %s one as it is',
    async (status) => {
      const site = await seeded(status);
      const { set } = await bulk(site, { roles: { ids: ['figma.editor'], durations: [HOUR] } });
      await applied(site, set);
      const left = { description: 'Edits files.', durations: [HOUR], status };
      expect(await roleOf(site)).toMatchObject(left);
    },
  );

  // Offering again what was taken away lets more people ask: the preview must say so.
  test.each<Status>(['withdrawn', 'draft'])(
    'that offers a %s role says that this is weaker',
    async (status) => {
      const site = await seeded(status, 'withdrawn');
      const { differences } = await bulk(site, {
        apps: { ids: ['figma'], status: 'live' },
        roles: { ids: ['figma.editor'], status: 'live' },
      });
      expect(differences.map((d) => [d.weaker, ...d.lines])).toEqual([
        [true, 'status withdrawn → live, weaker'],
        [true, `status ${status} → live, weaker`],
      ]);
    },
  );
});

describe('a table', { tags: ['hostile-import'] }, () => {
  test('without a description keeps the texts of apps and roles', async () => {
    const site = await seeded('live');
    const { differences } = await table(
      site,
      'App,Role,Directory,Group,Longest window',
      'Figma,Editor,main,g-users,8 hours',
      'Figma,Editor,main,g-editors,8 hours',
    );
    expect(differences.map((d) => d.lines)).toEqual([['longest 24 hours → 8 hours, stricter']]);
  });

  // Groups stand in the directory by their ids: a name kept in their place would lead nowhere.
  test('names the groups of a withdrawn role by their ids, and leaves it withdrawn', async () => {
    const site = await seeded('withdrawn');
    const { set } = await table(site, 'App,Role,Directory,Group', 'Figma,Editor,main,Figma users');
    await applied(site, set);
    const group = { id: 'g-users', name: 'Figma users' };
    expect(await roleOf(site)).toMatchObject({ status: 'withdrawn', groups: [group] });
  });
});

test('a file without the texts of apps and roles leaves them', async () => {
  const site = await seeded('withdrawn', 'withdrawn');
  const file = JSON.parse(await stateOf(site));
  for (const one of [...file.apps, ...file.roles]) {
    delete one.description;
    delete one.category;
  }
  delete file.apps[0].status;
  const text = JSON.stringify(file);
  const { set, differences } = await looked(
    site,
    await importFile(site.deps(), { name: 'F', text }, 'admin'),
  );
  expect([set.state, differences]).toEqual(['ready', []]);
});
