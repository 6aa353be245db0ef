import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const unknownApp: Story = {
  name: 'unknown-app',
  promise: 'A request for an app that nobody knows goes to IT, who name the right one and go on.',
  async run(play) {
    const { tale } = play;
    const ticket = await play.file('requester', { ...EDITOR, app: 'Figmaa' });
    const seen = await standsAt(play, ticket, {
      status: 'Needs attention',
      resolution: null,
      state: 'attention',
    });
    const said = seen.comments.filter((c) => c.public && c.byApp);
    tale.check(
      'it says so once, and that IT sorts it out',
      said.length === 1 &&
        /not in the catalog/.test(said[0]?.text ?? '') &&
        /IT/.test(said[0]?.text ?? ''),
      said.map((c) => c.text),
    );
    const internal = seen.comments.find((c) => !c.public);
    tale.check(
      'the service team reads what was asked for',
      /Figmaa/.test(internal?.text ?? ''),
      internal?.text,
    );
    tale.check('nobody is asked', (await ticket.approvals()).length === 0);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingInternalShown(play, ticket, 'requester');
    const { fields } = await play.jira.desk('agent', 'IT');
    await ticket.edit('agent', { [fields['App'] ?? '']: 'Figma' }, 'the app is Figma');
    await play.settle(ticket);
    if ((await ticket.look()).status === 'Needs attention') {
      tale.step('admin', 'presses Resume');
      await play.admin('requests.resume', { issueId: ticket.id });
      await play.settle(ticket);
    }
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
