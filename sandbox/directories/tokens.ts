/** Access tokens that a directory has handed out, and assertions it will not take twice. */
import type { Random } from '../kit/random';

export interface AccessToken {
  readonly client: string;
  readonly scopes: readonly string[];
  /** Virtual epoch ms. */
  readonly expires: number;
  /** Google: the administrator acted for. */
  readonly subject?: string;
  /** Okta: thumbprint of the key without which the token is not taken. */
  readonly boundTo?: string;
}

export interface TokensState {
  tokens: [string, AccessToken][];
  used: [string, number][];
}

export class Tokens {
  #tokens = new Map<string, AccessToken>();
  #used = new Map<string, number>();

  issue(random: Random, prefix: string, token: AccessToken): string {
    const text = `${prefix}${randomText(random, 60)}`;
    this.#tokens.set(text, token);
    return text;
  }

  find(text: string): AccessToken | undefined {
    return this.#tokens.get(text);
  }

  /** `false` when this assertion was taken before and has not run out. */
  takeOnce(id: string, expires: number, now: number): boolean {
    for (const [other, end] of this.#used) if (end <= now) this.#used.delete(other);
    if (this.#used.has(id)) return false;
    this.#used.set(id, expires);
    return true;
  }

  snapshot(): TokensState {
    return { tokens: [...this.#tokens], used: [...this.#used] };
  }

  restore(state: TokensState): void {
    this.#tokens = new Map(state.tokens);
    this.#used = new Map(state.used);
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomText(random: Random, length: number, alphabet = ALPHABET): string {
  return Array.from({ length }, () => alphabet[random.int(0, alphabet.length - 1)]).join('');
}
