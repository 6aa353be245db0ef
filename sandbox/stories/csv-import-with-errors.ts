import { carriedOut, exported, previewed } from './kit/changes';
import { says } from './kit/findings';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const HEADER = 'App;Owner;Role;Directory;Group;Approver;Longest window';
const WRITER = {
  app: 'Miro',
  role: 'Writer',
  duration: '1 hour',
  reason: 'Workshop with the sales team',
};

export const csvImportWithErrors: Story = {
  name: 'csv-import-with-errors',
  promise:
    'A table with wrong rows saves nothing and names every error by row and column; mended, it becomes roles that people are given, and goes away again whole.',
  async run(play) {
    const { tale } = play;
    const { email } = await play.person('owner');
    const good = `Miro;${email};Writer;okta;Figma Viewers;manager;1 hour`;
    const before = await exported(play);
    tale.step('admin', 'imports a table with six wrong rows and a good one');
    const wrong = await previewed(play, 'import.csv', {
      name: 'Design tools',
      text: [
        HEADER,
        good,
        `Miro;${email};Reader;okta;Figma Watchers;manager;8 hours`,
        `Zeplin;nobody@latchkey-demo.example;Reader;okta;Figma Viewers;manager;8 hours`,
        `Sketch;${email};Reader;okta;Figma Viewers;manager;for ever`,
        `=HYPERLINK("https://evil.example");${email};Reader;okta;Figma Viewers;manager;8 hours`,
        `Framer;${email};Reader;ldap;Figma Viewers;manager;8 hours`,
        `Abstract;${email};Reader;okta;Figma Viewers;somebody;8 hours`,
      ].join('\r\n'),
    });
    tale.check('it is refused', wrong.set.state === 'refused', wrong.set.state);
    const expected: readonly (readonly [string, RegExp])[] = [
      ['row 3, column "group"', /Figma Watchers/],
      ['row 4, column "owner"', /no single active account/],
      ['row 5, column "longest window"', /Say a length of time/],
      ['row 6, column "app"', /may not begin with =/],
      ['row 7, column "directory"', /ldap/],
      ['row 8, column "approver"', /account id|e-mail|manager/],
    ];
    for (const [at, words] of expected)
      tale.check(
        `${at}: ${words.source}`,
        wrong.problems.some((one) => one.at === at && words.test(one.sentence)),
        wrong.problems,
      );
    tale.check(
      'nothing is said of the row that is right',
      wrong.problems.every(({ at }) => !/^row [12]\b/.test(at)),
      wrong.problems,
    );
    const forced = await play.admin('changes.apply', { id: wrong.set.id });
    tale.check('it cannot be applied', !forced.ok, forced);
    tale.check('nothing was saved', (await exported(play)) === before);

    tale.step('admin', 'imports the table without the wrong rows');
    const right = await previewed(play, 'import.csv', {
      name: 'Design tools',
      text: `${HEADER}\n${good}\n`,
    });
    const told = right.differences.map(({ title, lines }) => `${title}: ${lines.join('; ')}`);
    tale.check(
      'the preview says in words what it makes',
      right.set.state === 'ready' &&
        told.length === 2 &&
        told.some((line) => /Miro.*new/.test(line)) &&
        told.some((line) => /Writer.*gives Figma Viewers.*1 hour.*manager/.test(line)),
      told,
    );
    tale.check('previewing saved nothing', (await exported(play)) === before);
    await carriedOut(play, right, 'apply');
    const ticket = await granted(play, { wish: WRITER });
    await isMember(play, play.okta, ['figma-viewers'], 'requester');

    await carriedOut(play, right, 'undo');
    tale.check('the catalog is as it was', (await exported(play)) === before);
    const late = await play.file('friend', WRITER);
    await says(play, late, /not offered any more/);
    tale.check('nobody is asked for a role that is gone', (await late.approvals()).length === 0);
    await play.pass('1h10m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isNoMember(play, play.okta, ['figma-viewers'], 'requester');
    await nothingInternalShown(play, ticket, 'requester');
  },
};
