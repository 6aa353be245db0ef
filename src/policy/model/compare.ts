/**
 * The difference of two policies in words, each with its weight: "longest window 24 hours → 72 hours,
 * weaker". One comparison for whoever reviews a change, for the rule that a weakening one of a
 * privileged role needs two administrators, and for the gate.
 */
import { durationInWords } from '../../catalog/model/catalog';
import type { Override, Rules } from '../../contracts/policy';
import type { RolePolicy } from './effective';
import { conditionInWords, stageInWords, stagesInWords } from './source-words';
import type { Way } from './stronger';
import * as stronger from './stronger';
import { startingPolicy } from './tiers';

export interface Line {
  readonly text: string;
  /** `neither`: it changes nothing that a request is judged by. */
  readonly way: 'stronger' | 'weaker' | 'neither';
}

type Member = keyof Rules;
const MEMBERS: {
  readonly [M in Member]: {
    readonly name: string;
    way(before: Rules, after: Rules): Way | 'neither';
    show(of: Rules): string;
  };
} = {
  visibleTo: {
    name: 'who may ask',
    way: (a, b) => stronger.visible(a.visibleTo, b.visibleTo),
    show: (of) => of.visibleTo.map(conditionInWords).join('; ') || 'everybody',
  },
  stages: {
    name: 'who decides',
    way: (a, b) => stronger.stages(a.stages, b.stages),
    show: (of) => stagesInWords(of.stages),
  },
  distinct: {
    name: 'one person in one stage only',
    way: (a, b) => stronger.more(Number(a.distinct), Number(b.distinct)),
    show: (of) => yesNo(of.distinct),
  },
  auto: {
    name: 'decided by a rule',
    way: (a, b) => stronger.auto(a.auto, b.auto),
    show: ({ auto }) =>
      auto ? `"${auto.rule}", signed off ${auto.signedOffAt.slice(0, 10)}` : 'no',
  },
  durations: {
    name: 'windows',
    way: (a, b) => stronger.durations({ ...a, permanent: false }, { ...b, permanent: false }),
    show: (of) => of.durations.map(durationInWords).join(', ') || 'none',
  },
  permanent: {
    name: 'without an end',
    way: (a, b) => stronger.less(Number(a.permanent), Number(b.permanent)),
    show: (of) => yesNo(of.permanent),
  },
  reasonLength: {
    name: 'reason of at least',
    way: (a, b) => stronger.more(a.reasonLength, b.reasonLength),
    show: (of) => `${of.reasonLength} characters`,
  },
  ticket: {
    name: 'ticket',
    way: (a, b) => stronger.more(Number(a.ticket === 'required'), Number(b.ticket === 'required')),
    show: (of) => (of.ticket === 'required' ? 'required' : 'not asked for'),
  },
  totalAge: {
    name: 'longest in all',
    way: (a, b) => stronger.cap(a.totalAge, b.totalAge),
    show: (of) => (of.totalAge === null ? 'no cap' : durationInWords(of.totalAge)),
  },
  breakGlass: {
    name: 'emergency access',
    way: (a, b) => stronger.breakGlass(a.breakGlass, b.breakGlass),
    show: ({ breakGlass: of }) =>
      of
        ? `${of.eligible.map(conditionInWords).join('; ') || 'nobody'}${of.incident ? ', with an open incident' : ''}, reviewed within ${durationInWords(of.reviewWithin)}`
        : 'no',
  },
};
const yesNo = (is: boolean) => (is ? 'yes' : 'no');

export function compareRules(before: Rules, after: Rules): Line[] {
  const names = Object.keys(MEMBERS) as Member[];
  return names.flatMap((name) => lineOf(name, before, after));
}

/** Of what an app or a role says differently; what it leaves to the level above has no weight of its own. */
export function compareOverrides(before: Override = {}, after: Override = {}): Line[] {
  const names = Object.keys(MEMBERS) as Member[];
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined && is === undefined) return [];
    const whole = (of: Override) => ({ ...startingPolicy.tiers.routine, ...of }) as Rules;
    if (was !== undefined && is !== undefined) return lineOf(name, whole(before), whole(after));
    const show = (of: Override, value: unknown) =>
      value === undefined ? 'as said above it' : MEMBERS[name].show(whole(of));
    return [line(`${MEMBERS[name].name} ${show(before, was)} → ${show(after, is)}`, 'neither')];
  });
}

function lineOf(name: Member, before: Rules, after: Rules): Line[] {
  const member = MEMBERS[name];
  const way = member.way(before, after);
  if (name === 'durations') return windows(before, after, way);
  const [was, is] = [member.show(before), member.show(after)];
  if (way === 'same') return was === is ? [] : [line(`${member.name} ${was} → ${is}`, 'neither')];
  return [line(`${member.name} ${was} → ${is}`, way)];
}

/** The longest of them where that says it, else all of them. */
function windows(before: Rules, after: Rules, way: Way | 'neither'): Line[] {
  if (way === 'same') return [];
  const longest = (of: Rules) => Math.max(0, ...of.durations);
  const words = (of: Rules) => (longest(of) === 0 ? 'none' : durationInWords(longest(of)));
  if (longest(before) !== longest(after))
    return [line(`longest window ${words(before)} → ${words(after)}`, way)];
  return [
    line(`windows ${MEMBERS.durations.show(before)} → ${MEMBERS.durations.show(after)}`, way),
  ];
}

export const line = (text: string, way: Line['way']): Line => ({
  text: way === 'neither' ? text : `${text}, ${way}`,
  way,
});

const ORDER = ['routine', 'sensitive', 'privileged'];

export function comparePolicies(before: RolePolicy, after: RolePolicy): Line[] {
  return [...tiers(before.tier, after.tier), ...compareRules(before, after)];
}

/** Emergency access stands beside the other tiers: to and from it somebody gets what they could not. */
function tiers(before: RolePolicy['tier'], after: RolePolicy['tier']): Line[] {
  if (before === after) return [];
  const up = ORDER.indexOf(after) > ORDER.indexOf(before);
  const beside = before === 'break-glass' || after === 'break-glass';
  return [line(`risk ${before} → ${after}`, up && !beside ? 'stronger' : 'weaker')];
}

/**
 * Who is asked by the rules of now and was not asked by the pinned ones, in words; nothing: whoever
 * decided then is enough today. Prohibitions are not in it: those are evaluated under both.
 */
export function beyond(pinned: Rules, now: Rules): readonly string[] {
  const more = stronger.stages(now.stages, pinned.stages) !== 'weaker' ? [] : missing(pinned, now);
  return [
    ...(pinned.auto && !now.auto ? ['today people decide'] : []),
    ...more.map((one) => `today ${one} decides as well`),
    ...(now.distinct && !pinned.distinct ? ['today nobody decides in two stages'] : []),
  ];
}

/** Stages of now that none of the pinned ones answers for; if all have one, it is their order. */
function missing(pinned: Rules, now: Rules): string[] {
  const alone = now.stages.filter(
    (one) => !pinned.stages.some((old) => stronger.stage(one, old) !== 'weaker'),
  );
  return (alone.length > 0 ? alone : now.stages).map(stageInWords);
}
