import { nothingInternalShown, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

export const groupRecreatedAsksAgain: Story = {
  name: 'group-recreated-asks-again',
  promise:
    'A new group under the old name is another group: once the role leads there, the approver is asked again and reads the difference.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play);
    tale.step("Okta's administrator", 'deletes figma-editors and makes a group of the same name');
    await play.okta.deleteGroup(await play.okta.groupId('figma-editors'));
    const newId = await play.okta.createGroup('Figma Editors');
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Needs attention', state: 'blocked' });
    await nothingChanged(play, before);
    tale.step('admin', 'presses Resume before anything was mended');
    await play.admin('requests.resume', { issueId: ticket.id });
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Needs attention', state: 'blocked' });
    await nothingChanged(play, before);

    tale.step('admin', 'maps the role to the new group and presses Resume');
    await play.demandAdmin('roles.save', {
      app: 'figma',
      key: 'editor',
      name: 'Editor',
      description: 'Create and change design files.',
      risk: 'sensitive',
      connection: 'okta',
      groups: [newId],
      durations: [3600, 21_600, 86_400],
      permanent: false,
      approver: { kind: 'manager' },
    });
    const resumed = await play.admin('requests.resume', { issueId: ticket.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    const said = (await ticket.look()).comments.filter((c) => c.public && c.byApp).at(-1);
    tale.check(
      'the approver reads what is different',
      /The group Figma Editors is another one now, of the same name/.test(said?.text ?? ''),
      said?.text,
    );
    await nothingChanged(play, before);
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    const id = (await play.person('requester')).directories.find((d) => d.directory === 'okta')?.id;
    const rows = await play.control.memberships('okta');
    tale.check(
      'Okta has the requester in the new group',
      rows.some((row) => row.groupId === newId && row.personId === id),
      rows.filter((row) => row.personId === id).map((row) => row.group),
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
