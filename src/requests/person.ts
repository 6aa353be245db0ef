/**
 * Which directory person a Jira account is:
 *
 * 1. an administrator's link;
 * 2. the attribute that holds the Atlassian account id, where the connection names one;
 * 3. the account's e-mail, verified by Jira and exactly that of one person (`model/identity.ts`).
 *
 * Pinned by id and asked again before each grant: a name or an e-mail that changes hands can neither
 * redirect a grant nor inherit one.
 */
import * as z from 'zod/mini';
import { personKey } from '../catalog/model/catalog';
import type { SiteSettings } from '../catalog/model/settings';
import type { Directory, DirectoryPerson } from '../directories/directory';
import type { Store } from '../forge/ports';
import type { Jira } from '../jira/port';
import { find, load, type RecordType } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import {
  type AddressProblem,
  type PersonProblem,
  personWith,
  verifiedAddress,
} from './model/identity';
import type { FoundBy } from './model/request';

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
  { readonly person: DirectoryPerson; readonly by: FoundBy },
  { refusal: Refusal } | { failure: Failure }
>;

const refuse = (
  check: string,
  sentence: string,
  nextStep: string,
  facts?: Record<string, unknown>,
): Found => no({ refusal: { check, sentence, nextStep, ...(facts && { facts }) } });

/** Resume asks the approvers again: who it is has to be found anew. */
export const LINK_GONE = 'link-stands';
const LINK_GONE_SENTENCE =
  'The link that said which person in the directory this account is was taken back after the request was put up for approval.';
const LINK = 'An administrator can link the account to a person in Latchkey and press Resume.';

export interface Whom {
  readonly connectionId: string;
  readonly accountId: string;
  /**
   * Of a request that was pinned: the account was read then, and its link comes with other records.
   * Everything else is asked again. An account that only a link told apart is nobody's without it:
   * whoever has only the portal chose their own address.
   */
  readonly pinned?: { readonly link: Link | undefined; readonly by: FoundBy | undefined };
  /** The access begins later: whoever is prepared in the directory by now will be active by then, or it waits. */
  readonly mayWait?: boolean;
}

interface Asking {
  readonly store: Pick<Store, 'get'>;
  readonly jira: Pick<Jira, 'accounts' | 'email'>;
  readonly settings: () => Promise<SiteSettings>;
}

export async function findPerson(deps: Asking, directory: Directory, whom: Whom): Promise<Found> {
  const { connectionId, accountId, pinned } = whom;
  const link = pinned
    ? pinned.link
    : (await load(deps.store, links, `${accountId}:${connectionId}`))?.value;
  if (!pinned) {
    const problem = await accountProblem(deps, accountId, link !== undefined);
    if (problem) return problem;
  }
  const fits = whom.mayWait ? isComing : isActive;
  if (link) return linked(directory, link.personId, fits);
  if (pinned?.by === 'link') return refuse(LINK_GONE, LINK_GONE_SENTENCE, LINK, { accountId });
  const named = await directory.findByAccount(accountId);
  if (!named.ok) return no({ failure: named.error });
  if (named.value.length > 0) return byAttribute(named.value, accountId, fits);
  return byAddress(deps, directory, accountId, fits);
}

type Fits = (person: DirectoryPerson) => boolean;
const isActive: Fits = ({ active }) => active;
const isComing: Fits = ({ active, status }) => active || status === 'pending';

/** Portal-only accounts make themselves, with any name: only an administrator can say who they are. */
async function accountProblem(
  deps: Asking,
  accountId: string,
  linked: boolean,
): Promise<Found | undefined> {
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok) return no({ failure: accounts.error });
  const who = accounts.value.find((a) => a.accountId === accountId);
  if (who?.active && mayStandFor(who, linked)) return undefined;
  return refuse(
    'beneficiary-account',
    'Access can be given only to an active company account, and this account is not one that the app can verify.',
    LINK,
    { accountId, type: who?.type ?? 'absent', active: who?.active ?? false },
  );
}

