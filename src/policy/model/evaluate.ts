/**
 * May this be asked for, and who decides? Pure: preview, intake, gate, rehearsal and shadow mode call
 * this one function. Every rule is considered, also after the first that refuses, so that the answer
 * can be shown whole.
 *
 * satisfied   people decide in `stages`, or a published rule decides (`by`)
 * refused     a prohibition stands against it, in words
 * broken      something could not be evaluated: no automation; `stages` are the people who decide, absent
 *             when a prohibition itself could not be read (then IT looks first)
 *
 * 1. prohibitions (`prohibitions.ts`) and separation of duties (`duties.ts`): one that fails refuses,
 *    else one that nobody could read is broken;
 * 2. emergency access needs nobody's yes; its stages are who is told and reviews;
 * 3. a published rule decides if all of it holds (`auto.ts`), else people do.
 */
import type { Refusal } from '../../shared/result';
import { autoRule } from './auto';
import { duties } from './duties';
import { type Prohibition, prohibitions } from './prohibitions';
import type { Considered, Evaluate, StageNeeded } from './verdict';

export type {
  Ask,
  Considered,
  Evaluate,
  Facts,
  StageNeeded,
  Verdict,
} from './verdict';

export const evaluate: Evaluate = (ask, policy, site, facts, now) => {
  const apart = duties(ask, policy, site, facts);
  const prohibited = [...prohibitions(ask, policy, facts, now), ...apart.prohibited];
  const auto =
    policy.tier === 'break-glass'
      ? []
      : autoRule(ask, policy, facts, { conflict: apart.conflict, now });
  const considered = [...prohibited.map(shown), ...apart.considered, ...auto];
  const failed = prohibited.find((one) => one.said === 'fails');
  if (failed) return { considered, outcome: 'refused', refusal: refusalOf(failed) };
  const { warnings } = apart;
  const unread = prohibited.find((one) => one.said === 'unknown');
  if (unread) return { considered, outcome: 'broken', refusal: unreadable(unread), warnings };
  const stages: readonly StageNeeded[] = [...policy.stages, ...apart.extra];
  const answer = { considered, outcome: 'satisfied', stages, warnings } as const;
  if (policy.tier === 'break-glass') return { ...answer, by: 'break-glass' };
  if (auto.length === 0 || auto.some((one) => one.said === 'fails'))
    return { ...answer, by: 'people' };
  const untold = auto.find((one) => one.said === 'unknown');
  if (untold)
    return { considered, outcome: 'broken', refusal: notByRule(untold), stages, warnings };
  return { ...answer, by: 'auto', stages: [] };
};

const shown = ({ rule, said, because }: Prohibition): Considered => ({ rule, said, because });

const refusalOf = ({ rule, because, sentence, nextStep, facts }: Prohibition): Refusal => ({
  check: rule,
  sentence,
  nextStep,
  facts: { because, ...facts },
});

const unreadable = ({ rule, because }: Prohibition): Refusal => ({
  check: rule,
  sentence: 'A rule of this role could not be checked, so nobody was asked to decide yet.',
  nextStep: 'IT sees what could not be read, mends it and presses Resume.',
  facts: { because },
});

const notByRule = ({ rule, because }: Considered): Refusal => ({
  check: rule,
  sentence: 'The rule that would decide on this role could not be checked, so people decide.',
  nextStep: 'Nothing is needed from you: the people named here have been asked.',
  facts: { because },
});
