import { appSaid, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const answeredBeforePin: Story = {
  name: 'answered-before-pin',
  promise:
    'Where Jira asks before the app has read the request, an early answer counts for nothing, and the issue says so.',
  async run(play) {
    const before = await play.mark();
    const ticket = await play.fileOnly('requester', EDITOR, { project: 'HELP' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    const said = await appSaid(play, ticket, 'public', [/^Waiting for approval/]);
    play.tale.check(
      'it says that the early answer cannot count',
      /cannot count/.test(said[0]?.text ?? ''),
      said[0]?.text,
    );
    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Resolved', resolution: 'Done', state: 'active' });
    await play.pass('6h10m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Resolved', resolution: 'Done', state: 'ended' });
    await nothingInternalShown(play, ticket, 'requester');
  },
};
