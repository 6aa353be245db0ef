import { endedOnTime, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const overlappingGrants: Story = {
  name: 'overlapping-grants',
  promise:
    'Two roles that share a group hold one membership: the first end leaves it, the last one takes it.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const short = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    const long = await granted(play, {
      wish: {
        app: 'Statuspage',
        role: 'Editor',
        duration: '6 hours',
        reason: 'On call this week',
      },
    });
    const adds = await play.changes(before);
    tale.check('one call added the membership', adds.length === 1, adds.length);
    const second = (await long.look()).comments.find((c) => !c.public && /Granted/.test(c.text));
    tale.check(
      'the second grant knows that the membership is ours',
      /was not a member before/.test(second?.text ?? ''),
      second?.text,
    );
    const first = await play.mark();
    await play.pass('1h5m', short);
    await standsAt(play, short, { status: 'Access ended', state: 'ended' });
    await isMember(play, play.okta, GROUPS, 'requester');
    tale.check('the first end changed nothing', (await play.changes(first)).length === 0);
    const ended = (await short.look()).comments.filter((c) => c.public).at(-1);
    tale.check(
      'it says that another access still needs it',
      /another access still needs it/.test(ended?.text ?? ''),
      ended?.text,
    );
    const until = (await long.look()).property?.['until'];
    const last = await play.mark();
    await play.pass('5h10m', long);
    await standsAt(play, long, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(last);
    tale.check('the last end removed it', removals.length === 1, removals.length);
    endedOnTime(play, removals[0], until);
    await nothingInternalShown(play, short, 'requester');
    await nothingInternalShown(play, long, 'requester');
  },
};
