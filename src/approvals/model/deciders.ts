/** Whether the person behind a decision may be one of those who decide on this request. */
import { mappedLately } from '../../catalog/model/privileged';
import type { Approver, Decision } from '../../requests/model/request';
import type { GateFacts } from './judging';
import { again, type GateRefusal } from './refusal';

export function fitToDecide({ by }: Decision, f: GateFacts): GateRefusal | undefined {
  if (by === 'rule') return undefined;
  if (isParty(by, f))
    return again('no-self-approval', 'Nobody decides on their own access.', { by });
  if (isMapper(by, f))
    return again(
      'mapper-decides-not',
      'Whoever maps a role to administrator rights cannot approve it on the day after.',
      { by },
    );
  if (!isActive(by, f))
    return again('decider-active', 'The person who approved has no active account any more.', {
      by,
    });
  return undefined;
}

/** Everybody whom the app knows to decide, with their directory person where it is known. */
const personIdsOf = (accountId: string, { pin, members }: GateFacts): string[] => {
  const known: readonly Approver[] = [
    ...pin.stages.flatMap((s) => [...s.approvers, ...(s.fallbacks ?? [])]),
    ...members,
  ];
  return known.flatMap((a) => (a.accountId === accountId && a.personId ? [a.personId] : []));
};

function isParty(accountId: string, f: GateFacts): boolean {
  const { parties, partyPersons } = f.pin;
  return (
    parties.includes(accountId) || personIdsOf(accountId, f).some((id) => partyPersons.includes(id))
  );
}

function isMapper(accountId: string, f: GateFacts): boolean {
  const who = { accountId, personIds: personIdsOf(accountId, f) };
  return f.roleNow !== undefined && mappedLately(f.roleNow, who, f.now);
}

function isActive(accountId: string, { accountsNow, linkedNow }: GateFacts): boolean {
  if (accountsNow === undefined) return true;
  const account = accountsNow.find((a) => a.accountId === accountId);
  if (!account?.active) return false;
  return (
    account.type === 'atlassian' || (account.type === 'customer' && linkedNow.includes(accountId))
  );
}
