/** The rules that a role is asked for by: the site's tier, then the app's override, then the role's. */
import type { App, ApproverRule, Role } from '../../catalog/model/catalog';
import type { Rules, SitePolicy, StageRule, Tier } from '../../contracts/policy';

export interface RolePolicy extends Rules {
  readonly tier: Tier;
}

export function policyFor(
  site: SitePolicy,
  app: Pick<App, 'rules'>,
  role: Pick<Role, 'risk' | 'rules' | 'approver' | 'durations' | 'permanent'>,
): RolePolicy {
  const { approver, durations, permanent } = role;
  const above = { ...site.tiers[role.risk], ...app.rules };
  const said = {
    ...above,
    ...capOf(above.totalAge ?? null, role),
    ...(durations && { durations }),
    ...(permanent !== undefined && { permanent }),
    ...(approver && stagesOf(approver)),
    ...role.rules,
  };
  // A stored override never holds `undefined`: its schema would have refused it.
  return { ...(said as Rules), tier: role.risk };
}

/** What a role offers in short counts before a cap that was said for many: the nearer word is the meant one. */
function capOf(
  totalAge: number | null,
  { durations = [], permanent }: Pick<Role, 'durations' | 'permanent'>,
): Pick<Rules, 'totalAge'> {
  if (totalAge === null || permanent) return { totalAge: null };
  return { totalAge: Math.max(totalAge, ...durations) };
}

/** The short form: one stage with one source, or a rule without conditions (the tier's stages stand behind it). */
function stagesOf(approver: ApproverRule): Partial<Rules> {
  switch (approver.kind) {
    case 'auto': {
      const { kind: _, ...auto } = approver;
      return { auto: { ...auto, when: [] } };
    }
    case 'person':
      return {
        stages: [one('person', { kind: 'people', accounts: [approver.accountId] })],
        auto: null,
      };
    case 'manager':
    case 'owner':
      return { stages: [one(approver.kind, { kind: approver.kind })], auto: null };
  }
}

const one = (id: string, from: StageRule['from'][number]): StageRule => ({
  id,
  from: [from],
  needs: 'any',
});
