/**
 * Break-glass: access at once for eligible people, reviewed afterwards. The decision is that of the
 * published rule `break-glass`; the gate checks everything else as it does for anybody.
 *
 * 1. `standing.ts` says what stands against it: a kill switch, or an earlier use that nobody reviewed;
 * 2. the grant carries until when it must be reviewed (`breakGlassOf`), and its first intent also
 *    writes the use and the timer of the review (`useWrites`);
 * 3. once given, `review.ts` tells all approvers and opens the issue of the review;
 * 4. unreviewed when that time is over: it ends and is escalated, also there.
 */
import type { Write } from '../forge/ports';
import type { Pin } from '../requests/model/request';
import { type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { dropTimer, setTimer } from '../shared/timer';
import type { Grant } from './model/grant';
import { putUse } from './use-record';

/** The run that gives the access opens the review itself; should it die, the timer does. */
const OPEN_REVIEW_AFTER = 5 * MINUTE;

/**
 * Of a grant that is to be given, and once more of its first intent: the time of the review runs from
 * when access can begin, which is days after the decision where a start was asked for or IT resumed it.
 */
export function breakGlassOf(
  pin: Pick<Pin, 'breakGlass' | 'policy'> | undefined,
  now: string,
): Pick<Grant, 'breakGlass'> {
  const within = pin?.policy?.rules.breakGlass?.reviewWithin;
  if (!pin?.breakGlass || within === undefined) return {};
  return { breakGlass: { reviewBy: plusSeconds(now as Instant, within) } };
}

/** Into the transaction of the first intent: from then on there may be access. */
export const useWrites = (grant: Grant, now: Instant): Write[] =>
  grant.breakGlass
    ? [putUse(grant, now), reviewTimer(grant, plusSeconds(now, OPEN_REVIEW_AFTER))]
    : [];

export const reviewTimer = (grant: Pick<Grant, 'id'>, at: Instant): Write =>
  setTimer({ kind: 'grant', objectId: grant.id, what: 'review', at, privileged: true });
export const dropReviewTimer = (grant: Pick<Grant, 'id'>): Write =>
  dropTimer({ kind: 'grant', objectId: grant.id, what: 'review' });
