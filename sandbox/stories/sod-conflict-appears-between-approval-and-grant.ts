import { policyOf } from './kit/policy';
import { isNoMember, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

export const sodConflictAppears: Story = {
  name: 'sod-conflict-appears-between-approval-and-grant',
  promise:
    'Somebody comes into a group, by another way, that is kept apart from what they asked for: what was approved before is not given, and the issue says why.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'keeps Figma Editor and GitHub Developer apart');
    const policy = await policyOf(play);
    const apart = {
      id: 'design-and-code',
      name: 'Design and code',
      roles: ['figma.editor', 'github.developer'],
      mode: 'block',
    };
    await play.demandAdmin('policy.save', {
      version: policy.version,
      policy: { ...policy, sod: [apart] },
    });
    const ticket = await asked(play);
    const requester = await play.person('requester');
    tale.step('somebody', 'puts the requester into the groups of GitHub Developer, in Okta itself');
    for (const group of ['github-users', 'github-developers'])
      await play.okta.add(await play.okta.groupId(group), requester);
    const before = await play.mark();
    await ticket.approve('manager');
    await play.settle(ticket);
    const seen = await standsAt(play, ticket, { status: 'Needs attention', state: 'attention' });
    const said = seen.comments.filter((c) => c.public && c.byApp).at(-1)?.text ?? '';
    tale.check(
      'it says what it is kept apart from, and what to do',
      /must not be held together/.test(said) && /Give that access back/.test(said),
      said,
    );
    await nothingChanged(play, before);
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');

    tale.step('somebody', 'takes them out again, and IT presses Resume');
    for (const group of ['github-users', 'github-developers'])
      await play.okta.remove(await play.okta.groupId(group), requester);
    await play.admin('requests.resume', { issueId: ticket.id });
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
  },
};
