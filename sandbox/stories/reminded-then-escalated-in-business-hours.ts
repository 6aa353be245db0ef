import { mailsTo } from './kit/card';
import { isMember, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';
import { oneAfternoon } from './kit/weekday';

const GROUPS = ['figma-editors'];

export const remindedThenEscalated: Story = {
  name: 'reminded-then-escalated-in-business-hours',
  promise:
    'A manager who does not answer is reminded after four working hours, not at night; after eight the owner of the app is asked as well.',
  async run(play) {
    const { tale } = play;
    await oneAfternoon(play);
    const ticket = await asked(play);
    // It is after two: the working day ends at five, and goes on at nine.
    await play.pass('16h');
    const night = await mailsTo(play, 'manager', ticket);
    tale.check('nobody is reminded at night', night.length === 0, night);
    await play.pass('5h');
    const morning = await mailsTo(play, 'manager', ticket);
    tale.check(
      'the manager is reminded once in the morning',
      morning.length === 1 && /waits for your decision/.test(morning[0]?.subject ?? ''),
      morning,
    );
    const alone = await ticket.deciders();
    const manager = await play.jira.accountId('manager');
    tale.check('nobody else is asked yet', alone.join() === manager, alone);
    await play.pass('4h', ticket);
    const owner = await play.jira.accountId('owner');
    const both = await ticket.deciders();
    tale.check(
      'after eight working hours Jira asks the owner too',
      both.join() === `${manager},${owner}`,
      both,
    );
    const mails = await mailsTo(play, 'owner', ticket);
    tale.check('who is told by mail', mails.length === 1, mails);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
