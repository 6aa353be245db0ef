/** Counts what was used in a span of time that begins with its first call and then starts anew. */
interface Window {
  readonly began: number;
  readonly used: number;
}

export interface Spent {
  /** Over the limit: this call is refused and does not count. */
  readonly refused: boolean;
  readonly used: number;
  readonly remaining: number;
  /** Virtual epoch ms when the window starts anew. */
  readonly resets: number;
}

export class Windows {
  #windows = new Map<string, Window>();

  spend(key: string, cost: number, limit: number, spanMs: number, now: number): Spent {
    const old = this.#windows.get(key);
    const open = old && now < old.began + spanMs ? old : { began: now, used: 0 };
    const refused = open.used + cost > limit;
    const used = refused ? open.used : open.used + cost;
    this.#windows.set(key, { began: open.began, used });
    return { refused, used, remaining: Math.max(limit - used, 0), resets: open.began + spanMs };
  }

  snapshot(): [string, Window][] {
    return [...this.#windows];
  }

  restore(state: [string, Window][]): void {
    this.#windows = new Map(state);
  }
}
