import {
  answersFive,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { asked, askedAgain, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const editedAfterApproval: Story = {
  name: 'edited-after-approval',
  promise:
    'A request that was edited after it was put up for approval is not given; the manager decides again on what it says now.',
  async run(play) {
    const before = await play.mark();
    const ticket = await asked(play);
    const { fields } = await play.jira.desk('requester', 'IT');
    const duration = fields['Duration'] ?? '';
    await ticket.approve('manager');
    await ticket.edit('agent', { [duration]: '24 hours' }, 'the duration is now 24 hours');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await askedAgain(play, ticket, /changed after it was put up for approval/);
    answersFive(play, await ticket.look(), [/Until when: (24 hours|1 day)/]);

    // An edit before the decision, of words only: what the manager read is not what stands there.
    const path = `/rest/api/3/issue/${ticket.id}`;
    const { description } = (await ticket.look()).fields;
    const changed = JSON.parse(
      JSON.stringify(description).replaceAll('Rosalind Okoye', 'Felix Marchetti'),
    );
    play.tale.step('agent', `edits ${ticket.key}: another name in the description`);
    await play.jira.as('agent', 'PUT', path, { json: { fields: { description: changed } } });
    await play.settle(ticket);
    await ticket.approve('manager');
    await play.settle(ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await askedAgain(play, ticket, /edited after it was put up for approval|changed after it/);
    answersFive(play, await ticket.look(), [/Who: Rosalind Okoye/]);
    play.tale.check(
      'the false name is gone from the description',
      !(await ticket.look()).description.includes('Felix Marchetti'),
      (await ticket.look()).description,
    );
    await nothingChanged(play, before);
    await nothingInternalShown(play, ticket, 'requester');

    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'gate.refused',
      'request.pinned',
      'gate.refused',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
    ]);
  },
};
