/**
 * What a connection may still ask of its directory. The directory's own headers tell what is left;
 * each lane leaves something to the more urgent ones, so that a large reading never keeps an access
 * from ending. Nothing here waits: a call that may not go now fails with the seconds until it may.
 */
import type { Clock } from '../forge/ports';
import { epochMs } from '../shared/instant';
import type { Headroom, SpentKeeping } from './directory';

/** Ending access, giving access and what people wait for, reading everything. */
export type Lane = 'revoke' | 'grant' | 'bulk';

/** Shares of the limit that a lane does not touch. */
const LEFT_TO_OTHERS: Readonly<Record<Lane, number>> = { revoke: 0, grant: 0.2, bulk: 0.5 };
/** A directory that asks to slow down without saying for how long. */
const USUAL_PAUSE_MS = 30_000;
/** No directory counts by more than minutes, so one absurd answer must not keep access from ending. */
const LONGEST_PAUSE_MS = 15 * 60_000;

export class RateBudget {
  readonly #lane: Lane;
  readonly #clock: Clock;
  readonly #keeping: SpentKeeping;
  #spent: Promise<Record<string, Headroom>> | undefined;

  constructor(lane: Lane, deps: { readonly clock: Clock; readonly keeping: SpentKeeping }) {
    this.#lane = lane;
    this.#clock = deps.clock;
    this.#keeping = deps.keeping;
  }

  /** Seconds until a call of this family may be sent; 0: now. */
  async wait(family: string): Promise<number> {
    const left = (await this.#known())[family];
    const now = epochMs(this.#clock.now());
    if (!left || left.resetsAt <= now || bandOf(left) < BANDS[this.#lane]) return 0;
    return Math.max(1, Math.ceil((left.resetsAt - now) / 1000));
  }

  /** Kept for others only when it gets tight, which is when it matters to them. */
  async learn(family: string, answered: Headroom): Promise<void> {
    const told = this.#believable(answered);
    const known = await this.#known();
    const before = known[family];
    const now = epochMs(this.#clock.now());
    const was = before && before.resetsAt > now ? bandOf(before) : 0;
    // Nobody was let through since, so this answers a call that was sent before: old news.
    if (was === NOTHING_LEFT && bandOf(told) < NOTHING_LEFT) return;
    known[family] = told;
    if (bandOf(told) !== was) {
      const live = Object.entries(known).filter(([, one]) => one.resetsAt > now && bandOf(one) > 0);
      await this.#keeping.save(Object.fromEntries(live));
    }
  }

  /** The directory refused for having been asked too often; nobody asks before the time. */
  refused(family: string, retryAfter: number | undefined): Promise<void> {
    const pause = retryAfter === undefined ? USUAL_PAUSE_MS : retryAfter * 1000;
    const resetsAt = epochMs(this.#clock.now()) + pause;
    return this.learn(family, { limit: 1, remaining: 0, resetsAt });
  }

  #known(): Promise<Record<string, Headroom>> {
    this.#spent ??= this.#keeping.load().then((spent) => {
      const each = Object.entries(spent).map(([name, one]) => [name, this.#believable(one)]);
      return Object.fromEntries(each);
    });
    return this.#spent;
  }

  #believable(told: Headroom): Headroom {
    const latest = epochMs(this.#clock.now()) + LONGEST_PAUSE_MS;
    return told.resetsAt > latest ? { ...told, resetsAt: latest } : told;
  }
}

const NOTHING_LEFT = 3;
/** The first band in which a lane stands back. */
const BANDS: Readonly<Record<Lane, number>> = { bulk: 1, grant: 2, revoke: NOTHING_LEFT };

/** 0: plenty; 1: only grants and revocations; 2: only revocations; 3: nothing. */
function bandOf({ limit, remaining }: Headroom): number {
  if (remaining <= 0) return NOTHING_LEFT;
  const share = remaining / limit;
  if (share <= LEFT_TO_OTHERS.grant) return 2;
  return share <= LEFT_TO_OTHERS.bulk ? 1 : 0;
}
