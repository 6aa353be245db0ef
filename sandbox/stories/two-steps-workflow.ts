import { isMember, isNoMember, standsAt } from './kit/promises';
import { asks, bindTwoSteps, offerInTwoStages, waysKnown } from './kit/stages';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const twoStepsWorkflow: Story = {
  name: 'two-steps-workflow',
  promise:
    'Where the workflow has a step for each, Jira moves on by itself and each step asks its own person; who is quick and answers both decides only their own.',
  async run(play) {
    await waysKnown(play, ['IT', 'HELP']);
    await bindTwoSteps(play);
    await offerInTwoStages(play);
    const ticket = await play.file('requester', EDITOR, { project: 'TWO' });
    await asks(play, ticket, { who: 'manager', status: 'Waiting for manager' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await asks(play, ticket, { who: 'owner', status: 'Waiting for owner' });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');

    // Until the app has set the people of the second step, Jira asks those of the first.
    const quick = await play.file(
      'requester',
      { ...EDITOR, duration: '1 hour' },
      { project: 'TWO' },
    );
    await quick.approve('manager');
    await quick.answer('manager', 'approve');
    await play.settle(quick);
    const { comments, status } = await quick.look();
    const given = comments.some((c) => c.byApp && /^Access granted/.test(c.headline));
    play.tale.check('the manager’s two answers are one decision', !given, status);
    const [decider] = await quick.deciders();
    const owner = await play.jira.accountId('owner');
    play.tale.check('the owner is asked', decider === owner, { decider, status });
  },
};
