/** What people read on the issue about a request; see the table in `evidence/model/telling.ts`. */
import { durationInWords } from '../catalog/model/catalog';
import type { Offer } from '../catalog/store';
import type { Telling } from '../evidence/record';
import type { Refusal } from '../shared/result';
import type { Question } from './choose';
import type { AccessRequest, Pin } from './model/request';

export interface Shown {
  readonly app: string;
  readonly role: string;
  readonly state: string;
  /** ISO-8601, absent without an end or before there is one. */
  readonly until?: string;
}

/** The issue property that JQL reads; keys are those of the `jira:entityProperty` module. */
export const propertyOf = (request: AccessRequest, shown: Shown): Record<string, unknown> => ({
  v: 1,
  ...shown,
  round: request.round,
  ...(request.pin && {
    beneficiary: request.pin.beneficiary,
    digest: request.pin.digest.slice(0, 12),
  }),
});

export function decided(p: {
  offer: Offer;
  pin: Pin;
  duration: number | null;
  because: string | undefined;
}): Telling {
  const { role, app } = p.offer;
  const what = `${role.name} in ${app.name}`;
  const long = durationInWords(p.duration);
  const { auto, breakGlass, round } = p.pin;
  const line = auto
    ? `The published rule "${auto.rule}" approves ${what} for ${long}. The app now makes the change.`
    : breakGlass
      ? `${what}, ${long}, is given at once. Everybody who reviews it is told.`
      : `${what}, ${long}. Who decides, what changes and why stands in the description above.`;
  const waiting = round > 1 ? 'Waiting for approval again' : 'Waiting for approval';
  const headline = auto
    ? 'Approved by a published rule'
    : breakGlass
      ? 'BREAK-GLASS ACCESS'
      : waiting;
  return {
    public: { headline, lines: [...(p.because === undefined ? [] : [p.because]), line] },
    internal: {
      headline: `Pinned, round ${p.pin.round}`,
      lines: [
        `Digest ${p.pin.digest}. Answers that existed before count for nothing (${p.pin.approvalsBefore.length} approvals noted).`,
      ],
      items: [
        ...p.pin.stages.flatMap((s) =>
          s.approvers.map(
            (a) => `Stage ${s.id}: account ${a.accountId}, ${a.because}, read ${a.readAt}`,
          ),
        ),
        ...(p.pin.auto
          ? [
              `Rule "${p.pin.auto.rule}" signed off by account ${p.pin.auto.signedOffBy} at ${p.pin.auto.signedOffAt}`,
            ]
          : []),
        `Groups: ${p.pin.subject.groupIds.join(', ')} in connection ${p.pin.subject.connectionId}`,
      ],
    },
  };
}

export const refused = (headline: string, refusal: Refusal): Telling => ({
  public: { headline, lines: [refusal.sentence, refusal.nextStep] },
  internal: {
    headline: `${headline}: check "${refusal.check}"`,
    lines: [refusal.sentence, refusal.nextStep],
    items: Object.entries(refusal.facts ?? {}).map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  },
});

export function askedBack(questions: readonly Question[]): Telling {
  return {
    public: {
      headline: questions.length === 1 ? 'One thing is missing' : 'Some things are missing',
      lines: [
        ...questions.map((q) => q.sentence),
        questions.length === 1
          ? 'Please answer here with a comment that holds just the answer. You are asked once; after that IT helps.'
          : 'Please answer here with one comment that holds just the answers, with commas between them. You are asked once; after that IT helps.',
      ],
      items: questions.flatMap((q) => q.choices),
    },
  };
}
