import { isMember, standsAt } from './kit/promises';
import type { Story } from './kit/story';

export const triageBecomesCatalogRole: Story = {
  name: 'triage-becomes-catalog-role',
  promise:
    'A request for something the catalog does not have waits with IT; IT makes a role of it, and the same issue goes on to its approval.',
  async run(play) {
    const { tale } = play;
    const ticket = await play.file('requester', {
      app: 'Sketchboard',
      role: 'Member',
      duration: '1 hour',
      reason: 'Workshop with the sales team',
    });
    await standsAt(play, ticket, { status: 'Needs attention', state: 'attention' });
    const early = await play.admin('requests.triage', {
      issueId: ticket.id,
      role: 'sketchboard.member',
    });
    tale.check(
      'a role that is not there yet is refused by name',
      !early.ok && early.problem.check === 'role-offered',
      early,
    );
    const outsider = await play.admin(
      'requests.triage',
      { issueId: ticket.id, role: 'figma.editor' },
      'friend',
    );
    tale.check('somebody without a right names nothing', !outsider.ok, outsider);
    tale.step('admin', 'makes the app and the role');
    const owner = await play.jira.accountId('owner');
    await play.demandAdmin('apps.save', { id: 'sketchboard', name: 'Sketchboard', owner });
    await play.demandAdmin('roles.save', {
      app: 'sketchboard',
      key: 'member',
      name: 'Member',
      risk: 'routine',
      connection: 'okta',
      groups: [await play.okta.groupId('figma-viewers')],
      durations: [3600],
      permanent: false,
      approver: { kind: 'manager' },
    });
    await play.settle();
    await play.demandAdmin('requests.triage', { issueId: ticket.id, role: 'sketchboard.member' });
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, ['figma-viewers'], 'requester');
    const ledger = await play.ledger(ticket);
    tale.check(
      'who named the role is on record',
      ledger?.evidence.some(({ event }) => event === 'request.triaged') === true,
      ledger?.evidence.map(({ event }) => event),
    );
  },
};
