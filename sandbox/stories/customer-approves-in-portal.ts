import { cardOf, decide } from './kit/card';
import { personIn } from './kit/connections';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { figmaEditor } from './kit/roles';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const customerApprovesInPortal: Story = {
  name: 'customer-approves-in-portal',
  promise:
    'A portal-only approver whom an administrator has linked decides by card in the portal; where Forge cannot act as somebody the card leads to Jira instead.',
  async run(play) {
    const { tale } = play;
    const petra = await play.jira.accountId('portal-only');
    tale.step('admin', 'links the portal-only account, and lets her decide on Editor');
    await play.demandAdmin('links.save', {
      accountId: petra,
      connection: 'okta',
      personId: await personIn(play, 'portal-only', 'okta'),
    });
    const role = await figmaEditor(play);
    await play.demandAdmin('roles.save', {
      ...role,
      approver: { kind: 'person', accountId: petra },
    });
    const ticket = await asked(play);
    const card = await cardOf(play, ticket, 'portal-only', 'request-access');
    tale.check('the portal shows her the card', card.way.by === 'card', card.way);
    const done = await decide(play, ticket, {
      as: 'portal-only',
      module: 'request-access',
      more: { digest: card.digest, decision: 'approve' },
    });
    tale.check('her answer is taken', done === 'taken', done);
    const own = (await ticket.approvals()).at(-1)?.approvers[0];
    tale.check(
      'Jira shows it as her own',
      own?.approver.accountId === petra && own.approverDecision === 'approved',
      own,
    );
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');

    await play.demandAdmin('roles.save', role);
    const other = await asked(play, { who: 'friend' });
    const theirs = await cardOf(play, other, 'manager', 'request-access');
    tale.check(
      "the card leads the manager to Jira's own buttons",
      theirs.way.by === 'jira',
      theirs.way,
    );
    const refused = await decide(play, other, {
      as: 'manager',
      module: 'request-access',
      more: { digest: theirs.digest, decision: 'approve' },
    });
    tale.check('and answers for nobody', refused === 'card-may-answer', refused);
    await play.settle();
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await other.approve('manager');
    await play.settle(other);
    await isMember(play, play.okta, GROUPS, 'friend');
  },
};
