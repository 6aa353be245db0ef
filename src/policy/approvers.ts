/**
 * Who decides, resolved before anybody is asked: the role's rule, each approver with the source of
 * their name, nobody who is a party to the request. One stage in this first cut; a chain of stages,
 * covers and fallbacks belongs here too.
 */
import { DIRECTORY_NAMES } from '../catalog/model/catalog';
import type { SiteSettings } from '../catalog/model/settings';
import type { Offer } from '../catalog/store';
import type { Directory } from '../directories/directory';
import type { Store } from '../forge/ports';
import type { Jira } from '../jira/port';
import { verifiedAddress } from '../requests/model/identity';
import type { Approver, Stage } from '../requests/model/request';
import { accountsOf, isLinked, mayStandFor, personsOf } from '../requests/person';
import type { Instant } from '../shared/instant';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import type { StageNeeded } from './model/evaluate';

export interface Parties {
  /** Submitter, every reporter so far, beneficiary. */
  readonly accounts: readonly string[];
  /** Their ids in the grant's directory, as far as known; the beneficiary's always. */
  readonly persons: readonly string[];
}

export type Resolved = Result<readonly Stage[], { refusal: Refusal } | { failure: Failure }>;

export interface WhoDecides {
  readonly offer: Pick<Offer, 'role' | 'app' | 'site'>;
  /** As `evaluate` answered them. */
  readonly stages: readonly StageNeeded[];
  /** Id of the directory person who shall receive the access. */
  readonly beneficiary: string;
  readonly parties: Parties;
}

interface Outside {
  readonly store: Pick<Store, 'get' | 'query'>;
  readonly jira: Pick<Jira, 'accounts' | 'accountsByEmail' | 'email'>;
  readonly settings: () => Promise<SiteSettings>;
  readonly now: () => Instant;
}

export async function resolveStages(
  deps: Outside,
  directory: Directory,
  ask: WhoDecides,
): Promise<Resolved> {
  const stages: Stage[] = [];
  for (const rule of ask.stages) {
    const stage = await resolveStage(deps, directory, ask, rule);
    if (!stage.ok) return stage;
    stages.push(stage.value);
  }
  return ok(stages);
}

async function resolveStage(
  deps: Outside,
  directory: Directory,
  { offer, beneficiary, parties }: WhoDecides,
  { id, from }: StageNeeded,
): Promise<Result<Stage, { refusal: Refusal } | { failure: Failure }>> {
  const [rule] = from;
  const found =
    rule?.kind === 'manager'
      ? await manager(deps, directory, offer.role.connectionId, beneficiary)
      : await named(
          deps,
          directory,
          offer.role.connectionId,
          rule?.kind === 'people' ? (rule.accounts[0] as string) : offer.app.owner,
          rule?.kind === 'people' ? 'person' : 'owner',
        );
  if (!found.ok) return found;
  const { persons, ...approver } = found.value;
  const party =
    parties.accounts.includes(approver.accountId) ||
    persons.some((id) => parties.persons.includes(id));
  if (party) {
    return refuse(
      'approver-is-party',
      'The only person who may decide is a party to this request, and nobody decides on their own access.',
      `IT can choose another approver for ${offer.role.name} in ${offer.app.name}.`,
      {
        rule: rule?.kind ?? id,
        accountId: approver.accountId,
      },
    );
  }
  return ok({ id, needs: 1, approvers: [approver] });
}

const refuse = (
  check: string,
  sentence: string,
  nextStep: string,
  facts: Record<string, unknown>,
) => no({ refusal: { check, sentence, nextStep, facts } });

/** With every directory person that the account may be. */
type One = Result<
  Approver & { readonly persons: readonly string[] },
  { refusal: Refusal } | { failure: Failure }
>;

async function manager(
  deps: Outside,
  directory: Directory,
  connectionId: string,
  beneficiary: string,
): Promise<One> {
  const read = await directory.managerOf(beneficiary);
  if (!read.ok) return no({ failure: read.error });
  if (read.value === null || !read.value.active) {
    return refuse(
      'manager-known',
      'The directory names no active manager for the person who shall receive the access, so nobody may decide.',
      'IT can enter the manager in the directory, or choose another approver for this role, and press Resume.',
      {
        personId: beneficiary,
      },
    );
  }
  const linked = await accountsOf(deps, connectionId, read.value.id);
  const address = verifiedAddress(read.value.email, (await deps.settings()).managedDomains);
  if (linked.length === 0 && !address.ok) {
    return refuse(
      'manager-has-account',
      "The manager's e-mail address is not in a domain that the company manages, so the app cannot tell which account is theirs.",
      "IT links the manager's account in Latchkey, or enters the managed domains of this site, and presses Resume.",
      { personId: read.value.id, because: address.error },
    );
  }
  const accounts =
    linked.length > 0
      ? await deps.jira.accounts(linked)
      : await deps.jira.accountsByEmail(read.value.email);
  if (!accounts.ok) return no({ failure: accounts.error });
  const human = accounts.value.filter(
    (a) => a.active && mayStandFor(a, linked.includes(a.accountId)),
  );
  if (human.length !== 1) {
    return refuse(
      'manager-has-account',
      'The manager has no single active account on this Jira site and so cannot decide here.',
      'IT can invite the manager, or choose another approver for this role, and press Resume.',
      {
        personId: read.value.id,
        accounts: human.length,
      },
    );
  }
  const account = human[0] as (typeof human)[number];
  // The account may be somebody else's although it bears the manager's address.
  const persons = await personsOf(deps, directory, connectionId, account.accountId);
  if (!persons.ok) return no({ failure: persons.error });
  if (persons.value.length !== 1 || persons.value[0] !== read.value.id) {
    return refuse(
      'manager-has-account',
      "The account with the manager's e-mail address may be another person's, so nobody may decide.",
      "An administrator links the manager's account in Latchkey and presses Resume.",
      { personId: read.value.id, accountId: account.accountId, personIds: persons.value },
    );
  }
  return ok({
    accountId: account.accountId,
    because: `manager in ${DIRECTORY_NAMES[directory.kind]}`,
    readAt: deps.now(),
    personId: read.value.id,
    persons: persons.value,
  });
}

async function named(
  deps: Outside,
  directory: Directory,
  connectionId: string,
  accountId: string,
  kind: 'owner' | 'person',
): Promise<One> {
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok) return no({ failure: accounts.error });
  const account = accounts.value.find((a) => a.accountId === accountId);
  const portalOnly = account?.type === 'customer';
  const known = portalOnly && (await isLinked(deps, connectionId, accountId));
  if (!account?.active || !mayStandFor(account, known)) {
    return refuse(
      'approver-active',
      portalOnly && account.active
        ? 'The person who decides on this role has a portal-only account, and nobody has said who that is.'
        : 'The person who decides on this role has no active account.',
      portalOnly && account.active
        ? 'An administrator can link the account to a person in Latchkey, or choose another approver for this role, and press Resume.'
        : 'IT can choose another approver for this role and press Resume.',
      { accountId, rule: kind },
    );
  }
  const persons = await personsOf(deps, directory, connectionId, accountId);
  if (!persons.ok) return no({ failure: persons.error });
  const [one, ...others] = persons.value;
  return ok({
    accountId,
    because:
      kind === 'owner' ? 'owner of the app in the catalog' : 'named for this role in the catalog',
    readAt: deps.now(),
    ...(one !== undefined && others.length === 0 && { personId: one }),
    persons: persons.value,
  });
}
