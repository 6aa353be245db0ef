/** Which adapter serves which kind of directory. Each loads its SDK only when a call needs it. */
import type { Clock, Http, TokenCache } from '../forge/ports';
import type { RateBudget } from './budget';
import type { ConnectionAddress, Credentials, Directory, DirectoryKind } from './directory';

export interface DirectoryDeps {
  /** Must refuse every host but those of this connection. */
  readonly http: Http;
  readonly clock: Clock;
  readonly tokens: TokenCache;
  readonly budget: RateBudget;
}

type Open = (
  address: ConnectionAddress,
  credentials: Credentials,
  deps: DirectoryDeps,
) => Directory;

const ADAPTERS: Readonly<Record<DirectoryKind, () => Promise<Open>>> = {
  okta: async () => (await import('./okta/directory')).oktaDirectory,
  entra: async () => (await import('./entra/directory')).entraDirectory,
  google: async () => (await import('./google/directory')).googleDirectory,
};

/** One per connection and invocation: what it keeps in memory belongs to one site. */
export async function openDirectory(
  address: ConnectionAddress,
  credentials: Credentials,
  deps: DirectoryDeps,
): Promise<Directory> {
  const open = await ADAPTERS[address.kind]();
  return open(address, credentials, deps);
}
