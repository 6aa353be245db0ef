import { isFound, isRed, isSettled, neverGranted, readAgain, resumed, says } from './kit/findings';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const groupBecamePrivileged: Story = {
  name: 'group-became-privileged',
  promise:
    'A group that is given an administrator role leads nobody there, whatever was approved; what ends is removed as soon as the directory lets it, and without the rights all goes on.',
  async run(play) {
    const { tale } = play;
    const carries = async (kind: 'privileged' | 'plain', what: string) => {
      tale.step("Okta's administrator", what);
      await play.control.post('groups', { directory: 'okta', group: 'figma-editors', kind });
      await readAgain(play, 'okta', { whole: true });
    };
    const running = await granted(play);
    const waiting = await asked(play, { who: 'friend' });
    await carries('privileged', 'gives figma-editors an administrator role');
    await isFound(play, 'group-privileged', /"Figma Editors" carries administrator rights/);
    await isRed(play, 'figma.editor', 'group-privileged');
    await isRed(play, 'statuspage.editor', 'group-privileged');

    const before = await play.mark();
    const refused = await play.file('requester', {
      app: 'Statuspage',
      role: 'Editor',
      duration: '1 hour',
      reason: 'Incident texts',
    });
    await standsAt(play, refused, { status: 'Needs attention', state: 'attention' });
    await says(play, refused, /IT has to look at this role first/);
    tale.check('nobody is asked', (await refused.approvals()).length === 0);
    await waiting.approve('manager');
    await play.settle(waiting);
    await standsAt(play, waiting, { status: 'Needs attention', state: 'attention' });
    await says(play, waiting, /IT has to look at this role first/);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await nothingChanged(play, before);
    await nothingInternalShown(play, waiting, 'friend');

    await play.pass('6h', running);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, running, { status: 'Access granted', state: 'stuck' });
    await says(play, running, /^The end of Editor in Figma is delayed/);
    await neverGranted(play, refused);
    await neverGranted(play, waiting);

    await carries('plain', 'takes the administrator role away again');
    await isSettled(play, 'group-privileged');
    await isRed(play, 'figma.editor');
    await play.pass('10m', running);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, running, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await resumed(play, waiting);
    await standsAt(play, waiting, { status: 'Waiting for approval', state: 'waiting' });
    await waiting.approve('manager');
    await play.settle(waiting);
    await standsAt(play, waiting, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    await isMember(play, play.okta, GROUPS, 'friend');
  },
};
