import { breakGlass, followUps, mailed, offerBreakGlass } from './kit/emergency';
import { findingsOf } from './kit/findings';
import { demand } from './kit/http';
import { isMember, isNoMember, standsAt } from './kit/promises';
import type { Story } from './kit/story';

const GROUP = ['github-developers'];

export const breakGlassUnreviewedRevoked: Story = {
  name: 'break-glass-unreviewed-revoked',
  promise:
    'A break-glass access that nobody reviews in time ends and is escalated; closing the issue that asks for the review is no review.',
  async run(play) {
    const { tale } = play;
    // Shorter than the access itself, so that it is the missing review that ends it.
    await offerBreakGlass(play, 1800);
    const ticket = await breakGlass(play);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', state: 'break-glass' });
    await isMember(play, play.okta, GROUP, 'requester');

    const [review] = await followUps(play, ticket);
    tale.step('agent', `closes ${review?.key} without a word`);
    const path = `/rest/api/3/issue/${review?.key}/transitions`;
    const offered = demand(await play.jira.as('agent', 'GET', path), 200, 'its transitions')
      .body as {
      transitions: { id: string; name: string }[];
    };
    const last = offered.transitions.at(-1);
    const json = { transition: { id: last?.id } };
    demand(await play.jira.as('agent', 'POST', path, { json }), 204, 'the closing');

    await play.pass('35m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, GROUP, 'requester');
    const open = await findingsOf(play, 'break-glass-unreviewed');
    tale.check('administrators find it among the findings', open.length === 1, open);
    const told = await mailed(play, ticket, /not reviewed/);
    const owner = await play.jira.accountId('owner');
    tale.check('the owner of the app was told by mail', told.join() === owner, told);

    const again = await breakGlass(play);
    await standsAt(play, again, { status: 'Needs attention' });
    await isNoMember(play, play.okta, GROUP, 'requester');
    const { comments } = await ticket.look();
    const said = comments
      .filter((c) => c.public)
      .map((c) => c.text)
      .join('\n');
    tale.check(
      'the issue says why it ended',
      /Nobody reviewed this break-glass access/.test(said),
      said,
    );
    const view = await play.ledger(ticket);
    const events = (view?.evidence ?? []).map(({ event }) => event);
    tale.check(
      'the record has that it was asked for and that the time passed',
      view?.chain === 'whole' &&
        events.includes('review.asked') &&
        events.includes('review.overdue'),
      events,
    );
  },
};
