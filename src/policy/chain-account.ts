/** Who an account is and whether it can decide at all; who a directory person is among the accounts. */
import type { Directory, DirectoryPerson } from '../directories/directory';
import type { Account } from '../jira/port';
import type { Deps } from '../requests/deps';
import { verifiedAddress } from '../requests/model/identity';
import type { Approver } from '../requests/model/request';
import { accountsOf, isLinked, mayStandFor, personsOf } from '../requests/person';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';

export interface Candidate {
  readonly approver: Approver;
  /** Every directory person that the account may be. */
  readonly persons: readonly string[];
}

/** Somebody whom the policy names and who cannot be asked. */
export interface Missing {
  readonly refusal: Refusal;
  /** Half a sentence, after "because". */
  readonly why: string;
  /** Where it is known: whoever stands in for them can be asked. */
  readonly accountId?: string;
}

export type OneRead = Result<Result<Candidate, Missing>, Failure>;

export interface Where {
  readonly directory: Directory;
  readonly connectionId: string;
}

/** The one Jira account of a directory person, proven from both sides. */
export async function accountOf(
  deps: Deps,
  { directory, connectionId }: Where,
  person: DirectoryPerson,
  who: string,
): Promise<
  Result<
    Result<{ readonly accountId: string; readonly persons: readonly string[] }, Missing>,
    Failure
  >
> {
  const linked = await accountsOf(deps, connectionId, person.id);
  const address = verifiedAddress(person.email, (await deps.settings()).managedDomains);
  const why = `the ${who} has no account here that is surely theirs`;
  if (linked.length === 0 && !address.ok)
    return missing(
      'manager-has-account',
      `The ${who}'s e-mail address is not in a domain that the company manages, so the app cannot tell which account is theirs.`,
      `IT links the ${who}'s account in Latchkey, or enters the managed domains of this site, and presses Resume.`,
      { personId: person.id, because: address.error },
      { why },
    );
  const accounts =
    linked.length > 0
      ? await deps.jira.accounts(linked)
      : await deps.jira.accountsByEmail(person.email);
  if (!accounts.ok) return accounts;
  const human = accounts.value.filter(
    (a) => a.active && mayStandFor(a, linked.includes(a.accountId)),
  );
  const [account, ...others] = human;
  if (account === undefined || others.length > 0)
    return missing(
      'manager-has-account',
      `The ${who} has no single active account on this Jira site and so cannot decide here.`,
      `IT can invite the ${who}, or choose another approver for this role, and press Resume.`,
      { personId: person.id, accounts: human.length },
      { why },
    );
  // The account may be somebody else's although it bears the person's address.
  const persons = await personsOf(deps, directory, connectionId, account.accountId);
  if (!persons.ok) return persons;
  if (persons.value.length !== 1 || persons.value[0] !== person.id)
    return missing(
      'manager-has-account',
      `The account with the ${who}'s e-mail address may be another person's, so nobody may decide.`,
      `An administrator links the ${who}'s account in Latchkey and presses Resume.`,
      { personId: person.id, accountId: account.accountId, personIds: persons.value },
      { why },
    );
  return ok(ok({ accountId: account.accountId, persons: persons.value }));
}

/** Reads whether an account can decide at all, and who it may be in the directory. */
export async function inPerson(
  deps: Deps,
  { directory, connectionId }: Where,
  accountId: string,
  { because, rule }: { readonly because: string; readonly rule: string },
): Promise<OneRead> {
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok) return accounts;
  const account = accounts.value.find((a) => a.accountId === accountId);
  const portalOnly = account?.type === 'customer';
  const known = portalOnly && (await isLinked(deps, connectionId, accountId));
  if (!account?.active || !mayStandFor(account, known))
    return inactive(account, { accountId, rule });
  const persons = await personsOf(deps, directory, connectionId, accountId);
  if (!persons.ok) return persons;
  const [one, ...others] = persons.value;
  if (one !== undefined && others.length === 0) {
    const person = await directory.person(one);
    if (!person.ok) return person;
    if (person.value?.active === false) return inactive(account, { accountId, rule });
  }
  const approver: Approver = {
    accountId,
    because,
    readAt: deps.now(),
    ...(one !== undefined && others.length === 0 && { personId: one }),
  };
  return ok(ok({ approver, persons: persons.value }));
}

function inactive(
  account: Account | undefined,
  facts: { readonly accountId: string; readonly rule: string },
): OneRead {
  const unknown = account?.type === 'customer' && account.active;
  const who = facts.rule === 'owner' ? 'the owner of the app' : 'the person named for it';
  return missing(
    'approver-active',
    unknown
      ? 'The person who decides on this role has a portal-only account, and nobody has said who that is.'
      : 'The person who decides on this role has no active account.',
    unknown
      ? 'An administrator can link the account to a person in Latchkey, or choose another approver for this role, and press Resume.'
      : 'IT can choose another approver for this role and press Resume.',
    facts,
    {
      why: unknown
        ? `nobody has said who ${who} is in the directory`
        : `${who} has no active account`,
      accountId: facts.accountId,
    },
  );
}

export function missing(
  check: string,
  sentence: string,
  nextStep: string,
  facts: Readonly<Record<string, unknown>>,
  more: Omit<Missing, 'refusal'>,
): { readonly ok: true; readonly value: { readonly ok: false; readonly error: Missing } } {
  return ok(no({ refusal: { check, sentence, nextStep, facts }, ...more }));
}
