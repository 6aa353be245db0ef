/** Directory tokens across invocations, in secret storage: a token opens as much as its credential. */
import * as z from 'zod/mini';
import type { Instant } from '../shared/instant';
import type { CachedToken, Clock, Log, Secrets, TokenCache } from './ports';

const cachedSchema = z.object({
  token: z.string().check(z.minLength(1)),
  expiresAt: z.pipe(
    z.iso.datetime(),
    z.transform((text) => text as Instant),
  ),
  proofKey: z.optional(z.string()),
  fingerprint: z.string(),
});

export function secretTokenCache(deps: {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}): TokenCache {
  const { secrets, clock, log } = deps;
  return {
    async get(key): Promise<CachedToken | undefined> {
      const stored = await quietly(log, 'read', () => secrets.get(placeOf(key)));
      const cached = cachedSchema.safeParse(stored).data;
      if (!cached || cached.expiresAt <= clock.now()) return undefined;
      const { proofKey, ...token } = cached;
      return { ...token, ...(proofKey !== undefined && { proofKey }) };
    },
    async set(key, token): Promise<void> {
      await quietly(log, 'written', () => secrets.set(placeOf(key), token));
    },
  };
}

async function quietly<T>(log: Log, what: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (cause) {
    log.warn('token-cache-failed', { what, cause });
    return undefined;
  }
}

/** Purposes may hold characters that a key may not. */
const placeOf = (key: string): string =>
  `token:${key.replace(/[^a-zA-Z0-9:._-]/g, (char) => `#${char.charCodeAt(0).toString(16)}`)}`;
