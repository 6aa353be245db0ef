/** Covers that would overlap, lead in a ring, or one after another further than anybody can follow. */
import type { Problem } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { coversOf, DEEPEST } from './cover-chain';
import type { Cover } from './cover-record';

type Wanted = Pick<Cover, 'away' | 'cover' | 'from' | 'until'>;
type Using = Pick<Deps, 'store' | 'now'>;

export async function crossing(deps: Using, wanted: Wanted): Promise<Problem | undefined> {
  const other = (await coversOf(deps, 'by-person', wanted.away)).find((one) =>
    overlap(one, wanted),
  );
  if (other) return overlaps(other);
  const after = await furthest(deps, wanted, 'by-person', wanted.cover, new Set([wanted.away]));
  if (after === 'ring') return RING;
  const before = await furthest(deps, wanted, 'by-cover', wanted.away, new Set([wanted.cover]));
  if (before === 'ring') return RING;
  return before + 1 + after > DEEPEST ? TOO_DEEP : undefined;
}

/** How many covers follow at some hour of the wanted ones, in one direction. */
async function furthest(
  deps: Using,
  wanted: Wanted,
  index: 'by-person' | 'by-cover',
  from: string,
  seen: ReadonlySet<string>,
): Promise<number | 'ring'> {
  if (seen.has(from)) return 'ring';
  if (seen.size > DEEPEST + 1) return DEEPEST;
  let longest = 0;
  for (const one of await coversOf(deps, index, from)) {
    if (!overlap(one, wanted)) continue;
    const next = index === 'by-person' ? one.cover : one.away;
    const more = await furthest(deps, wanted, index, next, new Set([...seen, from]));
    if (more === 'ring') return 'ring';
    longest = Math.max(longest, more + 1);
  }
  return longest;
}

const overlap = (a: Pick<Cover, 'from' | 'until'>, b: Pick<Cover, 'from' | 'until'>): boolean =>
  a.from < b.until && b.from < a.until;

const overlaps = ({ from, until }: Cover): Problem => ({
  check: 'cover-once',
  sentence: `There is a cover for part of that time already, from ${minuteOf(from)} until ${minuteOf(until)}.`,
  nextStep: 'End that one first, or choose a time beside it.',
});
const RING: Problem = {
  check: 'cover-ring',
  sentence: 'These covers would lead back to whoever is away, so nobody would decide.',
  nextStep: 'Choose somebody who is not covered by them at that time.',
};
const TOO_DEEP: Problem = {
  check: 'cover-depth',
  sentence: `A cover who is away may be covered in turn, but not more than ${DEEPEST} times in a row.`,
  nextStep: 'Choose somebody who is there at that time.',
};

const minuteOf = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`;
