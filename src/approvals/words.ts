/** What is said about approvals where no rule of the gate speaks. */
import type { Binding } from '../catalog/model/settings';
import type { Telling } from '../evidence/record';
import type { Issue } from '../jira/port';
import { type Next, OVERTAKEN } from '../requests/intake';
import { type AccessRequest, MOST_ROUNDS } from '../requests/model/request';
import type { Refusal } from '../shared/result';
import { again, type GateRefusal } from './model/refusal';

export const overtaken: Next = { kind: 'later', seconds: 2, why: OVERTAKEN };

export const tooManyRounds = (refusal: GateRefusal): Refusal => ({
  check: refusal.check,
  sentence: `${refusal.sentence} This was round ${MOST_ROUNDS}, the last one.`,
  nextStep: 'IT has been told and looks at it with you here.',
  ...(refusal.facts && { facts: refusal.facts }),
});

export const neverMoved = (status: string): Refusal => ({
  check: 'workflow-moved',
  sentence: `The request is approved by a rule, but Jira does not let the app move it on from "${status}".`,
  nextStep:
    'A Jira administrator looks at the conditions of that transition; then IT presses Resume.',
});

export const noOffer: Refusal = {
  check: 'role-offered',
  sentence: 'The role is not offered any more.',
  nextStep: 'Please ask for another role, or talk to IT here.',
};

export const noWayBack = (issue: Issue, { statuses }: Binding): Refusal => ({
  check: 'workflow-way-back',
  sentence:
    'More people have to decide, but the workflow does not let the app put the request up for approval again.',
  nextStep: `A Jira administrator adds a transition that the app may use from "${issue.status.name}" back to the approval status; then IT presses Resume.`,
  facts: { from: issue.status.id, to: statuses.waiting },
});

/** Somebody moved it on in a workflow without approvals. */
export const movedWithoutDecision = (): GateRefusal =>
  again(
    'decision-exists',
    'The issue was moved on before the people who may decide had done so.',
    {},
  );

export function stageAsked(
  { pin, stage }: AccessRequest,
  nameOf: (accountId: string) => string | undefined,
  why: 'next' | 'more' | GateRefusal,
): Telling {
  const of = pin?.stages[stage];
  const people = (of?.approvers ?? []).map(
    (a) => `${nameOf(a.accountId) ?? 'somebody'} (${a.because})`,
  );
  const groups = (of?.groups ?? []).map((g) => g.because);
  const who = [...new Set([...people, ...(people.length === 0 ? groups : [])])].join(', ');
  return {
    public: {
      headline:
        why === 'more'
          ? 'One approval is there; more are needed'
          : why === 'next'
            ? 'Approved so far; one more decision'
            : 'Waiting for approval again',
      lines: [
        ...(typeof why === 'string' ? [] : [why.sentence]),
        why !== 'more'
          ? `Stage ${stage + 1} of ${pin?.stages.length ?? 1} decides now: ${who}.`
          : `${of?.needs ?? 1} people have to say yes. Those who did are not asked again: ${who}.`,
      ],
    },
    internal: {
      headline: `Stage ${of?.id ?? stage} is asked`,
      lines: [`Digest ${pin?.digest ?? ''}. Answers that existed before count for nothing.`],
      items: (of?.approvers ?? []).map(
        (a) => `Account ${a.accountId}, ${a.because}, read ${a.readAt}`,
      ),
    },
  };
}
