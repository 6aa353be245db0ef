/**
 * Every call to a directory goes through its door: the SDK shapes the request and reads the answer,
 * the door sends it, authorizes it and decides what the answer means. So no SDK retries, waits,
 * caches, or reports an error in its own way, and what a call came to is known even where the SDK
 * throws it away (request ids, statuses of empty answers).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type * as z from 'zod/mini';
import type { Clock, Http } from '../forge/ports';
import { epochMs } from '../shared/instant';
import { type Failure, type FailureCode, no, ok, type Result } from '../shared/result';
import type { Authorizer, Call } from './access-token';
import type { RateBudget } from './budget';
import { type Answer, classify, failedCall, failure } from './classify';
import type { Headroom } from './directory';

/** What a service's answers look like where they do not agree. */
export interface Dialect {
  readonly service: string;
  readonly codes: Readonly<Record<string, FailureCode>>;
  apiCode(json: unknown): string | undefined;
  requestId(headers: Headers, json: unknown): string | undefined;
  /** In which bucket the directory counts this call; absent: it has one for all. */
  family?(call: Call): string;
  /** What the answer tells about that bucket. */
  headroom?(headers: Headers, nowMs: number): Headroom | undefined;
  /** Statuses beside 2xx that are an answer and no refusal. */
  readonly fine?: readonly number[];
  /** What the service said in its own words: code and message, for administrators. */
  words?(json: unknown, headers: Headers): string | undefined;
}

export interface Refused {
  readonly failure: Failure;
  readonly apiCode?: string;
  /** Absent when the call was never answered. */
  readonly answer?: Answer;
}

export interface Done<T> {
  readonly value: T;
  /** The last answer, for evidence. */
  readonly answer: Answer;
}

export interface Outgoing {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A person in so many groups, or a list that never ends, is not read in one function. */
const MOST_CALLS = 60;

interface Trail {
  calls: number;
  write: boolean;
  refused?: Refused;
  answer?: Answer;
}

/**
 * SDKs give no way to hand a call's context to the transport. One storage serves all doors: before
 * version 24 Node kept each that was ever used, and with each one every promise became dearer.
 */
const operations = new AsyncLocalStorage<{ readonly door: Door; readonly trail: Trail }>();

class Stopped extends Error {}

const NO_TRAIL = { write: false };
const MOST_SAID = 400;

/** Not sent, so nothing is unknown. */
const standBack = (service: string, retryAfter: number): Failure =>
  failure(
    'rate-limited',
    `${service} is asked again in ${retryAfter} seconds; until then its rate limit is left to what is more urgent.`,
    { retryAfter },
  );

export class Door {
  readonly #dialect: Dialect;
  readonly #authorizer: Authorizer;
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #budget: RateBudget;

  constructor(
    dialect: Dialect,
    deps: {
      readonly authorizer: Authorizer;
      readonly http: Http;
      readonly clock: Clock;
      readonly budget: RateBudget;
    },
  ) {
    this.#dialect = dialect;
    this.#authorizer = deps.authorizer;
    this.#http = deps.http;
    this.#clock = deps.clock;
    this.#budget = deps.budget;
  }

  /**
   * Runs one SDK operation and checks what it gives back, or, where the SDK drops members that it
   * does not know, what the directory answered last.
   */
  async run<T>(
    operation: () => Promise<unknown>,
    schema: z.ZodMiniType<T>,
    read: 'value' | 'answer' = 'value',
  ): Promise<Result<Done<T>, Refused>> {
    const trail: Trail = { calls: 0, write: false };
    let given: unknown;
    try {
      given = await operations.run({ door: this, trail }, operation);
    } catch (cause) {
      if (trail.refused) return no(trail.refused);
      // The SDK choked on an answer that was a success.
      if (trail.answer) return no(this.#unreadable(trail, trail.answer, cause));
      throw cause;
    }
    if (!trail.answer) throw new Error(`${this.#dialect.service}: the operation made no call`);
    const parsed = schema.safeParse(read === 'value' ? given : trail.answer.json);
    if (!parsed.success) return no(this.#unreadable(trail, trail.answer, parsed.error));
    return ok({ value: parsed.data, answer: trail.answer });
  }

  /** The transport of the SDKs. Only ever resolves with a success. */
  async send(url: string, outgoing: Outgoing): Promise<Response> {
    const running = operations.getStore();
    if (running?.door !== this)
      throw new Error(`${this.#dialect.service}: a call outside of an operation`);
    const { trail } = running;
    trail.write ||= outgoing.method.toUpperCase() !== 'GET';
    if (++trail.calls > MOST_CALLS) {
      return this.#stop(trail, {
        failure: failure('too-large', `${this.#dialect.service} gave a list that is too long.`),
      });
    }
    const answer = await this.#authorized(trail, url, outgoing);
    const fine = this.#dialect.fine?.includes(answer.status) ?? false;
    if (!fine && (answer.status < 200 || answer.status > 299))
      return this.#stop(trail, this.#refusal(trail, answer));
    trail.answer = answer;
    if (answer.text !== '' && answer.json === undefined) {
      return this.#stop(trail, this.#unreadable(trail, answer, undefined));
    }
    const bodiless = [204, 205, 304].includes(answer.status);
    return new Response(bodiless ? null : answer.text, {
      status: answer.status,
      headers: answer.headers,
    });
  }

