/** What functions wrote to the console, cut off where Forge cuts it off. */
import type { SandboxClock } from '../kit/clock';
import type { Live } from './invoker';
import type { LogLine } from './worker';

export interface Logged {
  /** ISO-8601, virtual. */
  readonly at: string;
  readonly fn: string;
  readonly level: number;
  readonly text: string;
}

const KEPT = 5_000;
const LINES_PER_MINUTE = 100;
const BYTES_PER_INVOCATION = 200 * 1024;
const ERROR = 50;

export class Logs {
  readonly #clock: SandboxClock;
  readonly #live: (invocation: string) => Live | undefined;
  readonly #say: (line: string) => void;
  readonly #used = new WeakMap<Live, { lines: number; bytes: number }>();
  #lines: Logged[] = [];

  constructor(
    clock: SandboxClock,
    live: (invocation: string) => Live | undefined,
    say: (line: string) => void,
  ) {
    this.#clock = clock;
    this.#live = live;
    this.#say = say;
  }

  take({ invocation, level, args }: LogLine): void {
    const live = invocation === undefined ? undefined : this.#live(invocation);
    const text = args.join(' ');
    if (live && !this.#fits(live, text)) return;
    const logged = { at: this.#clock.iso(), fn: live?.fn ?? '(none)', level, text };
    this.#lines.push(logged);
    if (this.#lines.length > KEPT) this.#lines.splice(0, KEPT / 10);
    if (level >= ERROR) this.#say(`${logged.fn}: ${text}`);
  }

  all(): readonly Logged[] {
    return this.#lines;
  }

  clear(): void {
    this.#lines = [];
  }

  #fits(live: Live, text: string): boolean {
    const used = this.#used.get(live) ?? { lines: 0, bytes: 0 };
    this.#used.set(live, used);
    used.lines++;
    used.bytes += Buffer.byteLength(text);
    const startedMinutes = Math.floor(live.latencyMs / 60_000) + 1;
    return used.lines <= LINES_PER_MINUTE * startedMinutes && used.bytes <= BYTES_PER_INVOCATION;
  }
}
