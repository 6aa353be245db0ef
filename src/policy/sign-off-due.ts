/**
 * A published rule runs out twelve months after its sign-off: thirty days before, whoever keeps the
 * catalog is told, so that nobody is asked all of a sudden. Signed off anew, the finding settles itself.
 */
import type { App, Role } from '../catalog/model/catalog';
import type { SitePolicy } from '../contracts/policy';
import { openFinding, resolveFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import { DAY, epochSeconds, type Instant } from '../shared/instant';
import { SIGN_OFF_LASTS } from './model/auto';
import { policyFor } from './model/effective';

const AHEAD = 30 * DAY;

export const signOffKey = (roleId: string) => `sign-off-due:${roleId}`;

/** Whole days until it runs out, if that is soon; below zero: people decide by now. */
export function daysLeft(signedOffAt: string, now: Instant): number | undefined {
  const left = epochSeconds(signedOffAt as Instant) + SIGN_OFF_LASTS - epochSeconds(now);
  return left > AHEAD ? undefined : Math.floor(left / DAY);
}

export async function tellSignOff(
  deps: Deps,
  role: Role,
  { app, site }: { readonly app: App | undefined; readonly site: SitePolicy },
): Promise<void> {
  const key = signOffKey(role.id);
  const { auto } = policyFor(site, app ?? {}, role);
  const days = auto && role.risk === 'routine' ? daysLeft(auto.signedOffAt, deps.now()) : undefined;
  if (!auto || days === undefined) {
    await resolveFinding(deps, key, 'No sign-off of a rule runs out soon.');
    return;
  }
  await openFinding(deps, {
    key,
    kind: 'sign-off-due',
    sentence:
      days < 0
        ? `The sign-off of the rule "${auto.rule}" for ${role.id} is more than twelve months old, so people decide.`
        : `The sign-off of the rule "${auto.rule}" for ${role.id} runs out within 30 days; then people decide.`,
    nextStep: 'Look at the rule and sign it off again, or let people decide.',
    roleIds: [role.id],
    accountId: auto.signedOffBy,
    facts: { signedOffAt: auto.signedOffAt, over: days < 0 },
  });
}
