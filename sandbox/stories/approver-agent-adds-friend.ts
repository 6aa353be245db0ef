import { isAsked } from './kit/covers';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { asked, askedAgain, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const approverAgentAddsFriend: Story = {
  name: 'approver-agent-adds-friend',
  promise:
    'A friend whom an agent adds beside the manager can answer in Jira, and the answer counts for nothing.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play);
    const { email } = await play.person('friend');
    const manager = await play.person('manager');
    tale.step('agent', 'adds the friend to the Approvers field, beside the manager');
    await play.jira.as('agent', 'POST', `/browse/${ticket.key}/approvers`, {
      form: { people: `${manager.email}, ${email}` },
    });
    await play.settle(ticket);
    const friend = await play.jira.accountId('friend');
    const both = await ticket.deciders();
    tale.check('Jira asks both', both.length === 2 && both.includes(friend), both);
    await ticket.approve('friend');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    await askedAgain(play, ticket, /may not decide on this role answered/);
    await isAsked(play, ticket, 'manager');
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
