/** Whether a published rule decides in place of people. What does not hold leaves it to them. */
import { durationInWords } from '../../catalog/model/catalog';
import type { AutoRule } from '../../contracts/policy';
import { DAY, epochSeconds, type Instant } from '../../shared/instant';
import { conditionOf } from './conditions';
import type { Duties } from './duties';
import type { RolePolicy } from './effective';
import type { Ask, Considered, Facts } from './verdict';

/** A sign-off counts for this long. */
export const SIGN_OFF_LASTS = 365 * DAY;

export function autoRule(
  ask: Ask,
  policy: RolePolicy,
  facts: Facts,
  { conflict, now }: { readonly conflict: Duties['conflict']; readonly now: number },
): readonly Considered[] {
  const { auto, tier } = policy;
  if (auto === null) return [];
  return [
    {
      rule: 'auto:tier',
      said: tier === 'routine' ? 'holds' : 'fails',
      because: `The role is ${tier}; only routine ones are decided by a rule.`,
    },
    signedOff(auto, now),
    {
      rule: 'auto:no-conflict',
      said: conflict === 'none' ? 'holds' : conflict === 'some' ? 'fails' : 'unknown',
      because: 'Only a person decides where separation of duties has something to say.',
    },
    ...auto.when.map((condition): Considered => {
      const rule = `auto:${condition.kind}`;
      if (condition.kind === 'at-most') {
        const holds = ask.duration !== null && ask.duration <= condition.seconds;
        const because = `Asked for ${durationInWords(ask.duration)}; the rule allows ${durationInWords(condition.seconds)}.`;
        return { rule, said: holds ? 'holds' : 'fails', because };
      }
      if (condition.kind === 'asks-for-self') {
        const because = ask.asksForSelf
          ? 'The person asks for themself.'
          : 'Somebody asks for somebody else.';
        return { rule, said: ask.asksForSelf ? 'holds' : 'fails', because };
      }
      return { rule, ...conditionOf(condition, facts) };
    }),
  ];
}

/** A date that cannot be read has no age, so it never counts. */
function signedOff(auto: AutoRule, now: number): Considered {
  const age = now - epochSeconds(auto.signedOffAt as Instant);
  const holds = age >= -DAY && age <= SIGN_OFF_LASTS;
  return {
    rule: 'auto:signed-off',
    said: holds ? 'holds' : 'fails',
    because: `"${auto.rule}" was signed off at ${auto.signedOffAt}; that counts for twelve months.`,
  };
}
