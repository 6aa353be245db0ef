/** Which adapter serves which kind of directory. Each loads its SDK only when a call needs it. */
import type { Clock, Http, TokenCache } from '../forge/ports';
import type { ConnectionAddress, Credential, Directory } from './directory';

export interface DirectoryDeps {
  /** Must refuse every host but those of this connection. */
  readonly http: Http;
  readonly clock: Clock;
  readonly tokens: TokenCache;
}

type Open = (address: ConnectionAddress, credential: Credential, deps: DirectoryDeps) => Directory;

const ADAPTERS = {
  okta: async () => (await import('./okta/directory')).oktaDirectory,
} satisfies Record<string, () => Promise<Open>>;

/** One per connection and invocation: what it keeps in memory belongs to one site. */
export async function openDirectory(
  address: ConnectionAddress,
  credential: Credential,
  deps: DirectoryDeps,
): Promise<Directory> {
  const open: Open = await ADAPTERS[address.kind as 'okta']();
  return open(address, credential, deps);
}
