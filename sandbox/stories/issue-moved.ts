import { endedOnTime, isMember, isNoMember } from './kit/promises';
import { asked, granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

const GROUPS = ['figma-editors'];

export const issueMoved: Story = {
  name: 'issue-moved',
  promise:
    'Moving the issue to another project voids an approval that is not yet carried out, and changes nothing about the end of what is.',
  async run(play) {
    const { tale } = play;
    const move = async (ticket: Ticket) => {
      tale.step('agent', `moves ${ticket.key} to another project`);
      await play.jira.as('agent', 'POST', `/browse/${ticket.key}/move`, {
        form: { project: 'HELP' },
      });
    };
    const active = await granted(play);
    const until = (await active.look()).property?.['until'];
    await move(active);
    await play.settle(active);

    const before = await play.mark();
    const open = await asked(play, { who: 'friend' });
    await open.approve('manager');
    await move(open);
    await play.settle(open);
    await play.pass('30m', open);
    await nothingChanged(play, before);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    const seen = await open.look();
    tale.check(
      'nothing says that access was granted',
      !seen.comments.some((c) => /granted/i.test(c.headline)) &&
        seen.property?.['state'] !== 'active',
      seen.comments.map((c) => c.headline),
    );

    await play.pass('5h20m');
    await isMember(play, play.okta, GROUPS, 'requester');
    const end = await play.mark();
    await play.pass('15m', active);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    endedOnTime(play, (await play.changes(end))[0], until);
    const ended = (await active.look()).comments.filter((c) => /^Access ended/.test(c.headline));
    tale.check('the issue says once, where it is now, that the access ended', ended.length === 1);
  },
};
