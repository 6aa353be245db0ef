/** What one part of the configuration says about another: test groups, names of roles, guarded groups. */
import { describe, expect, test } from 'vitest';
import { saveRole } from '../../src/catalog/edit';
import { importFile } from '../../src/catalog/import-file';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { saveSite } from '../../src/catalog/site';
import { intake } from '../../src/requests/intake';
import { HOUR } from '../../src/shared/instant';
import { answered, applied, looked, stateOf, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

type Given = Parameters<typeof saveRole>[1];
const viewer = (over: Partial<Given> = {}): Given => ({
  app: 'figma',
  key: 'viewer',
  name: 'Viewer',
  description: '',
  risk: 'sensitive',
  status: 'live',
  connection: 'main',
  groups: ['g-other'],
  durations: [HOUR],
  permanent: false,
  approver: { kind: 'owner' },
  ...over,
});
async function seeded(over: Parameters<SmallSite['seed']>[0] = {}): Promise<SmallSite> {
  const site = withFields(new SmallSite());
  await site.seed(over);
  return site;
}
const send = async (site: SmallSite, change: (file: ReturnType<typeof JSON.parse>) => void) => {
  const file = JSON.parse(await stateOf(site));
  change(file);
  const text = JSON.stringify(file);
  return looked(site, await importFile(site.deps(), { name: 'F', text }, 'admin'));
};

// The self-test puts somebody in and out: with a group of a role it would give and take access.
describe('the test group of a connection', { tags: ['hostile-import'] }, () => {
  test('is not entered by a file if a role gives it', async () => {
    const test = { group: 'g-users', person: 'person-9' };
    const { set, problems } = await send(await seeded(), (file) => {
      file.connections[0].test = test;
    });
    expect([set.state, problems.map((p) => p.at)]).toEqual(['refused', ['connections[0].test']]);
  });

  test('is given by no role', async () => {
    const site = await seeded({
      connection: { test: { group: 'g-other', person: 'person-9' } },
    } as never);
    expect(await saveRole(site.deps(), viewer(), 'admin')).toMatchObject({
      ok: false,
      problem: { check: 'test-group-free' },
    });
    const { problems } = await send(site, (file) => {
      file.roles[0].groups = [{ id: 'g-other', name: 'Other group' }];
    });
    expect(problems).toHaveLength(1);
  });
});

test('a second role of an app with the same name is refused', async () => {
  const site = await seeded();
  expect(await saveRole(site.deps(), viewer({ name: 'editor ' }), 'admin')).toMatchObject({
    ok: false,
    problem: { check: 'role-name-free', sentence: expect.stringContaining('figma.editor') },
  });
  answered(await saveRole(site.deps(), viewer(), 'admin'));
  answered(await saveRole(site.deps(), viewer({ durations: [2 * HOUR] }), 'admin'));
});

describe('guarded groups', () => {
  const guardedGroups = [{ connection: 'main', group: 'g-users' }];

  test('keep a role from being given at once, not from the next night on', async () => {
    const site = await seeded();
    answered(
      await saveSite(site.deps(), { timeZone: 'UTC', paused: false, guardedGroups }, 'admin'),
    );
    await site.run(120);
    const panel = { app: 'figma', role: 'figma.editor', duration: HOUR };
    const issue = site.jira.add({ panel });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    expect((await site.request(issue.id)).state).not.toBe('waiting');
  });

  test('stay as they are with a file that does not name them', async () => {
    const site = await seeded();
    const held = await loadSettings(site.store);
    const groups = [{ connection: 'main', group: 'g-x' }];
    await site.store.transact([putSettings({ ...held.value, guardedGroups: groups }, held.rev)]);
    const { set, differences } = await send(site, (file) => {
      delete file.settings.guardedGroups;
      file.bindings = [];
    });
    expect(differences.map((d) => [d.weaker, ...d.lines])).toEqual([
      [true, 'binding it taken out, weaker'],
    ]);
    await applied(site, set);
    expect((await loadSettings(site.store)).value.guardedGroups).toEqual(groups);
  });
});
