/**
 * What "stronger" means for each member of a policy: whatever the request, the person and the time,
 * the stronger one lets nothing through that the other one would have stopped, and asks nobody less.
 * Where two cannot be laid in order the change counts as weaker: it lets somebody new do something.
 */
import type { AutoRule, BreakGlass, Condition, Source, StageRule } from '../../contracts/policy';

export type Way = 'same' | 'stronger' | 'weaker';

/** The order of two sets, where having less is the stronger. */
export function fewer(before: ReadonlySet<string>, after: ReadonlySet<string>): Way {
  const gone = [...before].some((one) => !after.has(one));
  const come = [...after].some((one) => !before.has(one));
  return come ? 'weaker' : gone ? 'stronger' : 'same';
}

/** All of them in one: weaker if any is, else stronger if any is. */
export function together(...ways: readonly Way[]): Way {
  if (ways.includes('weaker')) return 'weaker';
  return ways.includes('stronger') ? 'stronger' : 'same';
}

export function less(before: number, after: number): Way {
  return before === after ? 'same' : after < before ? 'stronger' : 'weaker';
}
export const more = (before: number, after: number): Way => less(after, before);

/** `null`: no cap at all. */
export const cap = (before: number | null, after: number | null): Way =>
  less(before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY);

const plain = (text: string): string => text.trim().toLowerCase();

const atomsOf = (conditions: readonly Condition[]): ReadonlySet<string> =>
  new Set(
    conditions.flatMap((one) =>
      one.kind === 'directory-group'
        ? [JSON.stringify([one.kind, one.connection, one.group])]
        : one.is.map((value) => JSON.stringify([one.kind, plain(value)])),
    ),
  );

/** Who may ask; nobody named means everybody. */
export function visible(before: readonly Condition[], after: readonly Condition[]): Way {
  if (before.length === 0 || after.length === 0)
    return before.length === after.length ? 'same' : after.length > 0 ? 'stronger' : 'weaker';
  return fewer(atomsOf(before), atomsOf(after));
}

/** Who is eligible; nobody named means nobody. */
export const eligible = (before: readonly Condition[], after: readonly Condition[]): Way =>
  fewer(atomsOf(before), atomsOf(after));

interface Lengths {
  readonly durations: readonly number[];
  readonly permanent: boolean;
}

/**
 * Offering nothing new is the stronger, reaching further the weaker. Another length within what was
 * offered before is neither: it lets nobody have it for longer.
 */
export function durations(before: Lengths, after: Lengths): Way | 'neither' {
  const longest = (of: Lengths) =>
    of.permanent ? Number.POSITIVE_INFINITY : Math.max(0, ...of.durations);
  if (longest(after) > longest(before)) return 'weaker';
  const way = fewer(new Set(before.durations.map(String)), new Set(after.durations.map(String)));
  return way === 'weaker' ? 'neither' : way;
}

const sourceAtoms = (from: readonly Source[]): ReadonlySet<string> =>
  new Set(
    from.flatMap((source) => {
      if (source.kind === 'people') return source.accounts.map((id) => `person ${id}`);
      if (source.kind === 'jira-group') return [`jira-group ${source.group}`];
      if (source.kind === 'directory-group') return [`group ${source.connection} ${source.group}`];
      return [source.kind];
    }),
  );

type Stage = Pick<StageRule, 'from' | 'needs'>;

export function stage(before: Stage, after: Stage): Way {
  const who = fewer(sourceAtoms(before.from), sourceAtoms(after.from));
  const back = fewer(sourceAtoms(after.from), sourceAtoms(before.from));
  if (before.needs === 'all' && after.needs === 'all') return reverse(back, who);
  const count = more(atLeast(before.needs), atLeast(after.needs));
  // "All" of fewer people may be fewer than the number was.
  if (before.needs === 'all' || after.needs === 'all') return who === 'same' ? count : 'weaker';
  return together(who, count);
}

/** Of "all", more people are the stronger. */
const reverse = (back: Way, who: Way): Way =>
  who === 'same' ? 'same' : back === 'stronger' ? 'stronger' : 'weaker';

const atLeast = (needs: StageRule['needs']): number =>
  needs === 'any' ? 1 : needs === 'all' ? Number.POSITIVE_INFINITY : needs;

/** Each stage of before is still there, in order and no weaker; more of them are stronger. */
export function stages(before: readonly Stage[], after: readonly Stage[]): Way {
  let next = 0;
  let grown = after.length > before.length;
  for (const one of before) {
    while (next < after.length && stage(one, after[next] as Stage) === 'weaker') next++;
    if (next === after.length) return 'weaker';
    if (stage(one, after[next] as Stage) === 'stronger') grown = true;
    next++;
  }
  return grown ? 'stronger' : 'same';
}

type When = AutoRule['when'][number];

/** Each condition of before still has one that is no weaker; more of them are stronger. */
export function auto(before: AutoRule | null, after: AutoRule | null): Way {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'stronger' : 'weaker';
  const kept = before.when.every((old) =>
    after.when.some((now) => condition(old, now) !== 'weaker'),
  );
  if (!kept) return 'weaker';
  if (before.signedOffAt !== after.signedOffAt) return 'weaker';
  const back = after.when.every((now) =>
    before.when.some((old) => condition(now, old) !== 'weaker'),
  );
  return back ? 'same' : 'stronger';
}

function condition(before: When, after: When): Way {
  if (before.kind === 'asks-for-self' || after.kind === 'asks-for-self')
    return before.kind === after.kind ? 'same' : 'weaker';
  if (before.kind === 'at-most' || after.kind === 'at-most')
    return before.kind === 'at-most' && after.kind === 'at-most'
      ? less(before.seconds, after.seconds)
      : 'weaker';
  return eligible([before], [after]);
}

export function breakGlass(before: BreakGlass | null, after: BreakGlass | null): Way {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'stronger' : 'weaker';
  return together(
    eligible(before.eligible, after.eligible),
    more(Number(before.incident), Number(after.incident)),
    less(before.reviewWithin, after.reviewWithin),
  );
}
