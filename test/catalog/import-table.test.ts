/** Apps and roles from a spreadsheet: everything wrong is told at once, and one wrong row saves nothing. */
import { describe, expect, test } from 'vitest';
import { importTable } from '../../src/catalog/import-table';
import { roles } from '../../src/catalog/store';
import { DAY, HOUR } from '../../src/shared/instant';
import { find } from '../../src/shared/record';
import { applied, looked, stateOf, undone, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

const HEAD = 'App,Description,Owner,Role,Directory,Group,Approver,Longest window';

async function seeded(): Promise<SmallSite> {
  const site = withFields(new SmallSite());
  await site.seed();
  const group = (id: string, name: string, over: object = {}) =>
    site.directory.groups.set(id, { id, name, writable: true, privileged: false, ...over });
  group('g-miro', 'Miro users');
  group('g-twin-1', 'Twins');
  group('g-twin-2', 'Twins');
  group('g-rights', 'Rights', { privileged: true });
  return site;
}
const send = (site: SmallSite, text: string) =>
  importTable(site.deps(), { name: 'Catalog', text }, 'admin');
const read = async (site: SmallSite, ...rows: string[]) =>
  looked(site, await send(site, [HEAD, ...rows].join('\n')));
const told = async (...rows: string[]) => {
  const { problems, set } = await read(await seeded(), ...rows);
  expect(set.state).toBe('refused');
  return problems.map(({ at, sentence }) => `${at}: ${sentence}`);
};
const GOOD = 'Miro,Boards,owner,Member,main,Miro users,manager,30 days';

describe('a table', () => {
  test('is shown, applied and undone', async () => {
    const site = await seeded();
    const before = await stateOf(site);
    const { set, differences } = await read(
      site,
      GOOD,
      'Miro,,,Member,main,g-other,,',
      'Figma,,,Editor,main,g-users,approver@latchkey-demo.example,3 days',
    );
    expect(differences.map(({ title, lines }) => [title, ...lines])).toEqual([
      ['App Miro', 'new'],
      [
        'Role Member (miro.member)',
        'new',
        'gives Miro users, Other group',
        'risk sensitive',
        'longest 30 days',
        'decided by the manager',
      ],
      [
        'Role Editor (figma.editor)',
        'longest 24 hours → 3 days, weaker',
        'no longer gives Figma editors',
      ],
    ]);
    expect((await applied(site, set)).set.state).toBe('applied');
    const { found } = await find(site.store, roles, {
      index: 'by-kind',
      partition: ['role', 'live'],
      limit: 100,
    });
    const member = found.map((held) => held.value).find((role) => role.id === 'miro.member');
    expect(member).toMatchObject({
      durations: [8 * HOUR, DAY, 7 * DAY, 30 * DAY],
      risk: 'sensitive',
    });
    await undone(site, set);
    expect(await stateOf(site)).toBe(before);
  });

  test('may have its columns in any order and case, with semicolons and a byte-order mark', async () => {
    const site = await seeded();
    const text =
      '\uFEFFGROUP;role;directory;LONGEST_WINDOW;app;Owner\r\nMiro users;Member;main;8h;Miro;owner\r\n';
    expect((await looked(site, await send(site, text))).set).toMatchObject({
      state: 'ready',
      problems: 0,
    });
  });

  test('tells every wrong row and column at once', { tags: ['hostile-import'] }, async () => {
    expect(
      await told(
        '=cmd(),,owner,Member,main,Miro users,,8h',
        'Miro,,nobody@latchkey-demo.example,Member,main,Miro users,,8h',
        'Zoom,,owner,Host,main,No such group,,8h',
        'Zoom,,owner,Twin,main,Twins,,8h',
        'Zoom,,owner,Elsewhere,other,Miro users,,8h',
        'Zoom,,owner,Long,main,Miro users,,2 years',
        'Zoom,,owner,Rights,main,Rights,,8h',
        'Zoom,,owner,,main,Miro users,,8h',
        'Zoom,,approver,Short,main,Miro users,,8h',
      ),
    ).toEqual([
      'row 2, column "app": A cell may not begin with =, +, - or @: a spreadsheet would run it.',
      'row 3, column "owner": Jira has no single active account with exactly this e-mail address. Use the account id.',
      'row 7, column "longest window": Say a length of time as "8 hours" or "30 days", or "permanent"; 5 minutes to 366 days.',
      'row 9, column "role": This cell is empty.',
      'row 10, column "owner": Another row says something else about Zoom.',
      'row 4, column "group": The directory has no group with the id or exactly the name "No such group".',
      'row 5, column "group": More than one group is called "Twins", or too many begin like that to be sure.',
      'row 6, column "directory": There is no connection "other".',
      'row 8, column "group": The group Rights carries administrator rights in the directory.',
    ]);
  });

  test('with one wrong row saves nothing', { tags: ['hostile-import'] }, async () => {
    const site = await seeded();
    const before = await stateOf(site);
    const { set } = await read(site, GOOD, 'Zoom,,owner,Host,main,No such group,,8h');
    expect(set.state).toBe('refused');
    expect(await stateOf(site)).toBe(before);
  });

  test.each<[string, string, string]>([
    ['without a column it needs', 'App,Role\nMiro,Member', 'table-columns'],
    ['with a column of its own', `${HEAD},Password\n${GOOD},x`, 'table-columns'],
    ['with a column twice', `${HEAD},app\n${GOOD},x`, 'table-columns'],
    ['without rows', HEAD, 'table-rows'],
    [
      'with too many rows',
      [HEAD, ...Array.from({ length: 2001 }, () => GOOD)].join('\n'),
      'table-rows',
    ],
    ['with an open quotation mark', `${HEAD}\n"Miro,Boards`, 'table-form'],
    ['that is too large', `${HEAD}\n${'x'.repeat(500_001)}`, 'table-size'],
  ])('%s is refused', { tags: ['hostile-import'] }, async (_, text, check) => {
    expect(await send(await seeded(), text)).toMatchObject({ ok: false, problem: { check } });
  });

  // People type names where an account is meant; the app keeps ids only.
  test.each(['Jane Q. Executive', 'Jane', 'manager'])(
    'that calls its owner "%s" is refused by row, and the name is not kept',
    { tags: ['secret-leaked'] },
    async (name) => {
      const site = await seeded();
      const { set, problems } = await read(
        site,
        `Miro,Boards,${name},Member,main,Miro users,manager,8h`,
        `Miro,Boards,owner,Guest,main,g-other,${name === 'manager' ? 'Jane' : name},8h`,
      );
      expect(set.state).toBe('refused');
      const sentence = expect.stringContaining('a name is not enough');
      expect(problems.slice(0, 2)).toEqual([
        { at: 'row 2, column "owner"', sentence },
        { at: 'row 3, column "approver"', sentence },
      ]);
      const drafts = await site.store.readPlain(`change-set:${set.id}:drafts:0`);
      const all = JSON.stringify([drafts ?? null, problems, site.store.all('config')]);
      expect(all).not.toContain(name === 'manager' ? '"owner":"manager"' : 'Jane');
    },
  );

  test('leaves no e-mail address in the ledger', { tags: ['secret-leaked'] }, async () => {
    const site = await seeded();
    const kept: string[] = [];
    const write = site.store.writePlain.bind(site.store);
    site.store.writePlain = async (key, value) => {
      kept.push(JSON.stringify(value));
      await write(key, value);
    };
    const people =
      'owner@latchkey-demo.example,Member,main,Miro users,approver@latchkey-demo.example';
    const wrong = 'nobody@latchkey-demo.example,Wrong,main,Miro users,,8h';
    await read(site, `Miro,,${people},8h`, `Miro,,${wrong}`);
    expect(kept.length).toBeGreaterThan(0);
    const all = [...kept, JSON.stringify(site.store.all('config')), JSON.stringify(site.log)];
    expect(all.join()).not.toContain('@latchkey-demo');
    expect(kept.join()).toContain('"owner":"owner"');
  });
});
