/**
 * The sandbox's one clock. Workers, simulators, Jira and rate limiters all read it.
 *
 * It runs at real speed and jumps only when nothing is in flight: `advance` goes from one due event
 * to the next, runs it, waits until the system is quiet, then goes on. So a jump can never make a
 * call that is on its way look slow, and what a story sees does not depend on the machine's speed.
 */

/** `work` is what the platform owes now (a delivery on its way); `timer` waits for its own hour. */
export type DueKind = 'work' | 'timer';

export interface Due {
  /** Virtual epoch milliseconds. */
  readonly at: number;
  readonly kind: DueKind;
  /** Shown in what `advance` returns. */
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

export interface Ran {
  /** ISO-8601, virtual time. */
  readonly at: string;
  readonly name: string;
}

interface Entry extends Due {
  readonly order: number;
}

/** Node clamps longer delays to 1 ms. */
const LONGEST_REAL_TIMER_MS = 2 ** 31 - 1;

export class SandboxClock {
  #shiftMs: number;
  #order = 0;
  #entries: Entry[] = [];
  #flights = new Map<symbol, string>();
  #quietWaiters: (() => void)[] = [];
  #pump: NodeJS.Timeout | undefined;
  #stepping: Promise<unknown> | undefined;
  #closed = false;
  /** Called with every error that a due event threw; the host turns it into a loud line. */
  onError: (name: string, cause: unknown) => void = (name, cause) =>
    console.error(`sandbox: ${name} failed`, cause);

  constructor(startAt: number = Date.now()) {
    this.#shiftMs = startAt - Date.now();
  }

  /** Virtual epoch milliseconds. */
  now(): number {
    return Date.now() + this.#shiftMs;
  }

  /** What a worker adds to the real `Date.now()`; constant while anything is in flight. */
  shiftMs(): number {
    return this.#shiftMs;
  }

  iso(at = this.now()): string {
    return new Date(at).toISOString();
  }

  schedule(due: Due): { cancel(): void } {
    const entry: Entry = { ...due, order: this.#order++ };
    this.#entries.push(entry);
    this.#arm();
    return {
      cancel: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  /** Says that something is in flight; call the returned function when it has landed. */
  hold(name: string): () => void {
    const flight = Symbol(name);
    this.#flights.set(flight, name);
    return () => {
      if (!this.#flights.delete(flight) || this.#flights.size > 0) return;
      const waiters = this.#quietWaiters;
      this.#quietWaiters = [];
      for (const wake of waiters) wake();
    };
  }

  inFlight(): string[] {
    return [...this.#flights.values()];
  }

  pending(): { at: string; kind: DueKind; name: string }[] {
    return this.#sorted().map(({ at, kind, name }) => ({ at: this.iso(at), kind, name }));
  }

  /** Moves virtual time by `ms`, running what falls due on the way, in order. */
  advance(ms: number): Promise<Ran[]> {
    return this.#exclusively(() =>
      this.#stepUntil(this.now() + ms, { jumpToEnd: true, enough: () => false }),
    );
  }

  /** Runs on until nothing is in flight and no `work` is due within `withinMs`. */
  settle(withinMs = 10 * 60_000): Promise<Ran[]> {
    return this.#exclusively(() => {
      const limit = this.now() + withinMs;
      const enough = () => !this.#entries.some((e) => e.kind === 'work' && e.at <= limit);
      return this.#stepUntil(limit, { jumpToEnd: false, enough });
    });
  }

  /** Sets the hour when a snapshot is restored; everything scheduled is forgotten. */
  restart(at: number): void {
    this.#entries = [];
    this.#shiftMs = at - Date.now();
  }

  close(): void {
    this.#closed = true;
    this.#entries = [];
    clearTimeout(this.#pump);
  }

  #sorted(): Entry[] {
    return this.#entries.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  async #exclusively<T>(step: () => Promise<T>): Promise<T> {
    while (this.#stepping !== undefined) await this.#stepping;
    const running = step();
    this.#stepping = running.catch(() => undefined);
    try {
      return await running;
    } finally {
      this.#stepping = undefined;
      this.#arm();
    }
  }

  async #stepUntil(
    target: number,
    { jumpToEnd, enough }: { jumpToEnd: boolean; enough: () => boolean },
  ): Promise<Ran[]> {
    const ran: Ran[] = [];
    for (;;) {
      await this.#quiet();
      if (enough()) return ran;
      const next = this.#sorted()[0];
      if (!next || next.at > target) {
        if (jumpToEnd) this.#jump(target);
        return ran;
      }
      this.#jump(next.at);
      ran.push(...this.#runDue());
    }
  }

  #jump(to: number): void {
    if (to > this.now()) this.#shiftMs += to - this.now();
  }

  #runDue(): Ran[] {
    const now = this.now();
    const due = this.#sorted().filter((entry) => entry.at <= now);
    this.#entries = this.#entries.filter((entry) => entry.at > now);
    return due.map((entry) => {
      const land = this.hold(entry.name);
      Promise.resolve()
        .then(entry.run)
        .catch((cause) => this.onError(entry.name, cause))
        .finally(land);
      return { at: this.iso(entry.at), name: entry.name };
    });
  }

  #quiet(): Promise<void> {
    if (this.#flights.size === 0) return Promise.resolve();
    return new Promise<void>((wake) => {
      this.#quietWaiters.push(wake);
    }).then(() => this.#quiet());
  }

  #arm(): void {
    if (this.#closed || this.#stepping !== undefined) return;
    clearTimeout(this.#pump);
    const next = this.#sorted()[0];
    if (!next) return;
    const wait = Math.min(Math.max(next.at - this.now(), 0), LONGEST_REAL_TIMER_MS);
    this.#pump = setTimeout(() => {
      if (this.#stepping === undefined) this.#runDue();
      this.#arm();
    }, wait);
    this.#pump.unref();
  }
}
