/** What the gate says where no rule of its own speaks. */
import { MOST_ROUNDS } from '../requests/model/request';
import type { Refusal } from '../shared/result';
import type { GateRefusal } from './model/gate';

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
