/** Whether a running access can be renewed, and for how long. A renewal is a request of its own. */
import { durationInWords } from '../../catalog/model/catalog';
import type { RolePolicy } from '../../policy/model/effective';
import { type Instant, secondsBetween } from '../../shared/instant';
import type { Refusal } from '../../shared/result';
import type { Grant } from './grant';

type Lengths = Pick<RolePolicy, 'durations' | 'permanent' | 'totalAge'>;

/** `undefined`: it can. What the policy says is not looked at. */
export function notRenewable(grant: Grant, now: Instant): Refusal | undefined {
  if (grant.observed) return NEVER_GIVEN;
  switch (grant.state) {
    case 'approved':
    case 'provisioning':
    case 'blocked':
      return NOT_GIVEN_YET;
    case 'revoking':
    case 'stuck':
      return BEING_REMOVED;
    case 'revoked':
    case 'cancelled':
      return OVER;
    case 'active':
      if (grant.breakGlass) return BREAK_GLASS;
      if (grant.endsAt === null) return NO_END;
      return grant.endsAt <= now ? OVER : undefined;
  }
}

/** Since when the person has had it without a break. */
export const lineBegan = (grant: Grant): Instant | undefined =>
  (grant.lineSince ?? grant.startedAt) as Instant | undefined;

/**
 * The length that was asked for, against the policy of today. Counted from now: that is the earliest
 * the renewal could begin, and judged once more when it is pinned and when it is given.
 */
export function lengthRefused(
  grant: Grant,
  policy: Lengths,
  duration: number | null,
  now: Instant,
): Refusal | undefined {
  const offered = duration === null ? policy.permanent : policy.durations.includes(duration);
  const since = lineBegan(grant) ?? now;
  const { totalAge } = policy;
  const fits = (seconds: number) =>
    totalAge === null || secondsBetween(since, now) + seconds <= totalAge;
  const possible = policy.durations.filter(fits).map((d) => durationInWords(d));
  if (!offered)
    return {
      check: 'duration-offered',
      sentence: 'That length of time is not offered for this role.',
      nextStep: possible.length > 0 ? `Choose one of: ${possible.join(', ')}.` : LOOK_AFRESH,
      facts: { duration },
    };
  if (totalAge === null || (duration !== null && fits(duration))) return undefined;
  return {
    check: 'total-age',
    sentence: `Without a break this access may last ${durationInWords(totalAge)} altogether, renewals included, and this renewal would go beyond that.`,
    nextStep: possible.length > 0 ? `Choose one of: ${possible.join(', ')}.` : LOOK_AFRESH,
    facts: { duration, totalAge, since },
  };
}

const LOOK_AFRESH =
  'It ends at its time. If it is still needed then, ask for it anew, so that those who decide look at it afresh.';
const OVER: Refusal = {
  check: 'renewal-of-running',
  sentence: 'This access is over, so there is nothing to renew.',
  nextStep: 'Ask for it again on the same request.',
};
const BEING_REMOVED: Refusal = {
  check: 'renewal-of-running',
  sentence: 'This access is being taken away, so it cannot be renewed.',
  nextStep: 'Once it has ended, ask for it again.',
};
const NOT_GIVEN_YET: Refusal = {
  check: 'renewal-of-running',
  sentence: 'This access has not been given yet, so there is nothing to renew.',
  nextStep: 'Wait until it is given; the request says where it stands.',
};
const NEVER_GIVEN: Refusal = {
  check: 'renewal-of-running',
  sentence: 'This request was only run for observation, and nothing was given.',
  nextStep: 'Ask for the access once IT has switched the role on.',
};
const NO_END: Refusal = {
  check: 'renewal-has-end',
  sentence: 'This access has no end, so there is nothing to renew.',
  nextStep: 'Nothing to do.',
};
const BREAK_GLASS: Refusal = {
  check: 'renewal-not-break-glass',
  sentence: 'Break-glass access is not renewed.',
  nextStep: 'If the incident goes on, ask for it anew and name the incident.',
};
