/** Why a chain of approvers cannot be made, each with what to mend. */
import type { Offer } from '../catalog/store';
import type { Refusal } from '../shared/result';
import type { Candidate, Missing } from './chain-account';

interface Asked {
  readonly offer: Pick<Offer, 'role' | 'app'>;
}
interface Short {
  readonly rule: { readonly id: string };
  readonly needs: number;
  readonly people: readonly Candidate[];
}

export const onlyParties = (
  { approver }: Candidate,
  { rule, alone }: { readonly rule: string; readonly alone: boolean },
  { role, app }: Asked['offer'],
): Missing => ({
  refusal: {
    check: 'approver-is-party',
    sentence: `${alone ? 'The only person who may decide' : 'Somebody who would have to decide'} is a party to this request, and nobody decides on their own access.`,
    nextStep: `IT can choose another approver for ${role.name} in ${app.name}.`,
    facts: { rule, accountId: approver.accountId },
  },
  why: 'nobody decides on their own access',
});

export const twice = (
  { approver }: Candidate,
  { rule }: Pick<Short, 'rule'>,
  { role, app }: Asked['offer'],
): Missing => ({
  refusal: {
    check: 'approvers-distinct',
    sentence:
      'The same person would have to decide in two stages, and each stage has to be decided by somebody else.',
    nextStep: `IT can choose another approver for one of the stages of ${role.name} in ${app.name}, or name people for the IT queue, and press Resume.`,
    facts: { stage: rule.id, accountId: approver.accountId },
  },
  why: 'the person named for it decides in another stage',
});

export const enough = ({ rule, needs, people }: Short, { offer }: Asked): Refusal => ({
  check: 'approvers-enough',
  sentence: `${needs} people have to approve this, and only ${people.length} can be asked.`,
  nextStep: `IT can name more approvers for ${offer.role.name} in ${offer.app.name} and press Resume.`,
  facts: { stage: rule.id, needs, asked: people.map(({ approver }) => approver.accountId) },
});
