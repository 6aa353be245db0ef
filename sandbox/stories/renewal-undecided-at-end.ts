import { press, renewal } from './kit/my-access';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const renewalUndecidedAtEnd: Story = {
  name: 'renewal-undecided-at-end',
  promise:
    'A renewal that nobody has decided extends nothing: the person is told so early, and the access ends at its time.',
  async run(play) {
    const { tale } = play;
    const first = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    await play.pass('15m');
    const second = await renewal(play, first, 3600);
    const early = (await second.look()).comments.find((c) => c.byApp && c.public);
    tale.check(
      'at once the person reads that an open renewal keeps nothing',
      /does not extend it as long as it is open/.test(early?.text ?? ''),
      early?.text,
    );
    const again = await press(play, 'requester', 'grants.renew', first, { duration: 3600 });
    tale.check(
      'asking twice files one',
      again.ok && JSON.stringify(again.value).includes(second.key),
      again,
    );
    await play.pass('40m', first);
    const warned = (await first.look()).comments.filter((c) => /^Access ends in/.test(c.headline));
    tale.check(
      'before the end the person reads it once more',
      warned.length === 1 && warned[0]?.text.includes(`${second.key} is not decided yet`) === true,
      warned.map((c) => c.text),
    );
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('8m', first);
    await standsAt(play, first, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    tale.step('manager', 'comes back after the end');
    await second.approve('manager');
    await play.settle(second);
    await standsAt(play, second, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
