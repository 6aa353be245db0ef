/** Who stands in for somebody at this hour. The index finds covers, the record under its key decides. */
import type { Deps } from '../requests/deps';
import { epochSeconds } from '../shared/instant';
import { find, load } from '../shared/record';
import { type Cover, covers } from './cover-record';

/** A cover who is away may have a cover: so far, and no further. */
export const DEEPEST = 3;
/** More running or future covers of one person than anybody sets. */
const MOST = 50;

type Using = Pick<Deps, 'store' | 'now'>;

export const isRunning = (cover: Cover, now: string): boolean =>
  cover.status === 'set' && cover.from <= now && now < cover.until;

/** Covers of a person, or those that a person is for others, that are not over. Soonest end first. */
export async function coversOf(
  deps: Using,
  index: 'by-person' | 'by-cover',
  accountId: string,
): Promise<Cover[]> {
  const { found } = await find(deps.store, covers, {
    index,
    partition: [accountId],
    range: { from: epochSeconds(deps.now()) },
    sort: 'ascending',
    limit: MOST,
  });
  const read: Cover[] = [];
  for (const { value } of found) {
    const held = await load(deps.store, covers, value.id);
    if (held?.value.status === 'set' && held.value.until > deps.now()) read.push(held.value);
  }
  return read;
}

/**
 * Covers one after another, nearest first; the last one's `cover` is who decides. None: the person is
 * there, or the covers lead back to them and nobody stands in.
 */
export async function coverChain(deps: Using, away: string): Promise<readonly Cover[]> {
  const chain: Cover[] = [];
  const seen = new Set([away]);
  for (let who = away; chain.length < DEEPEST; ) {
    const running = (await coversOf(deps, 'by-person', who)).find((one) =>
      isRunning(one, deps.now()),
    );
    if (!running) break;
    if (seen.has(running.cover)) return [];
    chain.push(running);
    seen.add(running.cover);
    who = running.cover;
  }
  return chain;
}

/** Whom the last of them stands in for, nearest first, ending with the person who is away first. */
export const standsInFor = (chain: readonly Cover[]): string[] =>
  chain.map(({ away }) => away).reverse();
