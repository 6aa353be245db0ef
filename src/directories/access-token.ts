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
  /** The token works only with proofs signed by this private key (PEM), kept with it. */
  readonly proofKey?: string;
}

export interface Authorization {
  readonly token: string;
  /** `Authorization`, and what else proves the call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Not asked for in this invocation: worth one new attempt when it is refused. */
  readonly kept: boolean;
}

/** What a proof of possession is made for. */
export interface Call {
  readonly method: string;
  readonly url: string;
}

export interface Authorizer {
  authorize(call: Call): Promise<Result<Authorization, Failure>>;
  /** The directory refused this token: do not use it again. */
  discard(token: string): void;
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
  /** Headers of a call with a token that is bound to a key. */
  readonly prove?: (call: Call, token: string, proofKey: string) => Record<string, string>;
}

interface Held {
  readonly token: string;
  readonly expiresAt: Instant;
  readonly proofKey?: string;
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

  async authorize(call: Call): Promise<Result<Authorization, Failure>> {
    if (!this.#held || !this.#usable(this.#held)) {
      this.#flight ??= this.#obtain().finally(() => {
        this.#flight = undefined;
      });
      const got = await this.#flight;
      if (!got.ok) return got;
      this.#held = got.value;
    }
    const { token, proofKey, kept } = this.#held;
    const { prove } = this.#keeping;
    const headers =
      proofKey !== undefined && prove
        ? prove(call, token, proofKey)
        : { authorization: `Bearer ${token}` };
    return ok({ token, headers, kept });
  }

  discard(token: string): void {
    this.#refused.add(token);
  }

  #usable(held: Pick<Held, 'token' | 'expiresAt'>): boolean {
    const left = epochMs(held.expiresAt) - epochMs(this.#keeping.clock.now());
    return left > MARGIN_MS && !this.#refused.has(held.token);
  }

  async #obtain(): Promise<Result<Held, Failure>> {
    const { clock, tokens, key, fingerprint, mint } = this.#keeping;
    const cached = await tokens.get(key);
    if (cached && cached.fingerprint === fingerprint && this.#usable(cached)) {
      return ok({ ...cached, kept: true });
    }
    const minted = await mint();
    if (!minted.ok) return minted;
    const expiresAt = instant(epochMs(clock.now()) + minted.value.lifetime * 1000);
    const { token, proofKey } = minted.value;
    const held = { token, expiresAt, ...(proofKey !== undefined && { proofKey }) };
    await tokens.set(key, { ...held, fingerprint });
    return ok({ ...held, kept: false });
  }
}
