/** What a policy that was changed after the pin asks for beyond what the pinned one did. */
import { type Role, risk } from '../../catalog/model/catalog';
import type { RolePolicy } from '../../policy/model/effective';
import type { Pin } from '../../requests/model/request';

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
 * The rule of today asks those whom the pin names. Who a person's manager is was read for the pin; a
 * rule that asks nobody any more is no stricter.
 */
export function sameDeciders({ pin, policyNow, ownerNow }: Policies): boolean {
  if (pin.auto || !policyNow || policyNow.auto) return true;
  return policyNow.stages.every(({ id, from }) => {
    const asked = pin.stages.find((s) => s.id === id)?.approvers.map((a) => a.accountId);
    return (
      asked !== undefined &&
      from.every((source) => {
        if (source.kind === 'owner') return ownerNow !== undefined && asked.includes(ownerNow);
        return source.kind !== 'people' || source.accounts.some((one) => asked.includes(one));
      })
    );
  });
}
