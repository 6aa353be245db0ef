/**
 * Prohibitions, judged again with what is known now: under the policy that the request was pinned with
 * and under today's, and the stricter wins. What people approved stays approved only as long as nothing
 * stands against it that they were not asked about.
 */

import type { RolePolicy } from '../../policy/model/effective';
import { evaluate, type Verdict } from '../../policy/model/evaluate';
import type { Pin } from '../../requests/model/request';
import { epochSeconds } from '../../shared/instant';
import type { GateFacts } from './judging';
import { again, type GateRefusal, person } from './refusal';

export function prohibited(
  { known, pin, policyNow, now }: GateFacts,
  /** Seconds that those who decided so far allowed. */
  allowed: number | null,
): GateRefusal | undefined {
  if (!known || !policyNow) return undefined;
  const { facts } = known;
  const ask = { ...known.ask, ...(allowed !== null && { allowed }) };
  const pinned: RolePolicy | undefined = pin.policy && {
    ...pin.policy.rules,
    tier: pin.policy.tier,
  };
  const seconds = epochSeconds(now);
  const verdicts = [
    evaluate(ask, policyNow, known.today, facts, seconds),
    ...(pinned ? [evaluate(ask, pinned, known.then, facts, seconds)] : []),
  ];
  for (const verdict of verdicts) {
    const refusal = against(verdict, pin);
    if (refusal) return refusal;
  }
  return undefined;
}

function against(verdict: Verdict, pin: Pin): GateRefusal | undefined {
  if (verdict.outcome === 'refused' || (verdict.outcome === 'broken' && !verdict.stages)) {
    const { check, sentence, nextStep, facts } = verdict.refusal;
    return person(check, sentence, nextStep, { ...facts });
  }
  if (pin.breakGlass || pin.auto) {
    const by = pin.breakGlass ? 'break-glass' : 'auto';
    if (verdict.outcome === 'satisfied' && verdict.by === by) return undefined;
    const failing = verdict.considered.find(
      ({ rule, said }) => rule.startsWith('auto:') && said !== 'holds',
    );
    return again(
      'rule-still-holds',
      'What the published rule asks for is not true any more, so a person has to decide.',
      { rule: pin.auto?.rule ?? by, because: failing?.because ?? null },
    );
  }
  const unasked = verdict.stages?.find(
    ({ sod }) => sod !== undefined && !pin.stages.some((stage) => stage.sod === sod),
  );
  return unasked
    ? again(
        'duties-apart',
        'The person holds other access by now that is kept apart from this one, and nobody decided on that.',
        { set: unasked.sod },
      )
    : undefined;
}
