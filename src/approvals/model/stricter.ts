/** What a policy that was changed after the pin asks for beyond what the pinned one did. */
import { risk } from '../../catalog/model/catalog';
import type { StageRule } from '../../contracts/policy';
import { evaluate } from '../../policy/model/evaluate';
import type { Pin } from '../../requests/model/request';
import { canonical } from '../../shared/canonical';
import { epochSeconds } from '../../shared/instant';
import type { GateFacts } from './judging';

type Policies = Pick<GateFacts, 'pin' | 'roleNow' | 'policyNow' | 'ownerNow' | 'known' | 'now'>;

const RISKS = risk.options;

export const riskRose = ({ pin, roleNow }: Policies): boolean =>
  pin.risk !== undefined &&
  roleNow !== undefined &&
  RISKS.indexOf(roleNow.risk) > RISKS.indexOf(pin.risk);

/**
 * The rules of today ask those whom the pinned ones asked. Who a person's manager is, and who stood in for
 * whom, was read for the pin; a rule that asks nobody any more is no stricter, if it holds for this person.
 */
export function sameDeciders(f: Policies): boolean {
  const { pin, policyNow, ownerNow } = f;
  if (pin.auto || pin.breakGlass || !policyNow || asksNobody(f)) return true;
  const { policy } = pin;
  if (!policy?.owner) return policyNow.stages.every((stage) => asksPinned(stage, pin, ownerNow));
  if (policyNow.distinct && !policy.rules.distinct && pin.stages.length > 1) return false;
  const owner = policy.owner === ownerNow;
  return policyNow.stages.every(
    (stage) =>
      policy.rules.stages.some((then) => canonical(then) === canonical(stage)) &&
      (owner || !stage.from.some(({ kind }) => kind === 'owner')),
  );
}

/** Where facts were not kept with the pin, a published rule is not told from one that holds. */
function asksNobody({ policyNow, known, now }: Policies): boolean {
  if (!policyNow?.auto) return false;
  if (!known) return true;
  const verdict = evaluate(known.ask, policyNow, known.today, known.facts, epochSeconds(now));
  return verdict.outcome === 'satisfied' && verdict.by === 'auto';
}

/** For what was pinned before rules were kept with it. */
function asksPinned({ id, from }: StageRule, pin: Pin, ownerNow: string | undefined): boolean {
  const asked = pin.stages.find((s) => s.id === id)?.approvers.map((a) => a.accountId);
  if (asked === undefined) return false;
  return from.every((source) => {
    if (source.kind === 'owner') return ownerNow !== undefined && asked.includes(ownerNow);
    return source.kind !== 'people' || source.accounts.some((one) => asked.includes(one));
  });
}
