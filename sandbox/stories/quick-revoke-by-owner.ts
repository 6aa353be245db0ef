import { allowed, onRequest, refusedBy } from './kit/emergency';
import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const REASON = 'They moved to another team this morning';

export const quickRevokeByOwner: Story = {
  name: 'quick-revoke-by-owner',
  promise:
    'The owner of an app takes an access away from its issue within the minute, with a reason; for everybody else there is nothing to take away.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const payload = { issueId: ticket.id, reason: REASON };
    const absent = { issueId: '999999', reason: REASON };
    const friend = await onRequest(play, ticket, 'friend', 'grants.revoke', payload);
    refusedBy(play, 'revoking by a colleague', friend, 'grant-yours');
    const guess = await onRequest(play, ticket, 'friend', 'grants.revoke', absent);
    tale.check(
      'what is not there is answered in the same words',
      JSON.stringify(guess) === JSON.stringify(friend),
      guess,
    );
    await isMember(play, play.okta, ['figma-editors'], 'requester');
    const silent = await onRequest(play, ticket, 'owner', 'grants.revoke', {
      issueId: ticket.id,
      reason: '',
    });
    refusedBy(play, 'revoking without a reason', silent, 'input');

    const before = await play.mark();
    const said = await onRequest(play, ticket, 'owner', 'grants.revoke', payload);
    allowed(play, 'the owner of the app may', said);
    // The removal is read twice, a minute apart, because the access is so young.
    await play.pass('2m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    const removals = await play.changes(before);
    tale.check('one call took it away', removals[0]?.method === 'DELETE', removals.length);
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access is being revoked: /,
      /^Access ended: /,
    ]);
    const { comments } = await ticket.look();
    const reason = comments.filter((c) => c.text.includes(REASON));
    tale.check(
      'the service team reads the reason',
      reason.some((c) => !c.public),
      reason.length,
    );
    tale.check('the customer does not', !reason.some((c) => c.public), reason.length);
    await nothingInternalShown(play, ticket, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
  },
};
