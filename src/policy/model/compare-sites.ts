/** The difference of two policies of a site in words: the tiers, the sets of roles kept apart, and the rest. */
import { durationInWords } from '../../catalog/model/catalog';
import type { Rules, SitePolicy, SodSet } from '../../contracts/policy';
import { compareRules, type Line, line } from './compare';
import { sourceInWords } from './source-words';
import * as stronger from './stronger';

const TIERS = ['routine', 'sensitive', 'privileged', 'break-glass'] as const;

/** `of`: the tier that a line is about; absent: all of them. */
export type SiteLine = Line & { readonly of?: (typeof TIERS)[number] };

export function compareSites(before: SitePolicy, after: SitePolicy): SiteLine[] {
  return [
    ...TIERS.flatMap((tier) =>
      compareRules(before.tiers[tier], after.tiers[tier]).map((one) => ({
        text: `${tier} roles: ${one.text}`,
        way: one.way,
        of: tier,
      })),
    ),
    ...compareSets(before.sod, after.sod),
    ...people('asked last', before.fallback, after.fallback),
    ...people('projects whose tickets count', before.ticketProjects, after.ticketProjects),
    ...times(before, after),
  ];
}

const MODES = ['warn', 'extra-approver', 'block'];

function compareSets(before: readonly SodSet[], after: readonly SodSet[]): Line[] {
  const gone = before.filter((set) => !after.some((one) => one.id === set.id));
  return [
    ...gone.map((set) => line(`"${set.name}" no longer keeps roles apart`, 'weaker')),
    ...after.flatMap((set) => {
      const was = before.find((one) => one.id === set.id);
      if (!was) return [line(`"${set.name}" keeps ${set.roles.join(', ')} apart`, 'stronger')];
      const lines: Line[] = [];
      // More roles are the stronger, so the two are laid the other way round.
      const roles = stronger.fewer(new Set(set.roles), new Set(was.roles));
      if (roles !== 'same')
        lines.push(line(`"${set.name}": ${was.roles.join(', ')} → ${set.roles.join(', ')}`, roles));
      const mode = stronger.more(MODES.indexOf(was.mode), MODES.indexOf(set.mode));
      if (mode !== 'same') lines.push(line(`"${set.name}": ${was.mode} → ${set.mode}`, mode));
      else if (set.mode === 'extra-approver') lines.push(...exception(was, set));
      if (was.name !== set.name) lines.push(line(`"${was.name}" → "${set.name}"`, 'neither'));
      return lines;
    }),
  ];
}

function exception(before: SodSet, after: SodSet): Line[] {
  const lines: Line[] = [];
  const longest = stronger.cap(before.longest ?? null, after.longest ?? null);
  const words = (set: SodSet) => (set.longest ? durationInWords(set.longest) : 'no cap');
  if (longest !== 'same')
    lines.push(line(`"${after.name}": exceptions ${words(before)} → ${words(after)}`, longest));
  const [was, is] = [before.approver, after.approver].map((source) =>
    source ? [{ from: [source], needs: 'any' as const }] : [],
  ) as [Rules['stages'], Rules['stages']];
  const who = stronger.stages(was, is);
  if (who !== 'same' || was.length !== is.length) {
    const name = (set: SodSet) => (set.approver ? sourceInWords(set.approver) : 'nobody');
    lines.push(
      line(`"${after.name}": exceptions decided by ${name(before)} → ${name(after)}`, 'weaker'),
    );
  }
  return lines;
}

/** Of these more are the weaker. */
function people(what: string, before: readonly string[], after: readonly string[]): Line[] {
  const come = after.filter((one) => !before.includes(one));
  const gone = before.filter((one) => !after.includes(one));
  if (come.length === 0 && gone.length === 0) return [];
  return [
    line(`${what}: ${before.length} → ${after.length}`, come.length > 0 ? 'weaker' : 'stronger'),
  ];
}

function times(before: SitePolicy, after: SitePolicy): Line[] {
  const lines: Line[] = [];
  const of = (name: string, was: number, is: number) => {
    if (was !== is)
      lines.push(line(`${name} ${durationInWords(was)} → ${durationInWords(is)}`, 'neither'));
  };
  of('reminded after', before.remindAfter, after.remindAfter);
  of('others asked as well after', before.escalateAfter, after.escalateAfter);
  of('lapses after', before.lapseAfter, after.lapseAfter);
  if (JSON.stringify(before.hours) !== JSON.stringify(after.hours))
    lines.push(line('working hours changed', 'neither'));
  return lines;
}
