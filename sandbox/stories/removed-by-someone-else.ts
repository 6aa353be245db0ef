import { appSaid, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const removedBySomeoneElse: Story = {
  name: 'removed-by-someone-else',
  promise:
    'A membership that somebody took away outside the app is not put back, and its end is quiet.',
  async run(play) {
    const ticket = await granted(play);
    const groupId = await play.okta.groupId('figma-editors');
    play.tale.step("Okta's administrator", 'takes the requester out of figma-editors by hand');
    await play.okta.remove(groupId, await play.person('requester'));
    const before = await play.mark();
    await play.pass('5h');
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await play.pass('1h10m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const adds = (await play.changes(before)).filter(({ method }) => method === 'PUT');
    play.tale.check('the app did not add it again', adds.length === 0, adds.length);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access ended: /,
    ]);
    await nothingInternalShown(play, ticket, 'requester');
  },
};
