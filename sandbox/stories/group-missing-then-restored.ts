import { isMember, isNoMember, nothingInternalShown, provesItself, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['salesforce-users'];

export const groupMissingThenRestored: Story = {
  name: 'group-missing-then-restored',
  promise:
    'A group that is missing stops the grant and names itself; once it is restored, Resume goes on with the same approval.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play, {
      wish: { app: 'Salesforce', role: 'Sales user', reason: 'Cover for the Nordics team' },
    });
    const groupId = await play.entra.groupId('salesforce-users');
    tale.step("Entra's administrator", 'deletes the group salesforce-users');
    await play.entra.deleteGroup(groupId);
    await play.pass('1m');
    await ticket.approve('named');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Needs attention', resolution: null, state: 'blocked' });
    const { comments } = await ticket.look();
    const said = comments.filter((c) => c.public && c.byApp).at(-1);
    tale.check(
      'it names the group and who does what next',
      /Salesforce Users does not exist/.test(said?.text ?? '') &&
        /restores the group/.test(said?.text ?? ''),
      said?.text,
    );
    await nothingChanged(play, before);
    tale.step("Entra's administrator", 'restores the group');
    await play.entra.restoreGroup(groupId);
    await play.pass('1m');
    tale.step('admin', 'presses Resume');
    const resumed = await play.admin('requests.resume', { issueId: ticket.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.entra, GROUPS, 'requester');
    tale.check('nobody was asked twice', (await ticket.approvals()).length === 1);
    await nothingInternalShown(play, ticket, 'requester');
    const view = await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.blocked',
      'grant.resumed',
      'grant.provisioning',
      'grant.active',
    ]);
    tale.check('one round was enough', view?.request.round === 1, view?.request.round);
    await isNoMember(play, play.entra, GROUPS, 'friend');
  },
};
