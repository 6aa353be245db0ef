/** What of a role an approval rests on: its version rises with it and with nothing else. */

import type { Override } from '../../contracts/policy';
import { canonical } from '../../shared/canonical';
import type { ApproverRule, Role } from './catalog';

interface Access {
  readonly connectionId: string;
  readonly groups: readonly { readonly id: string }[];
  readonly kind: string;
}
interface Policy {
  readonly approver?: ApproverRule | Readonly<Record<string, unknown>> | undefined;
  readonly durations?: readonly number[] | undefined;
  readonly permanent?: boolean | undefined;
  readonly risk: string;
  readonly rules?: Override | undefined;
}

/** What an approval is given for. */
const accessOf = (r: Access) =>
  canonical({ connection: r.connectionId, kind: r.kind, groups: r.groups.map((g) => g.id).sort() });

/** What decides who is asked and for how long. */
const policyOf = (r: Policy) =>
  canonical({
    approver: r.approver ? { ...r.approver, signedOffAt: '' } : null,
    durations: r.durations ? [...r.durations] : null,
    permanent: r.permanent ?? null,
    risk: r.risk,
    ...(r.rules && {
      rules: {
        ...r.rules,
        ...(r.rules.auto && { auto: { ...r.rules.auto, signedOffAt: '' } }),
      },
    }),
  });

export function versions(
  before: Role | undefined,
  next: Access & Policy,
): Pick<Role, 'accessVersion' | 'policyVersion'> {
  if (!before) return { accessVersion: 1, policyVersion: 1 };
  return {
    accessVersion: before.accessVersion + Number(accessOf(before) !== accessOf(next)),
    policyVersion: before.policyVersion + Number(policyOf(before) !== policyOf(next)),
  };
}

/** Nothing that an approval rests on differs. */
export const onlyWords = (a: Access & Policy, b: Access & Policy): boolean =>
  accessOf(a) === accessOf(b) && policyOf(a) === policyOf(b);