/** Whether an account of this kind can receive access or decide at all. */
export const mayStandFor = ({ type }: { readonly type: string }, linked: boolean): boolean =>
  type === 'atlassian' || (type === 'customer' && linked);

function byAttribute(people: readonly DirectoryPerson[], accountId: string, fits: Fits): Found {
  const [only, ...others] = people as [DirectoryPerson, ...DirectoryPerson[]];
  if (others.length === 0) return fitting(only, 'attribute', fits);
  return refuse(
    'one-person',
    'More than one account in the directory names this Atlassian account as its own, so it is not certain who is meant.',
    `IT leaves the attribute with one of them and presses Resume. ${LINK}`,
    { accountId, personIds: people.map((p) => p.id) },
  );
}

async function byAddress(
  deps: Asking,
  directory: Directory,
  accountId: string,
  fits: Fits,
): Promise<Found> {
  const { managedDomains } = await deps.settings();
  // Told apart before Jira is asked: without domains every answer would be refused.
  if (managedDomains.length === 0) return addressRefused('no-domains', accountId);
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
  const address = verifiedAddress(email.value, managedDomains);
  if (!address.ok) return addressRefused(address.error, accountId);
  const people = await directory.findPeople(address.value);
  if (!people.ok) return no({ failure: people.error });
  const person = personWith(address.value, people.value, fits);
  if (person.ok) return ok({ person: person.value, by: 'e-mail' });
  return personRefused(person.error, accountId, people.value);
}

function addressRefused(problem: AddressProblem, accountId: string): Found {
  if (problem === 'no-domains') {
    return refuse(
      'email-domains-set',
      'Nobody has said yet which e-mail domains belong to the company, so the app cannot tell people by their address.',
      `An administrator enters the domains that are claimed in Atlassian administration as managed domains of this site, and presses Resume. ${LINK}`,
      { accountId },
    );
  }
  return refuse(
    'email-verified',
    "The app cannot verify this account's e-mail address: it is not in a domain that the company manages.",
    LINK,
    { accountId, because: problem },
  );
}

function personRefused(
  problem: PersonProblem,
  accountId: string,
  people: readonly DirectoryPerson[],
): Found {
  const facts = { accountId, personIds: people.map((p) => p.id) };
  switch (problem) {
    case 'nobody':
      return refuse(
        'person-in-directory',
        'The person who shall receive the access has no account in the directory.',
        LINK,
        facts,
      );
    case 'several':
      return refuse(
        'one-person',
        'More than one account in the directory has this e-mail address, so it is not certain who is meant.',
        LINK,
        facts,
      );
    case 'other-address':
      return refuse(
        'email-exact',
        'In the directory this e-mail address is only a further one of an account whose own is another, so it is not certain who is meant.',
        LINK,
        facts,
      );
    case 'not-active':
      return notActive(facts);
  }
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
  const named = await directory.findByAccount(accountId);
  if (!named.ok) return named;
  const email = await deps.jira.email(accountId);
  if (!email.ok) return email;
  const people = email.value === null ? ok([]) : await directory.findPeople(email.value);
  return people.ok ? ok([...new Set([...named.value, ...people.value].map((p) => p.id))]) : people;
}

export const isLinked = async (
  deps: { store: Pick<Store, 'get'> },
  connectionId: string,
  accountId: string,
): Promise<boolean> =>
  (await load(deps.store, links, `${accountId}:${connectionId}`)) !== undefined;

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

async function linked(directory: Directory, personId: string, fits: Fits): Promise<Found> {
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
  return fitting(person.value, 'link', fits);
}

function fitting(person: DirectoryPerson, by: FoundBy, fits: Fits): Found {
  return fits(person) ? ok({ person, by }) : notActive({ personId: person.id });
}

const notActive = (facts: Record<string, unknown>): Found =>
  refuse(
    'person-active',
    "The person's account in the directory is not active.",
    'Once it is active again, IT can press Resume.',
    facts,
  );
