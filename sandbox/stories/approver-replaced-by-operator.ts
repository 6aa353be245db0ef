import { mailsTo } from './kit/card';
import { isAsked } from './kit/covers';
import { isMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

const GROUPS = ['figma-editors'];
const reason = 'The manager is ill and has set no cover.';

export const approverReplacedByOperator: Story = {
  name: 'approver-replaced-by-operator',
  promise:
    'An operator names another approver, with a reason, among those whom the policy allows; the old one is told and what was asked for stays.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play);
    const replace = async (to: string, as = 'admin', of: Ticket = ticket) =>
      play.admin(
        'request.replace-approver',
        {
          issueId: of.id,
          from: await play.jira.accountId('manager'),
          to: await play.jira.accountId(to),
          reason,
        },
        as,
      );
    const refusals = [
      ['friend', 'admin', 'approver-permitted'],
      ['requester', 'admin', 'approver-permitted'],
      ['owner', 'agent', 'right-operator'],
    ] as const;
    for (const [to, as, check] of refusals) {
      tale.step(as, `tries to let the ${to} decide`);
      const said = await replace(to, as);
      tale.check(`refused: ${check}`, !said.ok && said.problem.check === check, said);
    }
    await isAsked(play, ticket, 'manager');
    tale.step('admin', "names the manager's own manager, with a reason");
    const done = await replace('owner');
    tale.check('it is done', done.ok, done);
    await play.settle(ticket);
    await isAsked(play, ticket, 'owner');
    const [gone, now] = [
      await mailsTo(play, 'manager', ticket),
      await mailsTo(play, 'owner', ticket),
    ];
    tale.check(
      'the manager is told that nothing waits for them, the other that it does',
      gone.length === 1 && /any more/.test(gone[0]?.subject ?? '') && now.length === 1,
      [...gone, ...now],
    );
    const seen = await ticket.look();
    tale.check(
      'the service team reads the reason, the requester does not',
      seen.comments.some((c) => !c.public && c.text.includes(reason)) &&
        !seen.comments.some((c) => c.public && c.text.includes(reason)),
      seen.comments.map((c) => c.text),
    );
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    await nothingInternalShown(play, ticket, 'requester');
  },
};
