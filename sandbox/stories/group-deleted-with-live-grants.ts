import { findingsOf, isRed, neverGranted, readAgain, says } from './kit/findings';
import { nothingInternalShown, provesItself, standsAt } from './kit/promises';
import { asked, granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

export const groupDeletedWithLiveGrants: Story = {
  name: 'group-deleted-with-live-grants',
  promise:
    'With its group gone a role turns red and is given to nobody, and access that stood in it ends on its own issue.',
  async run(play) {
    const { tale } = play;
    const running = await granted(play);
    const waiting = await asked(play, { who: 'friend' });
    await readAgain(play, 'okta');
    tale.step("Okta's administrator", 'deletes figma-editors');
    const groupId = await play.okta.groupId('figma-editors');
    await play.okta.deleteGroup(groupId);
    // The same name is another group, which nobody may slip into.
    const poser = await play.okta.createGroup('Figma Editors');
    const before = await play.mark();
    await readAgain(play, 'okta');
    await isRed(play, 'figma.editor', 'group-exists');
    await isRed(play, 'statuspage.editor', 'group-exists');
    const red = await findingsOf(play, 'role-red');
    tale.check(
      'an administrator finds which group is gone, by its id',
      red.length === 2 && red.every(({ sentence }) => sentence.includes(groupId)),
      red,
    );

    await waiting.approve('manager');
    await play.settle(waiting);
    await standsAt(play, waiting, { status: 'Needs attention', state: 'attention' });
    await says(play, waiting, /IT has to look at this role first/);
    const refused = await play.file('friend', {
      app: 'Statuspage',
      role: 'Editor',
      duration: '1 hour',
      reason: 'Incident texts',
    });
    await standsAt(play, refused, { status: 'Needs attention', state: 'attention' });
    await nothingChanged(play, before);

    await play.pass('6h10m', running);
    await standsAt(play, running, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await says(play, running, /^Access ended: Editor in Figma/);
    await nothingInternalShown(play, running, 'requester');
    await provesItself(play, running, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
    await neverGranted(play, waiting);
    await neverGranted(play, refused);
    const rows = await play.control.memberships('okta');
    tale.check(
      'nobody is in the new group of the old name',
      rows.every((row) => row.groupId !== poser),
    );
  },
};
