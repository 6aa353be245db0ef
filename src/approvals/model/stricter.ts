/** What a policy that was changed after the pin asks for beyond what the pinned one did. */
import { type Role, risk } from '../../catalog/model/catalog';
import type { Pin } from '../../requests/model/request';

interface Policies {
  readonly pin: Pin;
  readonly roleNow: Role | undefined;
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
export function sameDeciders({ pin, roleNow, ownerNow }: Policies): boolean {
  if (pin.auto || !roleNow || roleNow.approver.kind === 'auto') return true;
  const rule = roleNow.approver;
  const asked = pin.stages.find((s) => s.id === rule.kind)?.approvers.map((a) => a.accountId);
  if (rule.kind === 'owner' && asked) return ownerNow !== undefined && asked.includes(ownerNow);
  if (roleNow.policyVersion === pin.subject.policyVersion) return true;
  return asked !== undefined && (rule.kind !== 'person' || asked.includes(rule.accountId));
}
