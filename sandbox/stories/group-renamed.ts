import { isFound, isSettled, readAgain } from './kit/findings';
import { demand } from './kit/http';
import { answersFive, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const groupRenamed: Story = {
  name: 'group-renamed',
  promise:
    'A group that is renamed in Okta is noticed and shown, and nobody follows the name: access goes on by id until an administrator takes the new name over.',
  async run(play) {
    const { tale } = play;
    const running = await granted(play);
    const groupId = await play.okta.groupId('figma-editors');
    await readAgain(play, 'okta');
    await isSettled(play, 'group-renamed');
    tale.step(
      "Okta's administrator",
      'renames Figma Editors and gives its old name to a new group',
    );
    const path = `/api/v1/groups/${groupId}`;
    const profile = { name: 'Design Writers', description: 'Edit design files' };
    demand(await play.okta.call('PUT', path, { profile }), 200, 'the renaming');
    const poser = await play.okta.createGroup('Figma Editors');
    await readAgain(play, 'okta');
    const found = await isFound(
      play,
      'group-renamed',
      /"Figma Editors" is now called "Design Writers".*Figma Editor/i,
    );
    tale.check(
      'it names the group and both roles that use it',
      found?.groupId === groupId && found.roleIds.join() === 'figma.editor,statuspage.editor',
      found,
    );

    const old = await asked(play, { who: 'friend' });
    answersFive(play, await old.look(), [/What changes: Figma Editors in Okta/]);
    await old.approve('manager');
    await play.settle(old);
    await standsAt(play, old, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'friend');
    const rows = await play.control.memberships('okta');
    tale.check(
      'nobody is in the group that took over the name',
      rows.every((row) => row.groupId !== poser),
    );

    tale.step('admin', 'takes the new name over');
    await play.demandAdmin('groups.adopt-name', { connection: 'okta', group: groupId });
    await isSettled(play, 'group-renamed');
    const next = await asked(play, {
      wish: { app: 'Statuspage', role: 'Editor', duration: '1 hour', reason: 'Incident texts' },
    });
    answersFive(play, await next.look(), [/What changes: Design Writers in Okta/]);

    await play.pass('6h10m', running);
    await old.tell();
    for (const [ticket, who] of [
      [running, 'requester'],
      [old, 'friend'],
    ] as const) {
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
      await isNoMember(play, play.okta, GROUPS, who);
      await nothingInternalShown(play, ticket, who);
    }
  },
};
