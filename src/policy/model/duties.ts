/** Separation of duties: sets of roles that nobody should hold together. */
import { durationInWords } from '../../catalog/model/catalog';
import type { SitePolicy, SodSet } from '../../contracts/policy';
import type { RolePolicy } from './effective';
import type { Prohibition } from './prohibitions';
import type { Ask, Considered, Facts, StageNeeded } from './verdict';

export interface Duties {
  readonly prohibited: readonly Prohibition[];
  readonly considered: readonly Considered[];
  /** One more stage per set whose exception people may decide on. */
  readonly extra: readonly StageNeeded[];
  /** Ids of sets that only warn. */
  readonly warnings: readonly string[];
  /** Whether a rule may still decide in place of people: a warning needs somebody who reads it. */
  readonly conflict: 'none' | 'some' | 'unknown';
}

export function duties(
  ask: Ask,
  policy: RolePolicy,
  site: Pick<SitePolicy, 'sod'>,
  facts: Facts,
): Duties {
  const prohibited: Prohibition[] = [];
  const considered: Considered[] = [];
  const extra: StageNeeded[] = [];
  const warnings: string[] = [];
  let conflict: Duties['conflict'] = 'none';
  for (const set of site.sod) {
    if (!set.roles.includes(ask.roleId)) continue;
    const { held, unknown } = heldOf(set, ask.roleId, facts);
    if (held.length === 0 && !unknown) {
      considered.push({
        rule: `sod:${set.id}`,
        said: 'holds',
        because: `The person holds no other role of "${set.name}".`,
      });
      continue;
    }
    const certain = held.length > 0;
    if (certain) conflict = 'some';
    else if (conflict === 'none') conflict = 'unknown';
    const because = certain
      ? `The person holds ${held.join(', ')}, which "${set.name}" keeps apart from it.`
      : `Which other roles of "${set.name}" the person holds could not be read.`;
    const base = {
      rule: `sod:${set.id}`,
      said: certain ? ('fails' as const) : ('unknown' as const),
      because,
    };
    const may = set.mode === 'extra-approver' && set.approver && policy.tier !== 'break-glass';
    if (set.mode === 'warn') {
      warnings.push(set.id);
      considered.push(base);
    } else if (certain && may && set.approver) {
      extra.push({ id: `sod-${set.id}`, from: [set.approver], needs: 'any', sod: set.id });
      considered.push(base);
      prohibited.push(ending(set, ask));
    } else {
      prohibited.push({ ...base, ...apart(set, held) });
    }
  }
  return { prohibited, considered, extra, warnings, conflict };
}

function heldOf(set: SodSet, roleId: string, { heldRoles, looked }: Facts) {
  const others = set.roles.filter((role) => role !== roleId);
  const held = others.filter((role) => heldRoles?.includes(role));
  const unknown =
    heldRoles === undefined ||
    others.some((role) => looked !== undefined && !looked.roles.has(role));
  return { held, unknown: held.length === 0 && unknown };
}

const apart = (set: SodSet, held: readonly string[]) => ({
  sentence: `The person holds access that must not be held together with this role ("${set.name}").`,
  nextStep:
    'Give that access back first, or talk to IT here. Nobody can approve both, so nobody was asked.',
  facts: { set: set.id, holds: held },
});

/** What an exception may last at most. */
function ending(set: SodSet, ask: Ask): Prohibition {
  const { longest } = set;
  const lasts = ask.allowed ?? ask.duration;
  const holds = lasts !== null && (longest === undefined || lasts <= longest);
  const most = longest === undefined ? 'it needs an end' : `at most ${durationInWords(longest)}`;
  return {
    rule: `sod:${set.id}:end`,
    said: holds ? 'holds' : 'fails',
    because: `An exception of "${set.name}" would last ${durationInWords(lasts)}; ${most}.`,
    sentence: `Together with what the person holds, this access needs an end ("${set.name}": ${most}).`,
    nextStep: 'Ask for a shorter time.',
    facts: { set: set.id, duration: lasts, longest: longest ?? null },
  };
}
