/** What people read about the review of a break-glass access. */
import type { Telling } from '../evidence/record';
import type { Grant } from './model/grant';
import { moment, propertyOf } from './telling';

const what = (g: Grant) => `${g.roleName} in ${g.appName}`;

/** For the follow-up issue and for the mail. */
export const reviewTask = (grant: Grant, timeZone: string) => ({
  summary: `BREAK-GLASS ACCESS to review: ${what(grant)}`,
  lines: [
    `${what(grant)} was given at once by the rule for break-glass, on ${grant.issueKey}. The reason and the incident stand there.`,
    `Review it by ${moment(grant.breakGlass?.reviewBy ?? '', timeZone)}: was it justified? Any approver of this role or the owner of the app can answer, on ${grant.issueKey} with the app.`,
    'Closing this issue is no review. Unreviewed, the access ends then, and the same person cannot use this role so again.',
  ],
});

export function askedToReview(
  grant: Grant,
  who: {
    readonly reviewers: readonly string[];
    /** Everybody in them. */
    readonly groups: readonly { readonly name: string }[];
  },
  timeZone: string,
): Telling {
  const { reviewBy = '', reviewIssue } = grant.breakGlass ?? {};
  return {
    internal: {
      headline: `BREAK-GLASS ACCESS: to be reviewed by ${moment(reviewBy, timeZone)}`,
      lines: [
        `${what(grant)} was given without anybody's approval. Whoever could have approved it has been told, and one of them says whether it was justified.`,
        reviewIssue === undefined || reviewIssue === 'none'
          ? 'No follow-up issue could be made in this project; the review is due all the same.'
          : 'The follow-up issue is linked. Closing it is no review.',
      ],
      items: [
        ...who.reviewers.map((id) => `May review: account ${id}`),
        ...who.groups.map(({ name }) => `May review: whoever is in the group ${name}`),
      ],
    },
    property: propertyOf(grant),
  };
}

export function reviewed(grant: Grant, words: string): Telling {
  const justified = grant.breakGlass?.reviewed?.verdict === 'justified';
  return {
    public: {
      headline: justified
        ? 'Break-glass access reviewed: justified'
        : 'Break-glass access reviewed: not justified',
      lines: [
        justified
          ? 'The use of this access was looked at afterwards and found justified.'
          : 'The use of this access was looked at afterwards and found not justified. What is still there of it ends now.',
      ],
    },
    internal: {
      headline: `Review of grant ${grant.id}`,
      lines: [`By account ${grant.breakGlass?.reviewed?.by}: ${words}`],
    },
    property: propertyOf(grant),
  };
}

export const notReviewed = (grant: Grant) => {
  const finding = `Nobody reviewed the break-glass access to ${what(grant)} on ${grant.issueKey} in time.`;
  const nextStep =
    'An approver of the role or the owner of the app reviews it on that issue; until then the same person cannot use this role so again.';
  return {
    finding,
    nextStep,
    subject: `BREAK-GLASS ACCESS not reviewed: ${what(grant)}`,
    telling: {
      public: {
        headline: 'The review of this break-glass access is overdue',
        lines: [
          'Nobody reviewed it in time, so it does not go on. IT and the owner of the app have been told.',
          'Until it is reviewed, the same person cannot use this role by break-glass again.',
        ],
      },
      property: propertyOf(grant),
    } satisfies Telling,
  };
};
