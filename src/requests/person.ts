/**
 * Which directory person a Jira account is: an administrator's link first, else the account's
 * e-mail, which must belong to exactly one active person. Pinned by id; a name or an e-mail that
 * changes hands later can never redirect a grant.
 */
import * as z from 'zod/mini';
import { personKey } from '../catalog/model/catalog';
import type { Directory, DirectoryPerson } from '../directories/directory';
import type { Store } from '../forge/ports';
import type { Jira } from '../jira/port';
import { find, load, type RecordType } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';

export const linkSchema = z.strictObject({
  v: z.literal(1),
  accountId: z.string(),
  connectionId: z.string(),
  personId: z.string(),
  linkedBy: z.string(),
  at: z.string(),
});
export type Link = z.infer<typeof linkSchema>;
export const links: RecordType<Link> = {
  entity: 'link',
  schema: linkSchema,
  key: (link) => `${link.accountId}:${link.connectionId}`,
  attributes: (link) => ({
    personKey: personKey(link.connectionId, link.personId),
    status: 'linked',
  }),
};

export type Found = Result<
  { readonly person: DirectoryPerson; readonly by: 'link' | 'e-mail' },
  { refusal: Refusal } | { failure: Failure }
>;

const refuse = (
  check: string,
  sentence: string,
  nextStep: string,
  facts?: Record<string, unknown>,
): Found => no({ refusal: { check, sentence, nextStep, ...(facts && { facts }) } });

const LINK = 'An administrator can link the account to a person in Latchkey and press Resume.';

export async function findPerson(
  deps: { store: Pick<Store, 'get'>; jira: Pick<Jira, 'accounts' | 'email'> },
  directory: Directory,
  connectionId: string,
  accountId: string,
): Promise<Found> {
  const link = await load(deps.store, links, `${accountId}:${connectionId}`);
  if (link) return linked(directory, link.value.personId);
  const account = await deps.jira.accounts([accountId]);
  if (!account.ok) return no({ failure: account.error });
  const who = account.value.find((a) => a.accountId === accountId);
  if (!who?.active || who.type !== 'atlassian') {
    return refuse(
      'beneficiary-account',
      'Access can be given only to an active company account, and this account is not one that the app can verify.',
      LINK,
      { accountId, type: who?.type ?? 'absent', active: who?.active ?? false },
    );
  }
  const email = await deps.jira.email(accountId);
  if (!email.ok) return no({ failure: email.error });
  if (email.value === null) {
    return refuse(
      'beneficiary-email',
      'Jira shows no e-mail address for the person who shall receive the access.',
      LINK,
      { accountId },
    );
  }
  const people = await directory.findPeople(email.value);
  if (!people.ok) return no({ failure: people.error });
  if (people.value.length === 0) {
    return refuse(
      'person-in-directory',
      'The person who shall receive the access has no account in the directory.',
      LINK,
      { accountId },
    );
  }
  const [only, ...rest] = people.value as [DirectoryPerson, ...DirectoryPerson[]];
  if (rest.length > 0) {
    return refuse(
      'one-person',
      'More than one account in the directory has this e-mail address, so it is not certain who is meant.',
      LINK,
      {
        accountId,
        personIds: people.value.map((p) => p.id),
      },
    );
  }
  return active(only, 'e-mail');
}

/**
 * Every directory person that an account may be, active or not: for keeping people from deciding on
 * their own access, where one that cannot be told apart counts as well.
 */
export async function personsOf(
  deps: { store: Pick<Store, 'get'>; jira: Pick<Jira, 'email'> },
  directory: Directory,
  connectionId: string,
  accountId: string,
): Promise<Result<readonly string[], Failure>> {
  const link = await load(deps.store, links, `${accountId}:${connectionId}`);
  if (link) return ok([link.value.personId]);
  const email = await deps.jira.email(accountId);
  if (!email.ok || email.value === null) return email.ok ? ok([]) : email;
  const people = await directory.findPeople(email.value);
  return people.ok ? ok(people.value.map((p) => p.id)) : people;
}

/** Accounts that an administrator linked to a person. The index finds them, the record decides. */
export async function accountsOf(
  deps: { store: Pick<Store, 'get' | 'query'> },
  connectionId: string,
  personId: string,
): Promise<readonly string[]> {
  const at = personKey(connectionId, personId);
  const { found } = await find(deps.store, links, {
    index: 'by-status',
    partition: ['linked'],
    range: { from: at, to: at },
    limit: 10,
  });
  const accounts: string[] = [];
  for (const { value } of found) {
    const link = await load(deps.store, links, links.key(value));
    if (link?.value.personId === personId) accounts.push(value.accountId);
  }
  return accounts;
}

async function linked(directory: Directory, personId: string): Promise<Found> {
  const person = await directory.person(personId);
  if (!person.ok) return no({ failure: person.error });
  if (person.value === null) {
    return refuse(
      'person-in-directory',
      'The directory no longer has the person this account is linked to.',
      LINK,
      { personId },
    );
  }
  return active(person.value, 'link');
}

function active(person: DirectoryPerson, by: 'link' | 'e-mail'): Found {
  if (person.active) return ok({ person, by });
  return refuse(
    'person-active',
    "The person's account in the directory is not active.",
    'Once it is active again, IT can press Resume.',
    {
      personId: person.id,
    },
  );
}
