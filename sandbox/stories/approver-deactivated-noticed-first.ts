import { isAsked } from './kit/covers';
import { findingsOf } from './kit/findings';
import { answersFive, isMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const SALES = {
  app: 'Salesforce',
  role: 'Sales user',
  duration: 'permanent',
  reason: 'New in Sales',
};

export const approverDeactivatedNoticedFirst: Story = {
  name: 'approver-deactivated-noticed-first',
  promise:
    'An approver who leaves is noticed by the next morning: what waits for them goes to the next in line, and IT reads where they are still named.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play, { wish: SALES });
    await isAsked(play, ticket, 'named');
    tale.step('an administrator of the company', 'deactivates the account of the named approver');
    await play.control.post('accounts', { person: 'named', what: 'deactivated' });
    // The next night's work, whatever the hour the story begins at.
    await play.pass('25h', ticket);
    const owner = await play.jira.accountId('owner');
    const deciders = await ticket.deciders();
    tale.check('the owner is asked instead', deciders.join() === owner, deciders);
    const listed = await findingsOf(play, 'decider-gone');
    const named = await play.jira.accountId('named');
    const one = listed.find(({ accountId }) => accountId === named);
    tale.check(
      'IT reads where the approver is still named, without a name',
      /Sales user in Salesforce/.test(one?.sentence ?? '') &&
        !/Falkenberg|Nora|@/.test(JSON.stringify(listed)),
      listed,
    );
    const seen = await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    tale.check(
      'the requester reads that somebody else is asked',
      seen.comments.some((c) => c.public && /no active account any more/.test(c.text)),
      seen.comments.map((c) => c.text),
    );
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
    await isMember(play, play.entra, ['salesforce-users'], 'requester');

    const next = await play.file('friend', SALES);
    answersFive(play, await next.look(), [/because the person named for it has no active account/]);
    await isAsked(play, next, 'owner');
    await nothingInternalShown(play, ticket, 'requester');
  },
};
