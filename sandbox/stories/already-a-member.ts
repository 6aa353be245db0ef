import { appSaid, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const alreadyAMember: Story = {
  name: 'already-a-member',
  promise: 'A membership that was there before is still there after the end.',
  async run(play) {
    await isNoMember(play, play.okta, GROUPS, 'requester');
    play.tale.step("Okta's administrator", 'adds the requester to figma-editors by hand');
    await play.okta.add(await play.okta.groupId('figma-editors'), await play.person('requester'));
    await isMember(play, play.okta, GROUPS, 'requester');
    const before = await play.mark();
    const ticket = await asked(play);
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await play.pass('6h10m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    const said = await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access ended: /,
    ]);
    play.tale.check(
      'both comments say that it was there before',
      /existed already/.test(said[1]?.text ?? '') &&
        /stays because it existed before/.test(said[2]?.text ?? ''),
      said.map((c) => c.text),
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
