import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { bindProject, connectOkta, IT_STATUSES, offerFigmaEditor } from './kit/set-up';
import { asked, EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const SECOND = { site: 'second' } as const;

export const twoSitesOneProcess: Story = {
  name: 'two-sites-one-process',
  promise: 'Two sites that one warm process serves at the same time see nothing of each other.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'installs the app on a second site');
    await play.control.post('install', SECOND);
    await play.control.settle();
    const nothing = await play.admin('connections.list', {}, 'admin', SECOND);
    tale.check(
      'the second site starts without the connections of the first',
      nothing.ok && !JSON.stringify(nothing.value).includes('okta'),
      nothing,
    );
    await connectOkta(play, SECOND);
    await offerFigmaEditor(play, SECOND);
    await bindProject(play, play.secondJira, 'IT', IT_STATUSES, SECOND);

    const starts = (await play.control.state()).workerStarts;
    const here = await asked(play);
    const there = await asked(play, {
      who: 'friend',
      wish: { ...EDITOR, duration: '1 hour' },
      site: play.secondJira,
    });
    await here.approve('manager');
    await there.approve('manager');
    await play.settle(here);
    await there.tell();
    await isMember(play, play.okta, GROUPS, 'requester');
    await isMember(play, play.okta, GROUPS, 'friend');
    tale.check(
      'one process served both',
      (await play.control.state()).workerStarts === starts,
      (await play.control.state()).workerStarts,
    );
    const ledgers = [await play.control.ledger('main'), await play.control.ledger('second')];
    const people = [await play.jira.accountId('requester'), await play.jira.accountId('friend')];
    tale.check(
      'each ledger knows its own request and its own person',
      ledgers[0]?.includes(people[0] ?? '?') === true &&
        ledgers[0]?.includes(people[1] ?? '?') === false &&
        ledgers[1]?.includes(people[1] ?? '?') === true &&
        ledgers[1]?.includes(people[0] ?? '?') === false,
    );
    // Both issues may bear the same id: each site answers for its own.
    const seenHere = JSON.stringify(await play.ledger(there));
    tale.check(
      "under the other request's id the first site shows nothing of the second",
      !seenHere?.includes(people[1] ?? '?'),
      seenHere,
    );
    const mine = await play.ledger(here);
    const theirs = await play.ledger(there, SECOND);
    tale.check(
      'both evidence chains are whole',
      mine?.chain === 'whole' && theirs?.chain === 'whole',
      [mine?.chain, theirs?.chain],
    );
    const calls = (await play.control.traffic()).invocations;
    tale.check(
      'functions ran for both sites',
      ['main', 'second'].every((site) => calls.some((c) => c.site === site)),
    );

    await play.pass('1h5m', there);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, there, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await play.pass('5h5m', here);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, here, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await nothingInternalShown(play, here, 'requester');
    await nothingInternalShown(play, there, 'friend');
  },
};
