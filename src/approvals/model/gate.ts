/**
 * The consent gate: may the first directory call be made? A status is not consent. Every check has
 * a name; the first that fails is the refusal, and says whether another round can mend it.
 *
 * 1. what must hold whoever decided (`checks.ts`), at every stage, and what is prohibited for as long
 *    as those who decided allowed (`prohibited.ts`);
 * 2. the decisions of earlier stages, and what the people of this one answered (`answers.ts`);
 * 3. each decider: no party, not who mapped the role lately, active, in one stage only (`deciders.ts`);
 * 4. all stages decided, the last of them within a day: consent, for the shortest time that anybody
 *    allowed. A stage decided with another to come: `next`. Some of several answers there: `more`.
 */
import type { Decision, Pin } from '../../requests/model/request';
import { DAY, HOUR, type Instant, later, secondsBetween } from '../../shared/instant';
import { no, ok, type Result } from '../../shared/result';
import { type Asked, answersTo, notDecided, UNANSWERED, undeclined } from './answers';
import { CHECKS } from './checks';
import { fitToDecide, personIdsOf } from './deciders';
import type { GateFacts } from './judging';
import { prohibited } from './prohibited';
import { again, type GateRefusal } from './refusal';

export type { SeenApproval } from './answers';
export type { GateFacts } from './judging';
export type { GateRefusal } from './refusal';

export interface Consent {
  readonly kind: 'consent';
  /** Those that are not on record yet. */
  readonly decisions: readonly Decision[];
  /** The last stage's decision. */
  readonly decidedAt: Instant;
  /** Seconds; the shortest that any stage allowed. */
  readonly duration: number | null;
}

export type Judged =
  | Consent
  /** Decided so far; that stage is asked next. */
  | { readonly kind: 'next'; readonly decisions: readonly Decision[]; readonly stage: number }
  /** Some said yes, and more are needed. */
  | { readonly kind: 'more'; readonly decisions: readonly Decision[]; readonly stage: number }
  /** By card only: nobody has answered, or somebody said no. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'declined'; readonly by: string };

/** A decision older than this at the first directory call is asked again. */
export const FRESH_SECONDS = DAY;
/** After this long, whether a decider is still active is read again. */
export const REREAD_SECONDS = HOUR;

export function gate(facts: GateFacts): Result<Judged, GateRefusal> {
  for (const check of CHECKS) {
    const refusal = check(facts);
    if (refusal) return no(refusal);
  }
  const judged = decided(facts);
  const made = judged.ok && 'decisions' in judged.value ? judged.value.decisions : [];
  const refusal = prohibited(facts, lengthOf(facts.pin, [...facts.recorded, ...made]));
  return refusal ? no(refusal) : judged;
}

function decided(facts: GateFacts): Result<Judged, GateRefusal> {
  const { pin } = facts;
  if (pin.auto || pin.breakGlass) return consent(facts, [byRule(facts)]);
  const unfit = facts.recorded.map((d) => fitToDecide(d, facts)).find((r) => r !== undefined);
  if (unfit) return no(unfit);
  const made: Decision[] = [];
  const last = pin.stages.length - 1;
  for (let i = facts.stage, steps = facts.steps; i <= last; i++, steps--) {
    if (steps <= 0 && !facts.byCard) return ok({ kind: 'next', decisions: made, stage: i });
    const judged = stageAt(i, facts, made, steps <= 1 || i === last);
    if (!judged.ok) {
      // Jira may ask its next step before the app has said whom: that voids nothing decided so far.
      const unanswered = made.length > 0 && UNANSWERED.includes(judged.error.check);
      return unanswered ? ok({ kind: 'next', decisions: made, stage: i }) : judged;
    }
    if (judged.value.kind !== 'decided') return ok(withEarlier(judged.value, made));
    made.push(...judged.value.decisions);
    // Without steps of Jira's the stages follow each other here: each is kept and told.
    if (facts.byCard && i < last) return ok({ kind: 'next', decisions: made, stage: i + 1 });
  }
  return consent(facts, made);
}

/** What the steps before it decided is kept with it. */
const withEarlier = (judged: NotDecided, made: readonly Decision[]): Judged =>
  judged.kind === 'more' ? { ...judged, decisions: [...made, ...judged.decisions] } : judged;

type NotDecided = Exclude<Judged, Consent | { readonly kind: 'next' }>;
type AtStage = NotDecided | { readonly kind: 'decided'; readonly decisions: readonly Decision[] };

