/** Whether somebody may join a stage of an open request: nobody who is a party, nobody twice. */
import { openConnection } from '../catalog/open-connection';
import { inPerson } from '../policy/chain-account';
import { anyIsParty } from '../policy/chain-party';
import type { Deps } from '../requests/deps';
import type { Approver, Pin, Stage } from '../requests/model/request';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';

/** Of those who set a cover or name somebody else for an open request. */
export async function chosenByParty(
  deps: Deps,
  { parties, partyPersons, subject }: Pin,
  by: readonly string[],
): Promise<Result<boolean, Failure>> {
  const { connectionId } = subject;
  const opened = await openConnection(deps, connectionId);
  // Then nobody joins either (`mayStandIn`).
  if (!opened.ok) return ok(by.some((id) => parties.includes(id)));
  const where = { directory: opened.value.directory, connectionId };
  return anyIsParty(deps, where, { accounts: parties, persons: partyPersons }, by);
}

export type Joining = Result<Approver, { refusal: Refusal } | { failure: Failure }>;

export async function mayStandIn(
  deps: Deps,
  pin: Pin,
  stage: Stage,
  one: { readonly accountId: string; readonly because: string },
): Promise<Joining> {
  const { accountId, because } = one;
  const { connectionId } = pin.subject;
  const opened = await openConnection(deps, connectionId);
  if (!opened.ok) {
    const { check, sentence, nextStep } = opened.problem;
    return no({ refusal: { check, sentence, nextStep } });
  }
  const where = { directory: opened.value.directory, connectionId };
  const read = await inPerson(deps, where, accountId, { because, rule: 'stand-in' });
  if (!read.ok) return no({ failure: read.error });
  if (!read.value.ok) return no({ refusal: inactive(accountId) });
  const { approver, persons } = read.value.value;
  const party =
    pin.parties.includes(accountId) || persons.some((id) => pin.partyPersons.includes(id));
  if (party) return no({ refusal: isParty(accountId) });
  if (stage.approvers.some((other) => isSame(other, accountId, persons)))
    return no({ refusal: askedAlready(accountId) });
  const others = pin.stages.filter(
    (other) =>
      other.id !== stage.id &&
      (pin.policy?.rules.distinct !== false || other.sod !== undefined || stage.sod !== undefined),
  );
  const twice = others.some(({ approvers }) =>
    approvers.some((other) => isSame(other, accountId, persons)),
  );
  return twice ? no({ refusal: inOtherStage(accountId) }) : ok(approver);
}

const isSame = (
  { accountId, personId }: Approver,
  account: string,
  persons: readonly string[],
): boolean => accountId === account || (personId !== undefined && persons.includes(personId));

const inactive = (accountId: string): Refusal => ({
  check: 'approver-active',
  sentence: 'This person has no account that may decide here.',
  nextStep: 'Choose somebody with an active account, or link a portal-only one in Latchkey.',
  facts: { accountId },
});
const isParty = (accountId: string): Refusal => ({
  check: 'approver-is-party',
  sentence: 'This person is a party to the request, and nobody decides on their own access.',
  nextStep: 'Choose somebody else.',
  facts: { accountId },
});
const askedAlready = (accountId: string): Refusal => ({
  check: 'approver-asked',
  sentence: 'This person is asked already.',
  nextStep: 'Choose somebody else.',
  facts: { accountId },
});
const inOtherStage = (accountId: string): Refusal => ({
  check: 'approvers-distinct',
  sentence: 'This person decides in another stage of the request, and each needs somebody else.',
  nextStep: 'Choose somebody else.',
  facts: { accountId },
});
