import { appSaid, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const personLeavesWhileActive: Story = {
  name: 'person-leaves-while-active',
  promise:
    'Who is suspended gets nothing new and still loses what ends; who is gone from the directory has lost it already.',
  async run(play) {
    const { tale } = play;
    const idOf = async (key: string) =>
      (await play.person(key)).directories.find((d) => d.directory === 'okta')?.id ?? '';
    const step = async (key: string, what: 'suspend' | 'unsuspend' | 'deactivate') => {
      tale.step("Okta's administrator", `${what}s ${key}`);
      const path = `/api/v1/users/${await idOf(key)}/lifecycle/${what}`;
      const sent = await play.okta.call('POST', path);
      tale.check('Okta did it', sent.status === 200, sent.text);
    };
    const first = await granted(play);
    const second = await granted(play, { who: 'friend' });
    await step('requester', 'suspend');
    await step('friend', 'deactivate');
    await isMember(play, play.okta, GROUPS, 'requester');
    await isNoMember(play, play.okta, GROUPS, 'friend');
    // Okta's search is some seconds behind.
    await play.pass('1m');
    const refused = await play.file('requester', {
      ...EDITOR,
      app: 'Statuspage',
      reason: 'On call this week',
    });
    await standsAt(play, refused, { status: 'Needs attention', state: 'attention' });

    await play.pass('6h10m', first);
    await second.tell();
    await isNoMember(play, play.okta, GROUPS, 'requester');
    for (const [ticket, who] of [
      [first, 'requester'],
      [second, 'friend'],
    ] as const) {
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
      await appSaid(play, ticket, 'public', [
        /^Waiting for approval$/,
        /^Access granted: /,
        /^Access ended: /,
      ]);
      await nothingInternalShown(play, ticket, who);
    }
    await step('requester', 'unsuspend');
    await play.pass('1m');
    tale.step('admin', 'presses Resume');
    await play.admin('requests.resume', { issueId: refused.id });
    await play.settle(refused);
    await standsAt(play, refused, { status: 'Waiting for approval', state: 'waiting' });
  },
};
