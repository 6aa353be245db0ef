import { isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

export const personNotInDirectory: Story = {
  name: 'person-not-in-directory',
  promise:
    'Without an account in the directory nobody is asked and nothing is made up; once the account is there, Resume goes on.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await play.file('newcomer', EDITOR);
    await standsAt(play, ticket, { status: 'Needs attention', state: 'attention' });
    const said = (await ticket.look()).comments.filter((c) => c.public && c.byApp);
    tale.check(
      'it says that the account is missing and what comes next',
      said.length === 1 && /has no account in the directory/.test(said[0]?.text ?? ''),
      said.map((c) => c.text),
    );
    tale.check('nobody is asked', (await ticket.approvals()).length === 0);
    await nothingInternalShown(play, ticket, 'newcomer');

    tale.step("Okta's administrator", 'makes the account, with its manager');
    const newcomer = await play.person('newcomer');
    const manager = await play.person('manager');
    const managerLogin = manager.directories.find((d) => d.directory === 'okta')?.login;
    const made = await play.okta.call('POST', '/api/v1/users?activate=false', {
      profile: {
        firstName: 'Nikhil',
        lastName: 'Varma',
        email: newcomer.email,
        login: newcomer.email,
        department: 'Design',
        managerId: managerLogin,
      },
    });
    tale.check('Okta made it', made.status === 200, made.text);
    const { id } = made.body as { id: string };
    const active = await play.okta.call('POST', `/api/v1/users/${id}/lifecycle/activate`);
    tale.check('and activated it', active.status === 200, active.text);
    await play.pass('1m');
    tale.step('admin', 'presses Resume');
    const resumed = await play.admin('requests.resume', { issueId: ticket.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await nothingChanged(play, before);
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    await nothingInternalShown(play, ticket, 'newcomer');
  },
};
