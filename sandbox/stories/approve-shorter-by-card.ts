import { cardOf, decide } from './kit/card';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['github-users', 'github-developers'];
const HOUR = 3600;

export const approveShorterByCard: Story = {
  name: 'approve-shorter-by-card',
  promise:
    'The owner allows an hour of the day that was asked for, by card; Jira shows their own answer, and the access ends after the hour.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play, {
      wish: {
        app: 'GitHub',
        role: 'Developer',
        duration: '24 hours',
        reason: 'Fix the broken release job',
      },
    });
    const card = await cardOf(play, ticket, 'owner');
    tale.check(
      'the card answers who, what, why, until when and what changes',
      card.who === 'Rosalind Okoye' &&
        `${card.role} in ${card.app}` === 'Developer in GitHub' &&
        card.why === 'Fix the broken release job' &&
        /^24 hours/.test(card.until) &&
        card.changes === 'GitHub Users, GitHub Developers in Okta',
      card,
    );
    tale.check('and may be answered by card', card.way.by === 'card', card.way);
    const more = { digest: card.digest, decision: 'approve' };
    const longer = await decide(play, ticket, { as: 'owner', more: { ...more, shorten: 86_400 } });
    tale.check('as much as was asked for is not shorter', longer === 'shorter-than-asked', longer);
    const done = await decide(play, ticket, { as: 'owner', more: { ...more, shorten: HOUR } });
    tale.check('the answer is taken', done === 'taken', done);
    const own = (await ticket.approvals()).at(-1)?.approvers[0];
    tale.check(
      "Jira shows the owner's own answer",
      own?.approverDecision === 'approved' &&
        own.approver.accountId === (await play.jira.accountId('owner')),
      own,
    );
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    const again = await decide(play, ticket, { as: 'owner', more });
    tale.check('a second answer is refused in words', again === 'request-open', again);

    await play.pass('55m');
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('10m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const events = (await play.ledger(ticket))?.evidence ?? [];
    const answered = events.find(({ event }) => event === 'card.answered');
    const recorded = events.find(({ event }) => event === 'decision.recorded');
    tale.check(
      'the record holds the answer by card with the hour and the digest that was shown',
      [answered, recorded].every((one) => {
        const said = JSON.stringify(one ?? {});
        return said.includes(card.digest) && said.includes('"shortened":3600');
      }),
      [answered, recorded],
    );
  },
};
