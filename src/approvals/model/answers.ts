/**
 * What the people of one stage answered, as far as it counts: only permitted deciders' own answers, given
 * since the stage had its turn; an approval's overall result alone never does.
 *
 * Jira's approvals bind by order: each belongs to one stage and is used once. Answers by card bind by
 * content: they name the digest that was shown. Where Jira has a step, a card's answer counts only
 * beside the same person's answer there, and says for how long they allowed it.
 */
import type { CardAnswer, Decision, Pin, Stage } from '../../requests/model/request';
import { earlier, type Instant, later } from '../../shared/instant';
import { no, ok, type Result } from '../../shared/result';
import { again, type GateRefusal } from './refusal';

export interface SeenApproval {
  readonly id: string;
  readonly created: Instant;
  readonly completed: Instant | undefined;
  readonly answers: readonly {
    readonly accountId: string;
    readonly decision: 'approved' | 'declined' | 'pending';
  }[];
}

/** When a stage had its turn, and what stood there already: that counts for nothing. */
export interface Turn {
  readonly at: string;
  readonly approvalsBefore: Pin['approvalsBefore'];
}

export interface Asked {
  readonly pin: Pin;
  readonly stage: Stage;
  readonly turn: Turn;
  /** Accounts that may answer for the stage today. */
  readonly permitted: readonly string[];
  readonly approvals: readonly SeenApproval[];
  readonly used: ReadonlySet<string>;
  readonly cards: readonly CardAnswer[];
  /** No approval step in Jira: the card is the decision. */
  readonly byCard: boolean;
  /** How many yeses are missing; approvals opened once they are there belong to the next stage. */
  readonly missing: number;
  /** Nothing comes after it, so every approval there is was for this stage. */
  readonly newest: boolean;
  readonly now: Instant;
}

export interface Answers {
  /** One per person, the first that counted. */
  readonly approved: readonly Decision[];
  readonly declined: Decision | undefined;
  /** Who said yes without being asked. */
  readonly strangers: readonly string[];
}

export function answersTo(asked: Asked): Answers {
  return asked.byCard ? byCard(asked) : inJira(asked);
}

function byCard({ pin, stage, permitted, cards, turn, now }: Asked): Answers {
  const counted = cards.filter(
    (card) => card.round === pin.round && card.stage === stage.id && card.digest === pin.digest,
  );
  const made = counted
    .filter((card) => permitted.includes(card.by) && card.at >= turn.at)
    .map((card): Decision => ({ ...decided(card, now), stage: stage.id, channel: 'card' }));
  return sorted(
    made,
    counted.filter((card) => !permitted.includes(card.by)).map((card) => card.by),
  );
}

function inJira(asked: Asked): Answers {
  const { stage, turn, permitted, now } = asked;
  const before = new Map(turn.approvalsBefore.map((a) => [a.id, a.answered]));
  const counted: Decision[] = [];
  const strangers: string[] = [];
  const yes = new Set<string>();
  for (const approval of [...asked.approvals].sort(byOpening)) {
    if (asked.used.has(approval.id)) continue;
    if (yes.size >= asked.missing && !asked.newest) break;
    for (const answer of approval.answers) {
      if (answer.decision === 'pending' || before.get(approval.id)?.includes(answer.accountId))
        continue;
      if (!permitted.includes(answer.accountId)) {
        if (answer.decision === 'approved') strangers.push(answer.accountId);
        continue;
      }
      // Jira does not say when each answered. Of one never closed only the earliest hour is certain,
      // and answers from before the turn are out already.
      const { created, completed } = approval;
      const said = later(created, completed ?? later(created, turn.at as Instant));
      if (answer.decision === 'approved') yes.add(answer.accountId);
      counted.push({
        stage: stage.id,
        by: answer.accountId,
        decision: answer.decision,
        at: earlier(now, said),
        seenAt: now,
        channel: 'jira-approval',
        ...shownTo(asked, answer),
        approvalId: approval.id,
        opened: created,
        closed: completed ?? null,
      });
    }
  }
  return sorted(counted, strangers);
}

const byOpening = (a: SeenApproval, b: SeenApproval): number =>
  a.created === b.created ? Number(a.id) - Number(b.id) : a.created < b.created ? -1 : 1;

/** The same person's answer by card, when it is for exactly this request. */
function shownTo(
  { pin, stage, cards }: Asked,
  answer: { readonly accountId: string; readonly decision: string },
) {
  const card = [...cards]
    .reverse()
    .find(
      (one) =>
        one.by === answer.accountId &&
        one.round === pin.round &&
        one.stage === stage.id &&
        one.digest === pin.digest &&
        one.decision === answer.decision,
    );
  if (!card) return {};
  const { digest, shortened } = card;
  return { channel: 'card' as const, digest, ...(shortened !== undefined && { shortened }) };
}

const decided = ({ by, decision, digest, shortened, at }: CardAnswer, now: Instant) => ({
  by,
  decision,
  at: earlier(now, at as Instant),
  seenAt: now,
  digest,
  ...(shortened !== undefined && { shortened }),
});

function sorted(counted: readonly Decision[], strangers: readonly string[]): Answers {
  const yes = counted.filter((d) => d.decision === 'approved');
  return {
    approved: yes.filter((d, i) => yes.findIndex((o) => o.by === d.by) === i),
    declined: counted.find((d) => d.decision === 'declined'),
    strangers,
  };
}

/** What `notDecided` says. */
export const UNANSWERED: readonly string[] = [
  'decider-permitted',
  'decided-after-pin',
  'decision-exists',
];

/** Why a stage that was moved on has no answer that counts. */
export function notDecided(
  { turn, permitted, approvals }: Pick<Asked, 'turn' | 'permitted' | 'approvals'>,
  strangers: readonly string[],
): GateRefusal {
  if (strangers.length > 0) {
    return again(
      'decider-permitted',
      'Somebody who may not decide on this role answered; that answer counts for nothing.',
      { by: strangers, permitted },
    );
  }
  const early = turn.approvalsBefore.some((a) => a.answered.length > 0);
  return again(
    early ? 'decided-after-pin' : 'decision-exists',
    early
      ? 'The approval was given before the request had been checked, so it cannot count.'
      : 'The issue was moved on without an approval by a person who may decide.',
    { permitted, approvals: approvals.map((a) => a.id) },
  );
}

/** Nobody declined. */
export const undeclined = ({ declined }: Answers): Result<undefined, GateRefusal> =>
  declined === undefined
    ? ok(undefined)
    : no(
        again('nobody-declined', 'One of the people who may decide declined.', {
          by: declined.by,
        }),
      );
