import { renewal, warningsOn } from './kit/my-access';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const renewBeforeEnd: Story = {
  name: 'renew-before-end',
  promise:
    'A renewal that is approved before the end carries on without a gap: the directory is not touched until the last of both is over.',
  async run(play) {
    const { tale } = play;
    const first = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    await play.pass('20m');
    const mark = await play.mark();
    const second = await renewal(play, first, 3600);
    await standsAt(play, second, { status: 'Waiting for approval', state: 'waiting' });
    const asked = await second.deciders();
    tale.check(
      'the same manager decides on it',
      asked.join() === (await play.jira.accountId('manager')),
      asked,
    );
    const links = (await first.look()).fields['issuelinks'];
    tale.check(
      'it is linked with the first request',
      JSON.stringify(links ?? []).includes(second.key),
      links,
    );
    await second.approve('manager');
    await play.settle(second);
    await standsAt(play, second, { status: 'Access granted', state: 'active' });
    await play.pass('45m', first);
    await standsAt(play, first, { status: 'Access ended', state: 'ended' });
    tale.check(
      'whoever has renewed is not warned of the first end',
      (await warningsOn(first)).length === 0,
      await warningsOn(first),
    );
    await isMember(play, play.okta, GROUPS, 'requester');
    const between = await play.changes(mark);
    tale.check(
      'nobody was taken out or put in meanwhile',
      between.every((c) => c.method !== 'DELETE'),
      between.map((c) => `${c.method} ${c.path}`),
    );
    await play.pass('25m', second);
    await standsAt(play, second, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingInternalShown(play, first, 'requester');
    await nothingInternalShown(play, second, 'requester');
  },
};
