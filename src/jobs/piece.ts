/** What one step of a job may use up, and what a failure of the outside means for the job. */
import type { Deps } from '../requests/deps';
import { type Instant, secondsBetween } from '../shared/instant';
import type { Failure } from '../shared/result';
import type { Job, Step } from './job';

const MOST_SECONDS = 60;

/** Counts the calls of one step; `over` says to stop and go on in the next. */
export class Piece {
  readonly #now: () => Instant;
  readonly #began: Instant;
  readonly #mostCalls: number;
  calls = 0;

  constructor(deps: Pick<Deps, 'now'>, mostCalls: number) {
    this.#now = deps.now;
    this.#began = deps.now();
    this.#mostCalls = mostCalls;
  }

  ask<T>(call: () => Promise<T>): Promise<T> {
    this.calls++;
    return call();
  }

  get over(): boolean {
    return this.calls >= this.#mostCalls || secondsBetween(this.#began, this.#now()) > MOST_SECONDS;
  }
}

/** A page whose cursor is the one that asked for it would be read for ever. */
export function repeats(asked: string | undefined, next: string | undefined): Failure | undefined {
  if (asked === undefined || asked !== next) return undefined;
  return {
    class: 'retryable',
    code: 'bad-answer',
    detail: 'The directory gives the same page of a list again and again.',
  };
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
