import { appSaid, isMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const eventNeverCame: Story = {
  name: 'event-never-came',
  promise: 'A request, and an approval, whose event never came are found by looking.',
  async run(play) {
    play.tale.step('Jira', 'loses every event');
    await play.control.post('faults', { events: { do: 'drop' } });
    const ticket = await play.file('requester', EDITOR);
    await standsAt(play, ticket, { status: 'New' });
    await play.pass('16m', ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Approved' });
    await play.pass('16m', ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await appSaid(play, ticket, 'public', [/^Waiting for approval$/, /^Access granted: /]);
    await nothingInternalShown(play, ticket, 'requester');
  },
};
