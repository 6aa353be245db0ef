/** Whom a request is about, who may therefore not decide on it, and who may. */
import type { Offer } from '../catalog/store';
import type { Directory, DirectoryPerson } from '../directories/directory';
import type { Issue } from '../jira/port';
import { noteMismatch, settleMismatch } from '../people/mismatch';
import { type Parties, resolveStages } from '../policy/approvers';
import type { StageNeeded } from '../policy/model/evaluate';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import type { Deps } from './deps';
import type { FoundBy, Stage } from './model/request';
import { startOf, waitsUntil } from './model/start';
import type { Wish } from './model/wish';
import { findPerson, personsOf } from './person';

export interface Concerned {
  readonly beneficiary: string;
  /** As the directory has them now. */
  readonly person: DirectoryPerson;
  readonly personBy: FoundBy;
  readonly parties: Parties;
}

export interface People {
  readonly beneficiary: string;
  readonly personId: string;
  readonly personBy: FoundBy;
  readonly parties: Parties;
  /** In order; none when a published rule decides. */
  readonly stages: readonly Stage[];
}

export async function resolveConcerned(
  deps: Deps,
  directory: Directory,
  issue: Issue,
  offer: Offer,
  wish: Wish,
): Promise<Result<Concerned, Stopped>> {
  const requester = issue.reporter;
  if (requester === undefined || requester === 'unidentified') return no({ refusal: anonymous });
  const beneficiary = wish.beneficiary ?? requester;
  const { connectionId } = offer.role;
  const whom = { connectionId, accountId: beneficiary };
  const start = startOf(wish, (await deps.settings()).timeZone);
  const mayWait = start.ok && waitsUntil(start.value, deps.now()) !== undefined;
  const found = await findPerson(deps, directory, { ...whom, mayWait });
  if (!found.ok) {
    if ('failure' in found.error) return found;
    await noteMismatch(deps, whom, found.error.refusal);
    return mayWait && found.error.refusal.check === 'person-in-directory'
      ? no({ refusal: { ...found.error.refusal, nextStep: ONCE_PREPARED } })
      : found;
  }
  await settleMismatch(deps, whom, 'The app knows by now who it is.');
  const personId = found.value.person.id;
  const personBy = found.value.by;
  const accounts = new Set([
    beneficiary,
    requester,
    ...(issue.creator ? [issue.creator] : []),
    ...pastReporters(issue),
  ]);
  const persons = new Set([personId]);
  for (const accountId of accounts) {
    if (accountId === beneficiary) continue;
    const other = await personsOf(deps, directory, connectionId, accountId);
    if (!other.ok) return no({ failure: other.error });
    for (const id of other.value) persons.add(id);
  }
  const parties: Parties = { accounts: [...accounts].sort(), persons: [...persons].sort() };
  return ok({ beneficiary, person: found.value.person, personBy, parties });
}

/** Who decides, in order; nobody when a published rule does. */
export async function resolveDeciders(
  deps: Deps,
  directory: Directory,
  ask: {
    readonly offer: Offer;
    readonly concerned: Concerned;
    readonly stages: readonly StageNeeded[];
  },
): Promise<Result<People, Stopped>> {
  const { offer, concerned } = ask;
  const { person, ...rest } = concerned;
  const people = { ...rest, personId: person.id };
  if (ask.stages.length === 0) return ok({ ...people, stages: [] });
  const stages = await resolveStages(deps, directory, {
    offer,
    stages: ask.stages,
    beneficiary: person.id,
    parties: concerned.parties,
    missed: async (refusal) => {
      const unknown = unknownIn(refusal);
      const { connectionId } = offer.role;
      if (unknown) await noteMismatch(deps, { connectionId, ...unknown }, refusal);
    },
  });
  return stages.ok ? ok({ ...people, stages: stages.value }) : stages;
}

type Stopped = { readonly refusal: Refusal } | { readonly failure: Failure };

/** An approver who cannot be told; that one is a party or not named at all is nobody's mismatch. */
function unknownIn(refusal: Refusal) {
  const { accountId, personId } = refusal.facts ?? {};
  if (refusal.check === 'approver-active' && typeof accountId === 'string') return { accountId };
  if (refusal.check === 'manager-has-account' && typeof personId === 'string') return { personId };
  return undefined;
}

export function pastReporters(issue: Issue): string[] {
  return issue.changes
    .filter((c) => c.fieldId === 'reporter')
    .flatMap((c) => [c.from, c.to])
    .filter((id) => id !== null);
}

const ONCE_PREPARED =
  'Once the directory has the person, if only prepared and not active yet, IT presses Resume; the access begins on its day.';

const anonymous: Refusal = {
  check: 'requester-known',
  sentence: 'The request has no person behind it, so nobody can be given access.',
  nextStep: 'Please raise it again while signed in.',
};
