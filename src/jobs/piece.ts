/** What one step of a job may use up, and what a failure of the outside means for the job. */
import * as z from 'zod/mini';
import type { Store } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { sha256 } from '../shared/canonical';
import { type Instant, MINUTE, secondsBetween } from '../shared/instant';
import type { Failure } from '../shared/result';
import type { Job, Step } from './job';

const MOST_SECONDS = 60;
/**
 * Forge lets an installation read and write 4,000 units of ten KiB a minute, grants and revocations
 * among them. Six jobs may run at once, so that each keeps to this many on the average.
 */
const UNITS_A_MINUTE = 600;
const MOST_UNITS = 1000;
/** Not worth spacing out. */
const FEW_UNITS = 150;
const UNIT_BYTES = 10_240;

/** Counts what one step uses; `over` says to stop and go on in the next. */
export class Piece {
  /** Counted like everything a step does with it. */
  readonly store: Store;
  readonly #now: () => Instant;
  readonly #began: Instant;
  readonly #mostCalls: number;
  #calls = 0;
  #reads = 0;
  #writes = 0;

  constructor(deps: Pick<Deps, 'now' | 'store'>, mostCalls: number) {
    this.#now = deps.now;
    this.#began = deps.now();
    this.#mostCalls = mostCalls;
    this.store = this.#counting(deps.store);
  }

  /** One call of the directory. */
  ask<T>(call: () => Promise<T>): Promise<T> {
    this.#calls++;
    return call();
  }

  get over(): boolean {
    return (
      this.#calls >= this.#mostCalls ||
      this.#units >= MOST_UNITS ||
      secondsBetween(this.#began, this.#now()) > MOST_SECONDS
    );
  }

  /** What to leave the others before the next step. */
  get pause(): { readonly seconds?: number } {
    if (this.#units < FEW_UNITS) return {};
    return { seconds: Math.ceil((this.#units * MINUTE) / UNITS_A_MINUTE) };
  }

  get #units(): number {
    return Math.max(this.#reads, this.#writes);
  }

  #counting(store: Store): Store {
    const read = <T>(value: T, units: number): T => {
      this.#reads += Math.max(1, units);
      return value;
    };
    const wrote = <T>(value: T, units: number): T => {
      this.#writes += units;
      return value;
    };
    return {
      get: async (entity, key) => read(await store.get(entity, key), 1),
      getMany: async (keys) => read(await store.getMany(keys), keys.length),
      query: async (query) => {
        const page = await store.query(query);
        return read(page, page.rows.length);
      },
      transact: async (writes) => wrote(await store.transact(writes), writes.length),
      readPlain: async (key) => {
        const value = await store.readPlain(key);
        return read(value, unitsOf(value));
      },
      writePlain: async (key, value) => wrote(await store.writePlain(key, value), unitsOf(value)),
      removePlain: async (key) => wrote(await store.removePlain(key), 1),
    };
  }
}

const unitsOf = (value: unknown): number =>
  value === undefined ? 1 : Math.ceil(JSON.stringify(value).length / UNIT_BYTES);

/** A page whose cursor is the one that asked for it would be read for ever. */
export function repeats(asked: string | undefined, next: string | undefined): Failure | undefined {
  if (asked === undefined || asked !== next) return undefined;
  return {
    class: 'retryable',
    code: 'bad-answer',
    detail: 'The directory gives the same page of a list again and again.',
  };
}

/** How many pages of a list were read, and a print of one of their cursors; see `turnPage`. */
export const pagesSchema = z.strictObject({ n: z.int(), print: z.string() });
export type Pages = z.infer<typeof pagesSchema>;

const MOST_PAGES = 20_000;

/**
 * Finds a list that leads back to a page it came from, whatever the length of the ring: one cursor is
 * remembered, a later one each time that the number of pages has doubled.
 */
export function turnPage(
  pages: Pages | undefined,
  next: string | undefined,
): Pages | Failure | undefined {
  if (next === undefined) return undefined;
  const n = (pages?.n ?? 0) + 1;
  const print = sha256(next).slice(0, 16);
  if (print === pages?.print || n > MOST_PAGES)
    return {
      class: 'permanent',
      code: 'bad-answer',
      detail: 'The directory gives the same pages of a list again and again.',
    };
  const doubled = (n & (n - 1)) === 0;
  return { n, print: pages && !doubled ? pages.print : print };
}

/** `reached`: where the step stood when it failed, if it got anywhere; nothing done is done again. */
export function afterFailure(
  failure: Failure,
  reached?: { readonly mark: unknown; readonly progress: Job['progress'] },
): Step {
  if (failure.class !== 'retryable')
    return {
      kind: 'failed',
      problem: {
        check: `directory-${failure.code}`,
        sentence: failure.detail,
        nextStep: 'Run the self-test of the connection, then start it again.',
      },
    };
  return reached
    ? { kind: 'more', ...reached }
    : { kind: 'wait', seconds: failure.retryAfter ?? 30, why: failure.detail.replace(/\.$/, '') };
}
