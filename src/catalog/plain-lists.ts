/** Lists in pieces: plain values under one name and a number from 0. */
import type { Store } from '../forge/ports';

/**
 * Removes all pieces, also those that a step wrote whose mark was never kept. From the last to the first:
 * a removal that is cut off leaves no hole behind which the rest would be overlooked.
 * `counted`: how many are known of; they may be gone already.
 */
export async function removePieces(
  store: Pick<Store, 'readPlain' | 'removePlain'>,
  placeOf: (n: number) => string,
  counted = 0,
): Promise<void> {
  let end = counted;
  while ((await store.readPlain(placeOf(end))) !== undefined) end++;
  while (end > 0) await store.removePlain(placeOf(--end));
}
