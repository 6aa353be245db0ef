import { personIn } from './kit/connections';
import { isAsked } from './kit/covers';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { figmaEditor } from './kit/roles';
import { waysKnown } from './kit/stages';
import { EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const groupStageTwoOfThree: Story = {
  name: 'group-stage-two-of-three',
  promise:
    'Two of the three members of a group have to agree; who has left the group by then does not count, and who asks is no member for that request.',
  async run(play) {
    const { tale } = play;
    await waysKnown(play, ['IT', 'HELP']);
    tale.step("Okta's administrator", 'makes a group of reviewers');
    const group = await play.okta.createGroup('Design reviewers');
    for (const key of ['manager', 'owner', 'named', 'friend'])
      await play.okta.add(group, await play.person(key));
    tale.step('admin', 'lets two of the reviewers decide on the Editor in Figma');
    const { approver: _, ...editor } = await figmaEditor(play);
    const source = { kind: 'directory-group', connection: 'okta', group };
    await play.demandAdmin('roles.save', {
      ...editor,
      rules: { stages: [{ id: 'reviewers', from: [source], needs: 2 }] },
    });
    const before = await play.mark();
    const ticket = await play.file('friend', EDITOR);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await isAsked(play, ticket, 'manager', 'owner', 'named');
    await ticket.approve('manager');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await isAsked(play, ticket, 'owner', 'named');

    tale.step("Okta's administrator", 'takes one of them out of the group');
    const path = `/api/v1/groups/${group}/users/${await personIn(play, 'named', 'okta')}`;
    await play.okta.call('DELETE', path);
    await play.pass('1m');
    await ticket.approve('named');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await nothingChanged(play, before);
    const { comments } = await ticket.look();
    tale.check(
      'it says that somebody answered who may not decide any more, and asks the others once more',
      comments.some((c) => c.public && /may not decide on this role answered/.test(c.text)),
      comments.map((c) => c.text),
    );
    await isAsked(play, ticket, 'manager', 'owner');

    await ticket.approve('owner');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'friend');
  },
};
