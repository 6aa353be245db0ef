import type { CachedToken, TokenCache } from '../../src/forge/ports';

export class FakeTokenCache implements TokenCache {
  readonly tokens = new Map<string, CachedToken>();

  async get(key: string): Promise<CachedToken | undefined> {
    return this.tokens.get(key);
  }

  async set(key: string, token: CachedToken): Promise<void> {
    this.tokens.set(key, token);
  }
}
