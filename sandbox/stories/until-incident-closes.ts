import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';
import { ticketsCountOf } from './kit/ticket-projects';

const GROUPS = ['figma-editors'];
const until = (ticket: string) => ({
  app: 'figma',
  role: 'figma.editor',
  duration: 86_400,
  reason: 'The status page needs new pictures',
  ticket,
  untilTicket: true,
});

export const untilIncidentCloses: Story = {
  name: 'until-incident-closes',
  promise:
    'Access until an incident closes ends with it, at once by its event and within the hour without; opening it again gives nothing back.',
  async run(play) {
    const { tale } = play;
    const ask = (incident: string) => asked(play, { panel: until(incident), wish: {} });
    const give = async (ticket: Ticket) => {
      await ticket.approve('manager');
      await play.settle(ticket);
      await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
      await isMember(play, play.okta, GROUPS, 'requester');
    };
    const early = await play.file('requester', {}, { panel: until('INC-1') });
    await standsAt(play, early, { status: 'Needs attention', state: 'attention' });
    await ticketsCountOf(play, 'INC');

    const first = await ask('INC-1');
    await give(first);
    await play.pass('30m');
    tale.step('agent', 'closes INC-1');
    await play.jira.move('agent', 'INC-1', 'Closed');
    await play.settle(first);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const ended = await standsAt(play, first, { status: 'Access ended', state: 'ended' });
    tale.check(
      'the request names the incident',
      /The ticket INC-1 that it was for was closed/.test(ended.comments.at(-1)?.text ?? ''),
      ended.comments.at(-1)?.text,
    );
    tale.step('agent', 'opens INC-1 again');
    await play.jira.move('agent', 'INC-1', 'Work in progress');
    await play.pass('65m', first);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, first, { status: 'Access ended', state: 'ended' });

    const second = await ask('INC-2');
    await give(second);
    tale.step('Jira', 'loses the event of INC-2');
    await play.control.post('faults', { events: { do: 'drop' } });
    await play.jira.move('agent', 'INC-2', 'Closed');
    await play.settle(second);
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('61m', second);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, second, { status: 'Access ended', state: 'ended' });
    await nothingInternalShown(play, first, 'requester');
  },
};