  async #authorized(trail: Trail, url: string, outgoing: Outgoing): Promise<Answer> {
    const call = { method: outgoing.method.toUpperCase(), url };
    const family = this.#dialect.family?.(call) ?? 'all';
    const wait = await this.#budget.wait(family);
    if (wait > 0) return this.#stop(trail, { failure: standBack(this.#dialect.service, wait) });
    const first = await this.#attempt(trail, call, outgoing, family);
    // Nothing was done, so a token kept from an earlier invocation may be replaced once: it may have
    // ended, or be older than a permission that an administrator granted since.
    if (!first.kept || !this.#isAboutToken(first.answer)) return first.answer;
    this.#authorizer.discard(first.token);
    return (await this.#attempt(trail, call, outgoing, family)).answer;
  }

  async #attempt(trail: Trail, call: Call, outgoing: Outgoing, family: string) {
    const authorization = await this.#authorizer.authorize(call);
    if (!authorization.ok) return this.#stop(trail, { failure: authorization.error });
    const { token, kept } = authorization.value;
    const headers = { ...outgoing.headers, ...authorization.value.headers };
    let answer: Answer;
    try {
      const response = await this.#http(call.url, { ...outgoing, headers });
      answer = await readAnswer(response, this.#dialect);
    } catch (cause) {
      return this.#stop(trail, { failure: unanswered(this.#dialect.service, trail, cause) });
    }
    await this.#learn(family, answer);
    return { answer, token, kept };
  }

  async #learn(family: string, answer: Answer): Promise<void> {
    const nowMs = epochMs(this.#clock.now());
    const told = this.#dialect.headroom?.(answer.headers, nowMs);
    const refusal = answer.status < 400 ? undefined : this.#refusal(NO_TRAIL, answer).failure;
    if (refusal?.code === 'rate-limited') await this.#budget.refused(family, refusal.retryAfter);
    else if (told) await this.#budget.learn(family, told);
  }

  #isAboutToken(answer: Answer): boolean {
    if (answer.status < 400) return false;
    return (
      answer.status === 401 || this.#refusal(NO_TRAIL, answer).failure.code === 'scope-missing'
    );
  }

  #refusal(trail: Pick<Trail, 'write'>, answer: Answer): Refused {
    const { service, codes } = this.#dialect;
    const apiCode = this.#dialect.apiCode(answer.json);
    const nowMs = epochMs(this.#clock.now());
    const asked = { service, codes, apiCode, nowMs, write: trail.write };
    const said = this.#dialect.words?.(answer.json, answer.headers)?.slice(0, MOST_SAID);
    const failure = { ...classify(answer, asked), ...(said !== undefined && { said }) };
    return { failure, answer, ...(apiCode !== undefined && { apiCode }) };
  }

  #unreadable(trail: Trail, answer: Answer, cause: unknown): Refused {
    const detail = `${this.#dialect.service} gave an answer that cannot be read (${answer.status}).`;
    const { requestId } = answer;
    const more = {
      ...(requestId !== undefined && { requestId }),
      ...(cause !== undefined && { cause }),
    };
    return { failure: failedCall(trail, 'bad-answer', detail, more), answer };
  }

  #stop(trail: Trail, refused: Refused): never {
    trail.refused = refused;
    throw new Stopped(refused.failure.detail);
  }
}

/** Throws when the connection breaks while the answer is read. */
export async function readAnswer(
  response: Response,
  dialect: Pick<Dialect, 'requestId'>,
): Promise<Answer> {
  const text = await response.text();
  const json = parsedOrUndefined(text);
  const { status, headers } = response;
  return { status, headers, text, json, requestId: dialect.requestId(headers, json) };
}

/** No whole answer: the call may or may not have been carried out. The names are those of `Http`. */
export function unanswered(service: string, asked: { write: boolean }, cause: unknown): Failure {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'HostRefused') {
    const detail = `${service} is not called: the address is not one that this connection may use.`;
    return failure('forbidden', detail, { cause });
  }
  if (name === 'NoTimeLeft') {
    return failure('timeout', `${service} was not asked: this run has no time left.`, { cause });
  }
  const failed = (code: FailureCode, what: string) =>
    failedCall(asked, code, `${service} ${what}.`, { cause });
  if (name === 'AnswerTooLarge')
    return failed('bad-answer', 'gave an answer that is far too large');
  if (name === 'TimeoutError' || name === 'AbortError')
    return failed('timeout', 'did not answer in time');
  return failed('unreachable', 'could not be reached');
}

function parsedOrUndefined(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