function stageAt(
  index: number,
  f: GateFacts,
  made: readonly Decision[],
  newest: boolean,
): Result<AtStage, GateRefusal> {
  const { pin, turn, approvals, cards, byCard, now } = f;
  const stage = pin.stages[index] as Pin['stages'][number];
  const kept = f.recorded.filter((d) => d.stage === stage.id);
  const members = f.members.filter((m) => m.stage === stage.id).map((m) => m.accountId);
  const gone = f.left.filter((m) => m.stage === stage.id).map((m) => m.accountId);
  // Who is covered by now may have answered before, and is still whom the policy names.
  const named = stage.approvers.flatMap((a) => [a.accountId, ...(a.covers ?? [])]);
  const permitted = [...new Set([...named, ...members])].filter((id) => !gone.includes(id));
  const asked: Asked = {
    pin,
    stage,
    turn,
    permitted,
    approvals,
    used: new Set([...f.recorded, ...made].flatMap((d) => d.approvalId ?? [])),
    cards,
    byCard,
    missing: stage.needs - kept.length,
    newest,
    now,
  };
  const answers = answersTo(asked);
  if (byCard && answers.declined) return ok({ kind: 'declined', by: answers.declined.by });
  const clear = undeclined(answers);
  if (!clear.ok) return clear;
  const fresh = answers.approved.filter((d) => !kept.some((k) => k.by === d.by));
  const unfit = fresh.map((d) => fitToDecide(d, f)).find((r) => r !== undefined);
  if (unfit) return no(unfit);
  const others = [...f.recorded, ...made].filter((d) => d.stage !== stage.id);
  const twice = inBoth(fresh, others, f);
  const counted = fresh.filter((d) => !twice.includes(d)).map((d) => withPersons(d, f));
  if (kept.length + counted.length >= stage.needs)
    return ok({ kind: 'decided', decisions: counted });
  if (twice.length > 0)
    return no(
      again('deciders-distinct', 'The same person decided in two stages.', {
        by: twice.map((d) => d.by),
      }),
    );
  if (byCard) return ok({ kind: 'wait' });
  if (counted.length > 0) return ok({ kind: 'more', decisions: counted, stage: index });
  return no(notDecided(asked, answers.strangers));
}

/**
 * By account and by directory person: a second account is no second person. A policy may let one person
 * decide in several stages, but never on the access and on its exception.
 */
function inBoth(fresh: readonly Decision[], others: readonly Decision[], f: GateFacts): Decision[] {
  const isException = (id: string) => f.pin.stages.find((s) => s.id === id)?.sod !== undefined;
  const apart = (a: Decision, b: Decision) =>
    f.pin.policy?.rules.distinct !== false || isException(a.stage) || isException(b.stage);
  const personsOf = (d: Decision) => [...personIdsOf(d.by, f), ...(d.personIds ?? [])];
  return fresh.filter((d) =>
    others.some((o) => {
      const persons = personsOf(o);
      return apart(d, o) && (o.by === d.by || personsOf(d).some((id) => persons.includes(id)));
    }),
  );
}

/** Who was a member of a group then is not read again in the next stage. */
function withPersons(decision: Decision, f: GateFacts): Decision {
  const personIds = personIdsOf(decision.by, f);
  return personIds.length === 0 ? decision : { ...decision, personIds };
}

function consent(facts: GateFacts, made: readonly Decision[]): Result<Judged, GateRefusal> {
  const { pin, recorded, now } = facts;
  const all = [...recorded, ...made];
  const last = pin.stages.at(-1)?.id;
  const deciding = pin.auto || pin.breakGlass ? made : all.filter((d) => d.stage === last);
  const decidedAt = deciding.map((d) => d.at as Instant).reduce(later);
  const start = pin.subject.start as Instant | null;
  if (secondsBetween(start ? later(decidedAt, start) : decidedAt, now) > FRESH_SECONDS) {
    return no(
      again(
        'decision-fresh',
        'The approval is more than a day old, and much can change in a day.',
        { decidedAt },
      ),
    );
  }
  return ok({ kind: 'consent', decisions: made, decidedAt, duration: lengthOf(pin, all) });
}

/** As asked for, or the shortest that anybody allowed. */
function lengthOf({ subject }: Pin, decisions: readonly Decision[]): number | null {
  const allowed = decisions.flatMap((d) => d.shortened ?? []);
  if (allowed.length === 0) return subject.duration;
  return Math.min(subject.duration ?? Infinity, ...allowed);
}

const byRule = ({ pin, now }: GateFacts): Decision => ({
  stage: 'rule',
  by: 'rule',
  decision: 'approved',
  at: pin.at,
  seenAt: now,
  channel: 'rule',
  rule: pin.auto?.rule ?? 'break-glass',
});
