/** What a policy that was changed after the pin asks for beyond what the pinned one did. */
import { type Role, risk } from '../../catalog/model/catalog';
import type { StageRule } from '../../contracts/policy';
import type { RolePolicy } from '../../policy/model/effective';
import type { Pin } from '../../requests/model/request';
import { canonical } from '../../shared/canonical';

interface Policies {
  readonly pin: Pin;
  readonly roleNow: Role | undefined;
  readonly policyNow: RolePolicy | undefined;
  /** The app's owner, as the catalog says today. */
  readonly ownerNow: string | undefined;
}

const RISKS = risk.options;

export const riskRose = ({ pin, roleNow }: Policies): boolean =>
  pin.risk !== undefined &&
  roleNow !== undefined &&
  RISKS.indexOf(roleNow.risk) > RISKS.indexOf(pin.risk);

/**
 * The rules of today ask those whom the pinned ones asked. Who a person's manager is, and who stood in for
 * whom, was read for the pin; a rule that asks nobody any more is no stricter.
 */
export function sameDeciders({ pin, policyNow, ownerNow }: Policies): boolean {
  if (pin.auto || pin.breakGlass || !policyNow || policyNow.auto) return true;
  const { policy } = pin;
  if (!policy?.owner) return policyNow.stages.every((stage) => asksPinned(stage, pin, ownerNow));
  const owner = policy.owner === ownerNow;
  return policyNow.stages.every(
    (stage) =>
      policy.rules.stages.some((then) => canonical(then) === canonical(stage)) &&
      (owner || !stage.from.some(({ kind }) => kind === 'owner')),
  );
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
