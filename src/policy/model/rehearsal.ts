/**
 * A changed policy on requests that really were made: each judged by what was known when it was pinned,
 * once by the policy of that day and once by the changed one. What the changed one looks at and nobody
 * looked at then "cannot be told"; it is never guessed.
 */

import type { SitePolicy } from '../../contracts/policy';
import { epochSeconds, type Instant } from '../../shared/instant';
import { comparePolicies } from './compare';
import type { RolePolicy } from './effective';
import { type Ask, evaluate, type Facts, type Verdict } from './evaluate';
import { stageInWords } from './source-words';
import { stages as inOrder } from './stronger';

export interface Side {
  readonly policy: RolePolicy;
  readonly sod: SitePolicy['sod'];
}

export interface Past {
  readonly issueKey: string;
  readonly at: Instant;
  /** Absent: erased, or pinned before facts were kept. */
  readonly known: { readonly ask: Ask; readonly facts: Facts } | undefined;
  readonly roleId: string;
  readonly was: Side;
  /** Absent: the role is gone. */
  readonly is: Side | undefined;
}

export type Outcome = 'people' | 'rule' | 'at-once' | 'refused' | 'untold';

export interface Replayed {
  readonly issueKey: string;
  readonly roleId: string;
  readonly was: Outcome;
  readonly is: Outcome;
  /** Who decides where people do, else what stands against it, in words. */
  readonly wasWords: string;
  readonly isWords: string;
  /** Asks less of people than it did. */
  readonly eases: boolean;
  readonly guarded: boolean;
}

export function replay(past: Past): Replayed {
  const { issueKey, roleId, known, was, is, at } = past;
  const guarded = isGuarded(was.policy);
  const untold = (why: string): Replayed => ({
    issueKey,
    roleId,
    guarded,
    was: 'untold',
    is: 'untold',
    wasWords: why,
    isWords: why,
    eases: false,
  });
  if (!known) return untold('What was known then was not kept.');
  if (!is) return untold('The role is not in the catalog any more.');
  const now = epochSeconds(at);
  const before = evaluate(known.ask, was.policy, was, known.facts, now);
  // Its sign-off is of today, and counts for requests of tomorrow; here it counts for those of then.
  const policy = { ...is.policy, auto: is.policy.auto && { ...is.policy.auto, signedOffAt: at } };
  const after = evaluate(known.ask, policy, is, known.facts, now);
  const [outcomeWas, outcomeIs] = [outcomeOf(before), outcomeOf(after)];
  return {
    issueKey,
    roleId,
    guarded,
    was: outcomeWas,
    is: outcomeIs,
    wasWords: wordsOf(before),
    isWords: wordsOf(after),
    eases: eases(before, after),
  };
}

const isGuarded = ({ tier }: RolePolicy) => tier === 'privileged' || tier === 'break-glass';

export function outcomeOf(verdict: Verdict): Outcome {
  if (verdict.outcome === 'refused') return 'refused';
  if (verdict.outcome === 'broken') return 'untold';
  return verdict.by === 'auto' ? 'rule' : verdict.by === 'people' ? 'people' : 'at-once';
}

function wordsOf(verdict: Verdict): string {
  if (verdict.outcome === 'satisfied') {
    if (verdict.by === 'auto') return 'a rule decides';
    const who = verdict.stages.map(stageInWords).join(', then ');
    return verdict.by === 'people' ? who : `given at once; told: ${who}`;
  }
  const seen = verdict.considered.find(({ rule }) => rule === verdict.refusal.check);
  const because = seen?.because ?? verdict.refusal.sentence;
  return verdict.outcome === 'refused' ? `refused: ${because}` : `cannot be told: ${because}`;
}

const REACH: Readonly<Record<Outcome, number>> = {
  refused: 0,
  untold: 1,
  people: 1,
  rule: 2,
  'at-once': 2,
};

function eases(before: Verdict, after: Verdict): boolean {
  const [was, is] = [outcomeOf(before), outcomeOf(after)];
  if (was === 'untold' || is === 'untold') return false;
  if (REACH[is] !== REACH[was]) return REACH[is] > REACH[was];
  if (before.outcome !== 'satisfied' || after.outcome !== 'satisfied' || is !== 'people')
    return false;
  return inOrder(before.stages, after.stages) === 'weaker';
}

export interface Totals {
  readonly of: number;
  readonly same: number;
  /** People decided, and nobody would any more. */
  readonly skipPerson: number;
  /** The same on guarded roles, and where fewer people would be asked there. */
  readonly guardedEased: number;
  readonly newlyRefused: number;
  readonly newlyAllowed: number;
  readonly untold: number;
}

export function totals(all: readonly Replayed[]): Totals {
  const count = (is: (one: Replayed) => boolean) => all.filter(is).length;
  return {
    of: all.length,
    same: count((one) => one.was === one.is && one.wasWords === one.isWords && one.is !== 'untold'),
    skipPerson: count(({ was, is }) => was === 'people' && REACH[is] === 2),
    guardedEased: count(({ guarded, eases: easier }) => guarded && easier),
    newlyRefused: count(({ was, is }) => was !== 'refused' && was !== 'untold' && is === 'refused'),
    newlyAllowed: count(({ was, is }) => was === 'refused' && is !== 'refused' && is !== 'untold'),
    untold: count(({ is }) => is === 'untold'),
  };
}

export function inWords(sum: Totals): string {
  const parts = [
    `${sum.skipPerson} of ${sum.of} would skip a person`,
    `${sum.guardedEased} of a privileged role would lose approval`,
    `${sum.newlyRefused} would be refused`,
    `${sum.newlyAllowed} would no longer be refused`,
    `${sum.untold} cannot be told`,
    `${sum.same} stay as they are`,
  ];
  return `${parts.join('; ')}.`;
}

/** What of it needs a second administrator whatever else: guarded roles that would ask less, in words. */
export function hardStops(
  pairs: ReadonlyMap<string, { was: RolePolicy; is: RolePolicy }>,
): string[] {
  return [...pairs].flatMap(([role, { was, is }]) => {
    if (!isGuarded(was)) return [];
    const stops: string[] = [];
    if (is.auto && is.tier === 'routine' && !was.auto)
      stops.push(`${role} would be decided by a rule`);
    if (!was.permanent && is.permanent) stops.push(`${role} would lose its end`);
    if (inOrder(was.stages, is.stages) === 'weaker') stops.push(`${role} would ask other people`);
    if (stops.length > 0) return stops;
    return comparePolicies(was, is)
      .filter(({ way }) => way === 'weaker')
      .map(({ text }) => `${role}: ${text}`);
  });
}
