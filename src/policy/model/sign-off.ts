/** Who signed a published rule off, and when: said by the server, never by what was entered. */
import type { ApproverRule } from '../../catalog/model/catalog';
import type { AutoRule } from '../../contracts/policy';
import type { Instant } from '../../shared/instant';
import type { Wrong } from './schema-words';

/** The same rule keeps its date; every other one is signed off now, by whoever saves it or the owner. */
export function signedOff<A extends AutoRule | null | undefined>(
  given: A,
  before: AutoRule | null | undefined,
  now: Instant,
): A {
  if (!given) return given;
  const same = before && meant(before) === meant(given);
  return { ...given, signedOffAt: same ? before.signedOffAt : now };
}

type Short = Extract<ApproverRule, { kind: 'auto' }>;
type ShortGiven = Exclude<ApproverRule, Short> | Omit<Short, 'signedOffAt'>;

/** The same of a rule in short, which a role names as its approver. */
export function signedOffShort(
  given: ShortGiven,
  before: ApproverRule | undefined,
  now: Instant,
): ApproverRule {
  if (given.kind !== 'auto') return given;
  const same =
    before?.kind === 'auto' &&
    before.rule === given.rule &&
    before.signedOffBy === given.signedOffBy;
  return { ...given, signedOffAt: same ? before.signedOffAt : now };
}

export function signOffProblem(
  given: AutoRule | null | undefined,
  before: AutoRule | null | undefined,
  may: readonly string[],
  at: string,
): Wrong[] {
  if (!given || may.includes(given.signedOffBy)) return [];
  if (before && meant(before) === meant(given)) return [];
  return [
    {
      path: `${at}.signedOffBy`,
      sentence:
        'Somebody else cannot be entered as having signed off the rule. Write your own account id, or that of the owner of the app.',
    },
  ];
}

const meant = ({ signedOffAt: _, ...rest }: AutoRule): string =>
  JSON.stringify([rest.rule, rest.when, rest.signedOffBy]);
