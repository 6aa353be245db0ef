import { appSaid, isNoMember, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const nobodyDecidesLapses: Story = {
  name: 'nobody-decides-lapses',
  promise:
    'A request that nobody decides for a week is closed, the requester is told a day before, and an approval afterwards opens nothing.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play);
    await play.pass('6d1h', ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await play.pass('1d', ticket);
    await standsAt(play, ticket, { status: 'Withdrawn', state: 'lapsed' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Nobody has decided yet$/,
      /^Closed, because nobody decided in time$/,
    ]);
    const late = await ticket.answer('manager', 'approve');
    tale.check('Jira takes no answer any more', late.status === 409, late.status);
    await play.settle(ticket);
    await nothingChanged(play, before);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const seen = await ticket.seenBy('requester');
    tale.check(
      'the requester reads that asking again is possible',
      /ask again/.test(seen.text),
      seen.comments,
    );
  },
};
