import { endedOnTime, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const licenceInactive: Story = {
  name: 'licence-inactive',
  promise: 'Without a licence nothing new is given, and what was given still ends on time.',
  async run(play) {
    const { tale } = play;
    const running = await granted(play);
    const until = (await running.look()).property?.['until'];
    tale.step('Atlassian', "says that the app's licence is not active");
    await play.control.post('licence', { licence: 'inactive' });
    const mark = await play.mark();
    const refused = await asked(play, { who: 'friend' });
    await refused.approve('manager');
    await play.settle(refused);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await standsAt(play, refused, {
      status: 'Needs attention',
      resolution: null,
      state: 'attention',
    });
    const said = (await refused.look()).comments.filter((c) => c.public && c.byApp).at(-1);
    tale.check(
      'it says that the licence is the reason',
      /licence on this site is not active/.test(said?.text ?? ''),
      said?.text,
    );
    tale.check('nothing was given', (await play.changes(mark)).length === 0);
    await nothingInternalShown(play, refused, 'friend');

    await play.pass('5h50m');
    const end = await play.mark();
    await play.pass('15m', running);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    endedOnTime(play, (await play.changes(end))[0], until);
    await standsAt(play, running, { status: 'Access ended', resolution: 'Done', state: 'ended' });

    tale.step('the company', 'renews the licence; IT presses Resume');
    await play.control.post('licence', { licence: 'active' });
    const resumed = await play.admin('requests.resume', { issueId: refused.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(refused);
    await standsAt(play, refused, { status: 'Waiting for approval', state: 'waiting' });
    await refused.approve('manager');
    await play.settle(refused);
    await isMember(play, play.okta, GROUPS, 'friend');
  },
};
