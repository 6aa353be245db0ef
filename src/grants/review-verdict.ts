/**
 * Somebody says afterwards whether a break-glass access was justified.
 *
 * 1. who may: an approver of the role as the pin has them, a member of a Jira group that decides, or
 *    the owner of the app; never a party, by Jira account or as a person of the directory, and nobody
 *    who is under a kill switch;
 * 2. the verdict is kept with the grant, on the issue and in evidence, and frees the role's next use;
 * 3. "not justified" ends what is still live. The timer of the review stays until that has begun, for a
 *    run that dies in between.
 */
import { done, no } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { ReviewInput } from '../contracts/emergency';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { resolveFinding } from '../findings/findings';
import { circumstances, type Deps } from '../requests/deps';
import type { Pin } from '../requests/model/request';
import { hashOf } from '../shared/canonical';
import { MINUTE, plusSeconds } from '../shared/instant';
import { load, put } from '../shared/record';
import { dropReviewTimer, reviewTimer } from './break-glass';
import type { Grant } from './model/grant';
import { isAmong, personsBehind } from './party';
import { around, endCondemned, mayRun } from './review';
import { reviewed } from './review-telling';
import { stoppedAmong } from './stop-people';
import { grants } from './store';
import { dropUse } from './use-record';

const TRIES = 4;
const LOOK_AGAIN = MINUTE;

export async function reviewGrant(
  deps: Deps,
  { grantId, verdict, words }: ReviewInput,
  by: string,
): Promise<Answer<{ verdict: string }>> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const held = await load(deps.store, grants, grantId);
    if (!held?.value.breakGlass) return NOT_YOURS;
    const { value: grant } = held;
    const { request, owner } = await around(deps, grant);
    const pin = request?.pin;
    if (pin?.parties.includes(by)) return SELF;
    if (!pin || !(by === owner || (await mayDecide(deps, pin, by)))) return NOT_YOURS;
    const personIds = await personsBehind(deps, grant, by);
    if (personIds === 'unknown') return UNTOLD;
    if (isAmong(personIds, grant, pin)) return SELF;
    const acting = [{ accountId: by, personIds }];
    if ((await stoppedAmong(deps, grant.connectionId, acting)).length > 0) return STOPPED;
    if (held.value.breakGlass.reviewed) return ALREADY;
    if (neverGiven(grant)) return NOT_GIVEN;
    const now = deps.now();
    const after: Grant = {
      ...grant,
      breakGlass: { ...held.value.breakGlass, reviewed: { by, at: now, verdict } },
    };
    const ends = verdict === 'not-justified' && mayRun(after);
    const written = await record(
      deps.store,
      grant.issueId,
      [
        {
          event: 'review.given',
          actor: { type: 'person', accountId: by },
          facts: {
            grantId,
            verdict,
            role: grant.roleId,
            app: grant.appId,
            person: `${grant.connectionId}:${grant.personId}`,
            // What they wrote may name people, so it stands on the issue and only its hash here.
            wordsHash: hashOf(words),
            as: by === owner ? 'owner' : 'approver',
          },
          tell: reviewed(after, words),
        },
      ],
      [
        put(grants, after, held.rev),
        ...(await dropUse(deps, grant)),
        ends ? reviewTimer(grant, plusSeconds(now, LOOK_AGAIN)) : dropReviewTimer(grant),
      ],
      circumstances(deps),
    );
    if (!written.done) continue;
    if (ends) await endCondemned(deps, grantId);
    await deliverFresh(deps, written.entries);
    await resolveFinding(deps, `break-glass-unreviewed:${grantId}`, 'It was reviewed.', by);
    await tellFollowUp(deps, after);
    return done({ verdict });
  }
  return BUSY;
}

/** A verdict that came first would stand for a use that nobody has seen. */
const neverGiven = ({ state }: Grant): boolean =>
  state === 'approved' || state === 'blocked' || state === 'cancelled';

async function mayDecide(deps: Deps, pin: Pin, by: string): Promise<boolean> {
  const named = pin.stages.flatMap((s) => [...s.approvers, ...(s.fallbacks ?? [])]);
  if (named.some((a) => a.accountId === by)) return true;
  const groups = pin.stages
    .flatMap((s) => s.groups ?? [])
    .filter((g) => g.kind === 'jira-group')
    .map((g) => g.id);
  if (groups.length === 0) return false;
  const theirs = await deps.jira.groupsOf(by);
  return theirs.ok && theirs.value.some(({ id }) => groups.includes(id));
}

/** So that whoever has it on their list knows; the record stands on the request. */
async function tellFollowUp(deps: Deps, grant: Grant): Promise<void> {
  const { reviewIssue, reviewed: given } = grant.breakGlass ?? {};
  if (reviewIssue === undefined || reviewIssue === 'none') return;
  const text = {
    blocks: [
      {
        kind: 'paragraph' as const,
        text: `Reviewed by account ${given?.by}: ${given?.verdict === 'justified' ? 'justified' : 'not justified'}. Nothing is left to do here.`,
      },
    ],
  };
  const marker = `review:${grant.id}`;
  const posted = await deps.jira.comment(reviewIssue, { text, audience: 'internal', marker });
  if (!posted.ok) deps.log.warn('review.not-told', { grant: grant.id, code: posted.error.code });
}

const NOT_YOURS = no(
  'review-yours',
  'There is no break-glass access here that you can review.',
  'An approver of the role or the owner of the app reviews it.',
);
const SELF = no(
  'no-self-review',
  'Nobody reviews their own access.',
  'An approver of the role or the owner of the app reviews it.',
);
const ALREADY = no('review-open', 'It has been reviewed already.', 'Nothing to do.');
const STOPPED = no(
  'reviewer-not-stopped',
  'A kill switch is on for your account, so it reviews nothing for the time being.',
  'Another approver of the role or the owner of the app reviews it.',
);
const NOT_GIVEN = no(
  'review-open',
  'This access has not been given, so there is nothing to review yet.',
  'Review it once it was given; the review is asked for then.',
);
const UNTOLD = no(
  'reviewer-told-apart',
  'The directory did not say who you are, so nobody can tell that this access is not your own.',
  'Try again in a minute.',
);
const BUSY = no(
  'grant-free',
  'The access is being worked on at this very moment, so nothing was kept.',
  'Try again in a minute.',
);
