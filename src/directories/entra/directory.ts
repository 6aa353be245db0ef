/**
 * Microsoft Entra ID behind the directory port: people and groups through Graph v1.0, with
 * application permissions only.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { ok } from '../../shared/result';
import { AccessToken } from '../access-token';
import type { ConnectionAddress, Credential, Directory } from '../directory';
import { Door } from '../door';
import { fingerprintOf } from '../jwt';
import { graphClient } from './client';
import { dialect } from './failures';
import { EntraGroups } from './groups';
import { EntraPeople } from './people';
import { selfTest } from './self-test';
import { entraToken } from './token';

export function entraDirectory(
  address: ConnectionAddress,
  credential: Credential,
  deps: { readonly http: Http; readonly clock: Clock; readonly tokens: TokenCache },
): Directory {
  if (credential.kind !== 'entra-secret' && credential.kind !== 'entra-certificate') {
    throw new Error(`A connection to Entra ID cannot use a credential of kind ${credential.kind}`);
  }
  const authorizer = new AccessToken({
    clock: deps.clock,
    tokens: deps.tokens,
    key: address.id,
    fingerprint: fingerprintOf({ tenant: address.tenant, ...credential }),
    mint: async () => (await entraToken(address, credential, deps)).result,
  });
  const door = new Door(dialect, { ...deps, authorizer });
  const sdk = graphClient(door);
  const people = new EntraPeople(sdk, door);
  const groups = new EntraGroups(sdk, door, people);
  return {
    kind: 'entra',
    can: { nativeExpiry: false, readsLag: true },
    findPeople: (email) => people.withAddress(email),
    person: (id) => people.byId(id),
    managerOf: (id) => people.managerOf(id),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    // One read tells everything that matters of a group in Entra ID.
    inspectGroup: async (id) => {
      const read = await groups.describe(id);
      return read.ok ? ok(read.value && { ...read.value, unseen: [] }) : read;
    },
    isMember: (m) => groups.has(m),
    ensureMember: (m) => groups.add(m),
    ensureNotMember: (m) => groups.remove(m),
    selfTest: () => selfTest({ sdk, door, address, credential }, deps),
  };
}
