/** Why somebody declined by card, as they wrote it for the requester. */
import type { AccessRequest } from '../../requests/model/request';

export function reasonGiven({ cards, round }: Pick<AccessRequest, 'cards' | 'round'>): string[] {
  const declined = cards?.filter((card) => card.round === round && card.decision === 'declined');
  const reason = declined?.at(-1)?.reason;
  return reason === undefined ? [] : [`Reason given: ${reason}`];
}
