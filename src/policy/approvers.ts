/**
 * Who decides, resolved before anybody is asked: the role's rule, each approver with the source of
 * their name, nobody who is a party to the request. One stage in this first cut; a chain of stages,
 * covers and fallbacks belongs here too.
 */
import { type App, DIRECTORY_NAMES, type Role } from '../catalog/model/catalog';
import type { Directory } from '../directories/directory';
import type { Jira } from '../jira/port';
import type { Approver, Stage } from '../requests/model/request';
import type { Instant } from '../shared/instant';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';

export interface Parties {
  /** Submitter, every reporter so far, beneficiary. */
  readonly accounts: readonly string[];
  /** Their ids in the grant's directory, as far as known; the beneficiary's always. */
  readonly persons: readonly string[];
}

export type Resolved = Result<Stage, { refusal: Refusal } | { failure: Failure }>;

export async function resolveStage(
  deps: { jira: Pick<Jira, 'accounts' | 'accountsByEmail' | 'email'>; now: () => Instant },
  directory: Directory,
  offer: { role: Role; app: App },
  beneficiary: string,
  parties: Parties,
): Promise<Resolved> {
  const rule = offer.role.approver;
  if (rule.kind === 'auto') throw new Error('A role with automatic approval has no stage');
  const found =
    rule.kind === 'manager'
      ? await manager(deps, directory, beneficiary)
      : await named(
          deps,
          directory,
          rule.kind === 'owner' ? offer.app.owner : rule.accountId,
          rule.kind,
        );
  if (!found.ok) return found;
  const approver = found.value;
  const party =
    parties.accounts.includes(approver.accountId) ||
    (approver.personId !== undefined && parties.persons.includes(approver.personId));
  if (party) {
    return refuse(
      'approver-is-party',
      'The only person who may decide is a party to this request, and nobody decides on their own access.',
      `IT can choose another approver for ${offer.role.name} in ${offer.app.name}.`,
      {
        rule: rule.kind,
        accountId: approver.accountId,
      },
    );
  }
  return ok({ id: rule.kind, needs: 1, approvers: [approver] });
}

const refuse = (
  check: string,
  sentence: string,
  nextStep: string,
  facts: Record<string, unknown>,
) => no({ refusal: { check, sentence, nextStep, facts } });

type One = Result<Approver, { refusal: Refusal } | { failure: Failure }>;

async function manager(
  deps: { jira: Pick<Jira, 'accountsByEmail'>; now: () => Instant },
  directory: Directory,
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
  const accounts = await deps.jira.accountsByEmail(read.value.email);
  if (!accounts.ok) return no({ failure: accounts.error });
  const human = accounts.value.filter((a) => a.type === 'atlassian' && a.active);
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
  return ok({
    accountId: account.accountId,
    because: `manager in ${DIRECTORY_NAMES[directory.kind]}`,
    readAt: deps.now(),
    personId: read.value.id,
  });
}

async function named(
  deps: { jira: Pick<Jira, 'accounts' | 'email'>; now: () => Instant },
  directory: Directory,
  accountId: string,
  kind: 'owner' | 'person',
): Promise<One> {
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok) return no({ failure: accounts.error });
  const account = accounts.value.find((a) => a.accountId === accountId);
  if (!account?.active || account.type !== 'atlassian') {
    return refuse(
      'approver-active',
      'The person who decides on this role has no active account.',
      'IT can choose another approver for this role and press Resume.',
      { accountId, rule: kind },
    );
  }
  const email = await deps.jira.email(accountId);
  if (!email.ok) return no({ failure: email.error });
  const people = email.value === null ? ok([]) : await directory.findPeople(email.value);
  if (!people.ok) return no({ failure: people.error });
  const one = people.value.length === 1 ? people.value[0] : undefined;
  return ok({
    accountId,
    because:
      kind === 'owner' ? 'owner of the app in the catalog' : 'named for this role in the catalog',
    readAt: deps.now(),
    ...(one && { personId: one.id }),
  });
}
