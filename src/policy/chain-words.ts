/** Who decides, as people read it before and after they ask. */
import type { Approver, Stage } from '../requests/model/request';

/** Stages in order, each person with the source of their name; then who is asked if nobody answers. */
export function chainInWords(
  stages: readonly Pick<Stage, 'needs' | 'approvers' | 'groups' | 'fallbacks'>[],
  name: (accountId: string) => string,
): string {
  const one = (a: Approver) => `${name(a.accountId)} (${a.because})`;
  const inWords = stages.map(({ needs, approvers, groups = [], fallbacks = [] }) => {
    const people = approvers.length > 0 ? approvers.map(one) : groups.map((g) => g.because);
    const many = needs > 1 ? `${needs} of: ` : '';
    const later =
      fallbacks.length > 0 ? `; if nobody answers: ${fallbacks.map(one).join(', ')}` : '';
    return `${many}${people.join(', ')}${later}`;
  });
  return inWords.join('; then ');
}
