/** A "no" of the gate, and who can mend it: the approvers by deciding once more, or a person first. */
import type { Refusal } from '../../shared/result';

export type GateRefusal = Refusal & { readonly way: 'again' | 'person' };

export const again = (
  check: string,
  sentence: string,
  facts: Record<string, unknown>,
): GateRefusal => ({
  check,
  sentence,
  nextStep: 'The people who may decide are asked again; nothing was changed in any directory.',
  facts,
  way: 'again',
});

export const person = (
  check: string,
  sentence: string,
  nextStep: string,
  facts: Record<string, unknown>,
): GateRefusal => ({ check, sentence, nextStep, facts, way: 'person' });
