/** One stage on its way from whom the policy names to who is asked, and who may join it. */
import type { Offer } from '../catalog/store';
import type { Refusal } from '../shared/result';
import type { Candidate, Missing } from './chain-account';
import type { Read } from './chain-group';
import type { StageNeeded } from './model/evaluate';

export interface Parties {
  /** Submitter, every reporter so far, beneficiary. */
  readonly accounts: readonly string[];
  /** Their ids in the grant's directory, as far as known; the beneficiary's always. */
  readonly persons: readonly string[];
}

export interface WhoDecides {
  readonly offer: Pick<Offer, 'role' | 'app' | 'site' | 'policy'>;
  /** As `evaluate` answered them. */
  readonly stages: readonly StageNeeded[];
  /** Id of the directory person who shall receive the access. */
  readonly beneficiary: string;
  readonly parties: Parties;
  /** Told of everybody whom the policy names and who cannot be asked, also where others decide. */
  readonly missed?: (refusal: Refusal) => Promise<void>;
}

export interface Draft {
  readonly rule: StageNeeded;
  readonly reads: readonly Read[];
  /** Answers that the stage needs. */
  readonly needs: number;
  readonly people: Candidate[];
  /** Away, and nobody may stand in: asked only if nobody else is left. */
  readonly away: Candidate[];
  /** Why somebody whom the policy names is not asked, the first first. */
  readonly out: Missing[];
}

/** Of a group, who is a party is no member to wait for; whoever else is named has to be replaced. */
export function needsOf({ needs }: StageNeeded, reads: readonly Read[], ask: WhoDecides): number {
  if (needs === 'any') return 1;
  if (needs !== 'all') return needs;
  const asked = new Set<string>();
  let more = 0;
  for (const { kind, found, missing } of reads) {
    if (kind === 'jira-group') more += 1;
    const members = kind === 'directory-group';
    for (const one of found)
      if (!members || !isParty(one, ask.parties)) asked.add(one.approver.accountId);
    if (!members) more += missing.length;
  }
  return Math.max(asked.size + more, 1);
}

/** Somebody who takes a place is no party, not in the stage, and in no stage that has to differ. */
export function mayJoin(
  one: Candidate,
  draft: Draft,
  drafts: readonly Draft[],
  ask: WhoDecides,
): boolean {
  if (isParty(one, ask.parties) || isIn(draft.people, one)) return false;
  return apartFrom(draft, drafts, ask).every(
    (other) =>
      !isIn(other.people, one) &&
      !isIn(
        other.reads.filter(({ kind }) => kind !== 'directory-group').flatMap((r) => r.found),
        one,
      ),
  );
}

/** Stages that other people have to decide: all where the policy says so, and whoever decides on an exception. */
export const apartFrom = (draft: Draft, drafts: readonly Draft[], { offer }: WhoDecides): Draft[] =>
  drafts.filter(
    (other) =>
      other !== draft &&
      (offer.policy.distinct || other.rule.sod !== undefined || draft.rule.sod !== undefined),
  );

/** One who decides alone in a later stage is spared in an earlier one that has others. */
export function letGo(elsewhere: Draft, one: Candidate): boolean {
  const left = elsewhere.people.filter((other) => !isSame(other, one));
  if (left.length < elsewhere.needs && !hasJiraGroup(elsewhere)) return false;
  elsewhere.people.splice(0, elsewhere.people.length, ...left);
  return true;
}

/** How many are missing still. Who is in a Jira group is known only when they answer. */
export const missingIn = (draft: Draft): number => {
  if (hasJiraGroup(draft) && draft.rule.needs !== 'all') return 0;
  const groups = draft.reads.filter(({ kind }) => kind === 'jira-group').length;
  return Math.max(draft.needs - draft.people.length - groups, 0);
};

const hasJiraGroup = (draft: Draft) => draft.reads.some(({ kind }) => kind === 'jira-group');

export const isParty = ({ approver, persons }: Candidate, parties: Parties): boolean =>
  parties.accounts.includes(approver.accountId) ||
  persons.some((id) => parties.persons.includes(id));

export const isIn = (people: readonly Candidate[], one: Candidate) =>
  people.some((other) => isSame(other, one));

/** Two accounts of one person are one person. */
const isSame = (a: Candidate, b: Candidate): boolean =>
  a.approver.accountId === b.approver.accountId || a.persons.some((id) => b.persons.includes(id));

/** How many the policy names, a group as one. */
export const namedIn = ({ reads }: Draft): number =>
  reads.reduce(
    (n, { found, missing, groups }) => n + (groups.length || found.length + missing.length),
    0,
  );
