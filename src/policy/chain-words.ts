/** Who decides, as people read it before and after they ask. */
import type { Approver, Stage } from '../requests/model/request';

/** Stages in order, each person with the source of their name; then who is asked if nobody answers. */
export function chainInWords(
  stages: readonly Pick<Stage, 'needs' | 'approvers' | 'groups' | 'fallbacks'>[],
  name: (accountId: string) => string,
): string {
  const asked = (a: Approver) => `${name(a.accountId)} (${a.because}, read ${hourOf(a.readAt)})`;
  const later = (a: Approver) => `${name(a.accountId)} (${a.because})`;
  const inWords = stages.map(({ needs, approvers, groups = [], fallbacks = [] }) => {
    // The people of a directory group are named; who is in a Jira group only Jira knows.
    const whole = groups.filter((g) => g.kind === 'jira-group').map((g) => g.because);
    const many = needs > 1 ? `${needs} of: ` : '';
    const others =
      fallbacks.length > 0 ? `; if nobody answers: ${fallbacks.map(later).join(', ')}` : '';
    return `${many}${[...approvers.map(asked), ...whole].join(', ')}${others}`;
  });
  return inWords.join('; then ');
}

const hourOf = (at: string): string => `${at.slice(11, 16)} UTC`;
