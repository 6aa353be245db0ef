/** A directory's own chance. What was drawn is part of its state, so that a restored one repeats. */
import { type Random, seeded } from '../kit/random';

/** Spreads the number of draws over all bits of the new seed (the golden ratio's). */
const SPREAD = 0x9e3779b1;

export class Chance implements Random {
  readonly #seed: number;
  #drawn = 0;
  #inner: Random;

  constructor(seed: number) {
    this.#seed = seed;
    this.#inner = seeded(seed);
  }

  get drawn(): number {
    return this.#drawn;
  }

  /** Goes on where the saved state was, and never draws its ids a second time. */
  restore(drawn: number): void {
    this.#drawn = drawn;
    this.#inner = seeded((this.#seed ^ Math.imul(drawn + 1, SPREAD)) >>> 0);
  }

  next(): number {
    this.#drawn++;
    return this.#inner.next();
  }

  int(low: number, high: number): number {
    this.#drawn++;
    return this.#inner.int(low, high);
  }

  pick<T>(items: readonly T[]): T {
    this.#drawn++;
    return this.#inner.pick(items);
  }
}
