/**
 * One access token per connection and purpose: kept across invocations, asked for once however many
 * calls wait for it, and replaced when the directory no longer takes it.
 */

import type { Clock, TokenCache } from '../forge/ports';
import { epochMs, type Instant, instant } from '../shared/instant';
import { type Failure, ok, type Result } from '../shared/result';

export interface Minted {
  readonly token: string;
  /** Seconds from now, as the token endpoint said. */
  readonly lifetime: number;
  /** What was granted, where the answer says it; may be less than was asked for. */
  readonly scopes?: readonly string[];
}

export interface Authorization {
  /** The `Authorization` header. */
  readonly header: string;
  /** Not asked for in this invocation: worth one new attempt when it is refused. */
  readonly kept: boolean;
}

export interface Authorizer {
  authorize(): Promise<Result<Authorization, Failure>>;
  /** The directory refused this header: do not use it again. */
  discard(header: string): void;
}

/** A token that ends within a long function would end in the middle of its work. */
const MARGIN_MS = 120_000;

export interface TokenKeeping {
  readonly clock: Clock;
  readonly tokens: TokenCache;
  /** Connection id, and the purpose where a connection has several. */
  readonly key: string;
  /** Tells credentials apart, so that a replaced one never works on through an old token. */
  readonly fingerprint: string;
  readonly mint: () => Promise<Result<Minted, Failure>>;
}

interface Held {
  readonly token: string;
  readonly expiresAt: Instant;
  readonly kept: boolean;
}

export class AccessToken implements Authorizer {
  readonly #keeping: TokenKeeping;
  #held: Held | undefined;
  #flight: Promise<Result<Held, Failure>> | undefined;
  #refused = new Set<string>();

  constructor(keeping: TokenKeeping) {
    this.#keeping = keeping;
  }

  async authorize(): Promise<Result<Authorization, Failure>> {
    if (!this.#held || !this.#usable(this.#held)) {
      this.#flight ??= this.#obtain().finally(() => {
        this.#flight = undefined;
      });
      const got = await this.#flight;
      if (!got.ok) return got;
      this.#held = got.value;
    }
    return ok({ header: `Bearer ${this.#held.token}`, kept: this.#held.kept });
  }

  discard(header: string): void {
    this.#refused.add(header);
  }

  #usable(held: Pick<Held, 'token' | 'expiresAt'>): boolean {
    const left = epochMs(held.expiresAt) - epochMs(this.#keeping.clock.now());
    return left > MARGIN_MS && !this.#refused.has(`Bearer ${held.token}`);
  }

  async #obtain(): Promise<Result<Held, Failure>> {
    const { clock, tokens, key, fingerprint, mint } = this.#keeping;
    const cached = await tokens.get(key);
    if (cached && cached.fingerprint === fingerprint && this.#usable(cached)) {
      return ok({ token: cached.token, expiresAt: cached.expiresAt, kept: true });
    }
    const minted = await mint();
    if (!minted.ok) return minted;
    const expiresAt = instant(epochMs(clock.now()) + minted.value.lifetime * 1000);
    await tokens.set(key, { token: minted.value.token, expiresAt, fingerprint });
    return ok({ token: minted.value.token, expiresAt, kept: false });
  }
}
