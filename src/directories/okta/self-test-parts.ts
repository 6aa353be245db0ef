/** What every line of the checklist needs. */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { ConnectionAddress, Directory, TestMembership } from '../directory';
import type { Door } from '../door';
import type { DirectoryDeps } from '../registry';
import { type OktaCredential, type OktaKey, oktaToken } from './token';

export interface TestParts {
  readonly sdk: Client;
  readonly door: Door;
  readonly forApps: { readonly sdk: Client; readonly door: Door };
  readonly logs: { readonly sdk: Client; readonly door: Door };
  readonly address: ConnectionAddress;
  readonly credential: OktaCredential;
  readonly directory: Directory;
  readonly test: TestMembership | undefined;
}

export const SCOPES_TAB = 'In the Admin Console, open the application and its tab Okta API Scopes';
/** Whether this scope was granted to the application, whatever else was. */
export async function grantedAlone(
  address: ConnectionAddress,
  key: OktaKey,
  deps: DirectoryDeps,
  scope: string,
) {
  const { result, requestId } = await oktaToken(address, key, deps, [scope]);
  const listed = result.ok ? result.value.scopes : undefined;
  const is = result.ok && (listed?.includes(scope) ?? true);
  return { is, said: result.ok ? undefined : result.error.said, requestId };
}
