/**
 * Google Workspace behind the directory port: people and members through the Directory API, kinds of
 * groups through Cloud Identity.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { AccessToken } from '../access-token';
import type { ConnectionAddress, Credential, Directory } from '../directory';
import { Door } from '../door';
import { fingerprintOf } from '../jwt';
import { cloudIdentityApi, directoryApi } from './client';
import { dialect } from './failures';
import { GoogleGroups } from './groups';
import { inspectThrough } from './inspect';
import { GooglePeople } from './people';
import { selfTest } from './self-test';
import { CLOUD_IDENTITY_SCOPES, DIRECTORY_SCOPES, googleToken } from './token';

export function googleDirectory(
  address: ConnectionAddress,
  credential: Credential,
  deps: { readonly http: Http; readonly clock: Clock; readonly tokens: TokenCache },
): Directory {
  if (credential.kind !== 'google-service-account') {
    throw new Error(`A connection to Google cannot use a credential of kind ${credential.kind}`);
  }
  const fingerprint = fingerprintOf({ tenant: address.tenant, ...credential });
  const doorWith = (scopes: readonly string[], key: string) => {
    const mint = async () => (await googleToken(credential, scopes, deps)).result;
    return new Door(dialect, {
      ...deps,
      authorizer: new AccessToken({ ...deps, key, fingerprint, mint }),
    });
  };
  const door = doorWith(DIRECTORY_SCOPES, address.id);
  const identityDoor = doorWith(CLOUD_IDENTITY_SCOPES, `${address.id}:cloud-identity`);
  const api = directoryApi(door);
  const people = new GooglePeople(api, door, address.tenant);
  const inspect = inspectThrough(cloudIdentityApi(identityDoor), identityDoor);
  const groups = new GoogleGroups(api, door, { people, inspect });
  return {
    kind: 'google',
    can: { nativeExpiry: false, readsLag: true },
    findPeople: (email) => people.withAddress(email),
    person: (id) => people.byId(id),
    managerOf: (id) => people.managerOf(id),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    inspectGroup: (id) => groups.inspect(id),
    isMember: (m) => groups.has(m),
    ensureMember: (m) => groups.add(m),
    ensureNotMember: (m) => groups.remove(m),
    selfTest: () => selfTest({ api, door, address, credential }, deps),
  };
}
