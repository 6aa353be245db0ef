import {
  allowed,
  breakGlass,
  followUps,
  grantOf,
  mailed,
  offerBreakGlass,
  onRequest,
  refusedBy,
} from './kit/emergency';
import { isMember, isNoMember, nothingInternalShown, provesItself, standsAt } from './kit/promises';
import type { Story } from './kit/story';

const GROUP = ['github-developers'];
const WORDS = 'The incident was real and the merge was the only change.';

export const breakGlassThenReview: Story = {
  name: 'break-glass-then-review',
  promise:
    'In an emergency whoever is eligible has the access within the minute, everybody sees that nobody approved it, and until it is reviewed the same person cannot do it again.',
  async run(play) {
    const { tale } = play;
    await offerBreakGlass(play);
    const before = await play.mark();
    const first = await breakGlass(play);
    await play.settle(first);
    const seen = await standsAt(play, first, { status: 'Access granted', state: 'break-glass' });
    await isMember(play, play.okta, GROUP, 'requester');
    const headline = seen.comments.filter((c) => c.byApp && c.public).at(-1)?.headline ?? '';
    tale.check(
      'the issue says so in capitals',
      /^BREAK-GLASS ACCESS granted/.test(headline),
      headline,
    );
    const owner = await play.jira.accountId('owner');
    const told = await mailed(play, first, /BREAK-GLASS/);
    tale.check('the owner was told by mail', told.includes(owner), told);
    const [review] = await followUps(play, first);
    tale.check(
      'a review is on the list of somebody, with its day',
      review !== undefined &&
        /BREAK-GLASS ACCESS to review/.test(review.fields.summary) &&
        review.fields.duedate !== null,
      review?.fields,
    );
    const changes = await play.changes(before);
    tale.check('the directory was changed by one call', changes.length === 1, changes.length);

    const grantId = await grantOf(play, first);
    const verdict = { grantId, verdict: 'justified', words: WORDS };
    const own = await onRequest(play, first, 'requester', 'grants.review', verdict);
    refusedBy(play, 'a review of one’s own access', own, 'no-self-review');
    const friend = await onRequest(play, first, 'friend', 'grants.review', verdict);
    refusedBy(play, 'a review by a colleague', friend, 'review-yours');

    await play.pass('1h10m', first);
    await standsAt(play, first, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, GROUP, 'requester');
    const second = await breakGlass(play);
    await standsAt(play, second, { status: 'Needs attention' });
    await isNoMember(play, play.okta, GROUP, 'requester');

    const reviewed = await onRequest(play, first, 'owner', 'grants.review', verdict);
    allowed(play, 'the owner of the app reviews it', reviewed);
    const third = await breakGlass(play);
    await play.settle(third);
    await standsAt(play, third, { status: 'Access granted', state: 'break-glass' });
    await isMember(play, play.okta, GROUP, 'requester');
    await nothingInternalShown(play, first, 'requester');
    await provesItself(play, first, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'review.asked',
      'grant.ending',
      'grant.revoked',
      'review.given',
    ]);
  },
};
