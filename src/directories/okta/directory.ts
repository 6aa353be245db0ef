/**
 * Okta behind the directory port. A service app with its own key proves the connection; people and
 * groups are read and changed through Okta's SDK, whose calls all pass the door.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import type { Authorizer } from '../access-token';
import { AccessToken } from '../access-token';
import type { ConnectionAddress, Credential, Directory } from '../directory';
import { Door } from '../door';
import { fingerprintOf } from '../jwt';
import { oktaClient } from './client';
import { dialect } from './failures';
import { OktaGroups } from './groups';
import { inspectGroup } from './inspect';
import { OktaPeople } from './people';
import { selfTest } from './self-test';
import { apiToken, oktaToken } from './token';

export function oktaDirectory(
  address: ConnectionAddress,
  credential: Credential,
  deps: { readonly http: Http; readonly clock: Clock; readonly tokens: TokenCache },
): Directory {
  const door = new Door(dialect, { ...deps, authorizer: authorizer(address, credential, deps) });
  const sdk = oktaClient(address, door);
  const people = new OktaPeople(sdk, door);
  const groups = new OktaGroups(sdk, door, people);
  return {
    kind: 'okta',
    can: { nativeExpiry: false, readsLag: false },
    findPeople: (email) => people.withAddress(email),
    person: (id) => people.byId(id),
    managerOf: (id) => people.managerOf(id),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    inspectGroup: (id) =>
      inspectGroup({ sdk, door, describe: (group) => groups.describe(group) }, id),
    isMember: (m) => groups.has(m),
    ensureMember: (m) => groups.add(m),
    ensureNotMember: (m) => groups.remove(m),
    selfTest: () => selfTest({ sdk, door, address, credential }, deps),
  };
}

function authorizer(
  address: ConnectionAddress,
  credential: Credential,
  deps: { readonly http: Http; readonly clock: Clock; readonly tokens: TokenCache },
): Authorizer {
  if (credential.kind === 'okta-token') return apiToken(credential.token);
  if (credential.kind !== 'okta-key') {
    throw new Error(`A connection to Okta cannot use a credential of kind ${credential.kind}`);
  }
  return new AccessToken({
    clock: deps.clock,
    tokens: deps.tokens,
    key: address.id,
    fingerprint: fingerprintOf({ tenant: address.tenant, ...credential }),
    mint: async () => (await oktaToken(address, credential, deps)).result,
  });
}
