import { isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['datadog-users', 'datadog-admin-app'];

export const twoGroupsSecondFails: Story = {
  name: 'two-groups-second-fails',
  promise:
    'A role is given whole or not at all: when its second group refuses, the first is taken back and the group is named.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play, {
      wish: { app: 'Datadog', role: 'Operator', duration: '8 hours', reason: 'On call this week' },
    });
    const groupId = await play.okta.groupId('datadog-admin-app');
    // Okta refuses groups of an application with this answer, also to a super administrator.
    tale.step('Datadog', 'takes its group over in the very moment of the change');
    await play.control.post('faults', {
      add: {
        name: 'taken over',
        server: 'okta',
        method: 'PUT',
        path: `/groups/${groupId}/users/`,
        status: 403,
        body: {
          errorCode: 'E0000006',
          errorSummary: 'You do not have permission to perform the requested action',
          errorLink: 'E0000006',
          errorId: 'oaeSampleErrorId',
          errorCauses: [],
        },
      },
    });
    await ticket.approve('owner');
    await play.settle(ticket);
    await play.pass('10m', ticket);
    const changes = await play.changes(before);
    const did = changes.map((c) => `${c.method} ${c.status}`);
    tale.check(
      'the first was added, the second refused, the first removed',
      did[0] === 'PUT 204' && did[1] === 'PUT 403' && did.includes('DELETE 204'),
      did,
    );
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Needs attention', resolution: null, state: 'blocked' });
    const { comments } = await ticket.look();
    const said = comments.filter((c) => c.public && c.byApp).at(-1);
    tale.check(
      'it says that nothing was left behind, and which group refused',
      /could not be given yet/.test(said?.text ?? '') &&
        /Nothing was left behind/.test(said?.text ?? '') &&
        /Datadog Admin App/.test(said?.text ?? ''),
      said?.text,
    );
    const internal = comments.filter((c) => !c.public && c.byApp).at(-1);
    tale.check(
      'the service team reads which group it was',
      /Datadog Admin App/.test(internal?.text ?? ''),
      internal?.text,
    );
    await nothingInternalShown(play, ticket, 'requester');

    // Now it is an application's group for everybody to see, and Resume finds out before adding.
    await play.control.post('faults', { clear: true });
    tale.step('Datadog', 'keeps its group');
    await play.control.post('groups', {
      directory: 'okta',
      group: 'datadog-admin-app',
      kind: 'app',
    });
    const resume = await play.mark();
    tale.step('admin', 'presses Resume');
    await play.admin('requests.resume', { issueId: ticket.id });
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Needs attention', resolution: null, state: 'blocked' });
    tale.check('no directory was changed', (await play.changes(resume)).length === 0);
    const named = (await ticket.look()).comments.filter((c) => c.public && c.byApp).at(-1);
    tale.check(
      'the comment names the group',
      /Datadog Admin App/.test(named?.text ?? ''),
      named?.text,
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
