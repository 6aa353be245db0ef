/** Seeded chance (mulberry32), so that a seed repeats a whole run. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Whole number, both ends included. */
  int(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Chance that can start over, so that a story meets the same luck after every reset. */
export class RestartableRandom implements Random {
  readonly #seed: number;
  #inner: Random;

  constructor(seed: number) {
    this.#seed = seed;
    this.#inner = seeded(seed);
  }

  restart(): void {
    this.#inner = seeded(this.#seed + 1);
  }

  next(): number {
    return this.#inner.next();
  }

  int(low: number, high: number): number {
    return this.#inner.int(low, high);
  }

  pick<T>(items: readonly T[]): T {
    return this.#inner.pick(items);
  }
}

export function seeded(seed: number): Random {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('pick from an empty list');
      return item;
    },
  };
}
