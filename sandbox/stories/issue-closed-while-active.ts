import { endedOnTime, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const issueClosedWhileActive: Story = {
  name: 'issue-closed-while-active',
  promise: 'Closing the issue by hand neither ends the access early nor keeps it past its end.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const until = (await ticket.look()).property?.['until'];
    await ticket.move('agent', 'Access ended');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'active' });
    await play.pass('5h50m');
    await isMember(play, play.okta, GROUPS, 'requester');
    const end = await play.mark();
    await play.pass('15m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(end);
    tale.check('one call took it away', removals.length === 1, removals.length);
    endedOnTime(play, removals[0], until);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    const { comments } = await ticket.look();
    tale.check(
      'the issue says once that it ended',
      comments.filter((c) => c.public && /^Access ended/.test(c.headline)).length === 1,
      comments.map((c) => c.headline),
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
