import { ask, cardOf, mailsTo } from './kit/card';
import { isMember, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const QUESTION = 'Would the viewer role do?';

export const askedBackKeepsPlace: Story = {
  name: 'asked-back-keeps-place',
  promise:
    'An approver asks the requester something; the request keeps its place, nobody is reminded meanwhile, and the answer brings it back.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play);
    const before = await cardOf(play, ticket, 'manager', 'request-access');
    const question = {
      fn: 'approval.ask',
      module: 'request-access',
      more: { question: QUESTION },
    } as const;
    const stranger = await ask(play, ticket, { ...question, as: 'friend' });
    tale.check(
      'somebody who is not asked cannot ask either',
      !stranger.ok && stranger.problem.check === 'request-yours',
      stranger,
    );
    const put = await ask(play, ticket, { ...question, as: 'manager' });
    tale.step('manager', `asks: ${QUESTION}`);
    tale.check('the question is taken', put.ok, put);
    await play.settle(ticket);
    const seen = await ticket.seenBy('requester');
    tale.check('the requester reads the question', seen.text.includes(QUESTION), seen.comments);
    // Whatever day it is: two working days lie in it.
    await play.pass('4d');
    const quiet = await mailsTo(play, 'manager', ticket);
    tale.check('nobody is reminded while it is open', quiet.length === 0, quiet);

    await ticket.say('requester', 'No, I have to change the files.');
    await play.settle(ticket);
    const told = await mailsTo(play, 'manager', ticket);
    tale.check(
      'the manager is told that it was answered',
      told.length === 1 && /question was answered/.test(told[0]?.subject ?? ''),
      told,
    );
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    const after = await cardOf(play, ticket, 'manager', 'request-access');
    tale.check(
      'what is decided on is what it was',
      after.digest === before.digest && after.round === before.round,
      [before.round, after.round],
    );
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
