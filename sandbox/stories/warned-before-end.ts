import { warningsOn } from './kit/my-access';
import { isMember, isNoMember, nothingInternalShown } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const warnedBeforeEnd: Story = {
  name: 'warned-before-end',
  promise:
    'Whoever has access for six hours is told an hour and ten minutes before its end, once each, and by mail.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const until = (await ticket.look()).property?.['until'];
    const mark = await play.mark();
    await play.pass('4h55m', ticket);
    tale.check('nobody is told five hours early', (await warningsOn(ticket)).length === 0);
    await play.pass('10m', ticket);
    tale.check(
      'an hour before the end the person is told',
      (await warningsOn(ticket)).join() === 'Access ends in about 1 hour: Editor in Figma',
      await warningsOn(ticket),
    );
    await play.pass('47m', ticket);
    const told = (await ticket.look()).comments.filter((c) => /^Access ends in/.test(c.headline));
    const before = (Date.parse(String(until)) - Date.parse(told[1]?.at ?? '')) / 60_000;
    tale.check(
      'the second word comes ten minutes before it, and no later than nine',
      told.length === 2 && before <= 10 && before >= 9,
      `${told.length} told, ${before} min`,
    );
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('15m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    tale.check('nobody is told again', (await warningsOn(ticket)).length === 2);
    const requester = await play.jira.accountId('requester');
    const mails = (await play.since(mark)).calls.filter((c) => /\/notify$/.test(c.path));
    tale.check(
      'each word went out as one mail to that person alone',
      mails.length === 2 &&
        mails.every((m) => m.requestBody.includes(`"users":[{"accountId":"${requester}"}]`)),
      mails.map((m) => m.requestBody),
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
