import { cardOf, decide } from './kit/card';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['github-users', 'github-developers'];

export const changedLookAgain: Story = {
  name: 'changed-look-again',
  promise:
    'Whoever decides on a card that no longer shows what is asked is told to look again, and nothing is recorded.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play, {
      wish: { app: 'GitHub', role: 'Developer', duration: '8 hours', reason: 'Mend the build' },
    });
    const seen = await cardOf(play, ticket, 'owner');
    await ticket.edit('agent', { summary: 'Access please, for somebody else' }, 'its summary');
    await play.settle();
    const old = { digest: seen.digest, decision: 'approve' };
    const said = await decide(play, ticket, { as: 'owner', more: old });
    tale.check('"changed, look again"', said === 'digest-shown', said);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    const decisions = (await ticket.approvals()).flatMap((a) =>
      a.approvers.map(({ approverDecision }) => approverDecision),
    );
    tale.check(
      'Jira was answered by nobody',
      decisions.every((one) => one === 'pending'),
      decisions,
    );
    await nothingChanged(play, before);
    await isNoMember(play, play.okta, GROUPS, 'requester');

    const fresh = await cardOf(play, ticket, 'owner');
    tale.check('the card now shows another round', fresh.round === 2, fresh.round);
    tale.check('with nothing edited since', fresh.edited.length === 0, fresh.edited);
    const more = { digest: fresh.digest, decision: 'approve' };
    const done = await decide(play, ticket, { as: 'owner', more });
    tale.check('what is shown now can be decided', done === 'taken', done);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
