/** Whether the person behind a decision may be one of those who decide on this request. */
import { mappedLately } from '../../catalog/model/privileged';
import type { Approver, Decision } from '../../requests/model/request';
import type { GateFacts } from './judging';
import { again, type GateRefusal } from './refusal';

export function fitToDecide(decision: Decision, f: GateFacts): GateRefusal | undefined {
  const { by } = decision;
  if (by === 'rule') return undefined;
  const personIds = [...personIdsOf(by, f), ...(decision.personIds ?? [])];
  if (isParty(by, personIds, f))
    return again('no-self-approval', 'Nobody decides on their own access.', { by });
  if (isMapper(by, personIds, f))
    return again(
      'mapper-decides-not',
      'Whoever maps a role to administrator rights cannot approve it on the day after.',
      { by },
    );
  if (!isActive(by, f))
    return again('decider-active', 'The person who approved has no active account any more.', {
      by,
    });
  if (f.stoppedNow.includes(by))
    return again('decider-not-stopped', 'The person who approved is stopped for the time being.', {
      by,
    });
  return undefined;
}

/** Everybody whom the app knows to decide, with their directory person where it is known. */
export const personIdsOf = (
  accountId: string,
  { pin, members, personsNow }: Pick<GateFacts, 'pin' | 'members' | 'personsNow'>,
): string[] => {
  const known: readonly Approver[] = [
    ...pin.stages.flatMap((s) => [...s.approvers, ...(s.fallbacks ?? [])]),
    ...members,
  ];
  const ids = [
    ...known.flatMap((a) => (a.accountId === accountId && a.personId ? [a.personId] : [])),
    ...personsNow.flatMap((one) => (one.accountId === accountId ? one.personIds : [])),
  ];
  return [...new Set(ids)];
};

function isParty(accountId: string, personIds: readonly string[], { pin }: GateFacts): boolean {
  const { parties, partyPersons } = pin;
  return parties.includes(accountId) || personIds.some((id) => partyPersons.includes(id));
}

function isMapper(
  accountId: string,
  personIds: readonly string[],
  { roleNow, now }: GateFacts,
): boolean {
  return roleNow !== undefined && mappedLately(roleNow, { accountId, personIds }, now);
}

function isActive(accountId: string, { accountsNow, linkedNow }: GateFacts): boolean {
  if (accountsNow === undefined) return true;
  const account = accountsNow.find((a) => a.accountId === accountId);
  if (!account?.active) return false;
  return (
    account.type === 'atlassian' || (account.type === 'customer' && linkedNow.includes(accountId))
  );
}
