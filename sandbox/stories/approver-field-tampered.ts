import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, askedAgain, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const approverFieldTampered: Story = {
  name: 'approver-field-tampered',
  promise:
    'A friend who was put into the Approvers field approves for nothing; a new round asks the manager.',
  async run(play) {
    const before = await play.mark();
    const ticket = await asked(play);
    play.tale.step('agent', 'puts the friend into the Approvers field');
    const { email } = await play.person('friend');
    await play.jira.as('agent', 'POST', `/browse/${ticket.key}/approvers`, {
      form: { people: email },
    });
    await play.settle(ticket);
    const friend = await play.jira.accountId('friend');
    play.tale.check('Jira now asks the friend', (await ticket.deciders()).includes(friend));
    await ticket.approve('friend');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    await askedAgain(play, ticket, /may not decide on this role answered/);
    await nothingInternalShown(play, ticket, 'requester');
    const { comments } = await ticket.look();
    play.tale.check(
      'the service team reads which check refused',
      comments.some((c) => !c.public && /check "decider-permitted"/.test(c.headline)),
      comments.map((c) => c.headline),
    );
    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
  },
};
