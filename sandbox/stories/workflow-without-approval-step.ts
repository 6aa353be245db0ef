import { cardOf, decide } from './kit/card';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { bindProject, IT_STATUSES } from './kit/set-up';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const workflowWithoutApprovalStep: Story = {
  name: 'workflow-without-approval-step',
  promise:
    'In a workflow without approvals the card decides and the app moves the issue on; whoever moves it by hand has decided nothing.',
  async run(play) {
    const { tale } = play;
    await bindProject(play, play.jira, 'OWN', IT_STATUSES, {}, () => ({ approval: 'app' }));
    const ticket = await play.file('requester', EDITOR, { project: 'OWN' });
    const waiting = { status: 'Waiting for approval', resolution: null, state: 'waiting' } as const;
    await standsAt(play, ticket, waiting);
    const before = await cardOf(play, ticket, 'manager', 'request-access');

    await ticket.move('agent', 'Approve');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, waiting);

    const card = await cardOf(play, ticket, 'manager', 'request-access');
    tale.check('it is another round', card.round === before.round + 1, card.round);
    const yes = { digest: card.digest, decision: 'approve' };
    const stranger = await decide(play, ticket, { as: 'agent', more: yes });
    tale.check('nobody else answers', stranger !== 'taken', stranger);
    const done = await decide(play, ticket, {
      as: 'manager',
      module: 'request-access',
      more: yes,
    });
    tale.check('the manager’s answer is taken', done === 'taken', done);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    tale.check('Jira was never asked', (await ticket.approvals()).length === 0);
  },
};
