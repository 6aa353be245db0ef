/** Forge's secret storage: encrypted by the platform, not queryable, gone with the installation. */
import { kvs } from '@forge/kvs';
import type { Secrets } from './ports';
import { checkKey } from './store-limits';
import { StoreUnavailable } from './store-unavailable';

export const forgeSecrets: Secrets = {
  get: (key) => asked('read a secret', key, () => kvs.getSecret<unknown>(key)),
  set: (key, value) => asked('keep a secret', key, () => kvs.setSecret(key, value)),
  remove: (key) => asked('remove a secret', key, () => kvs.deleteSecret(key)),
};

/** The platform's error is not passed on as cause: it may quote the request, and so the secret. */
async function asked<T>(operation: string, key: string, call: () => Promise<T>): Promise<T> {
  checkKey(key);
  try {
    return await call();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'NO_ANSWER';
    throw new StoreUnavailable(operation, code);
  }
}
