/**
 * Microsoft Entra ID behind the directory port: people, groups and applications through Graph v1.0,
 * with application permissions only. What could harm people goes through an app registration of its own.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { AccessToken } from '../access-token';
import type { RateBudget } from '../budget';
import type { TokenPurpose } from '../credential';
import type { ConnectionAddress, Credential, Credentials, Directory } from '../directory';
import { Door } from '../door';
import { fingerprintOf } from '../jwt';
import { EntraActivity } from './activity';
import { graphClient } from './client';
import { EntraExpiry } from './expiry';
import { dialect } from './failures';
import { EntraGroups } from './groups';
import { EntraListing } from './listing';
import { EntraPeople } from './people';
import { selfTest } from './self-test';
import { endSessions } from './sessions';
import { type EntraCredential, entraToken } from './token';

interface Deps {
  readonly http: Http;
  readonly clock: Clock;
  readonly tokens: TokenCache;
  readonly budget: RateBudget;
}

export function entraDirectory(
  address: ConnectionAddress,
  credentials: Credentials,
  deps: Deps,
): Directory {
  const membership = ofEntra(credentials.membership);
  const lifecycle = credentials.lifecycle && ofEntra(credentials.lifecycle);
  const { sdk, door } = registration(address, membership, deps);
  // Graph counts each app registration apart.
  const second =
    lifecycle && registration(address, lifecycle, deps, { purpose: 'lifecycle' } as const);
  const people = new EntraPeople(sdk, door);
  const groups = new EntraGroups(sdk, door, people);
  const listing = new EntraListing(sdk, door);
  const activity = new EntraActivity(sdk, door, deps.clock);
  const expiry = new EntraExpiry(sdk, door, deps.clock, groups);
  const nativeExpiry = address.nativeExpiry === true;
  const directory: Directory = {
    kind: 'entra',
    can: {
      nativeExpiry,
      readsLag: true,
      apps: true,
      activityPerApp: true,
      incremental: true,
      tellsDeletedGroups: true,
      membersTellDepartment: true,
      restoresDeleted: true,
    },
    findPeople: (email) => people.withAddress(email),
    findByAccount: (accountId) => people.withAttribute(address.accountAttribute, accountId),
    person: (id) => people.byId(id),
    peopleById: (ids) => people.byIds(ids),
    listPeople: (cursor) => people.list(cursor),
    managerOf: (id) => people.managerOf(id),
    lastActivity: (id, app) => activity.of(id, app),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    inspectGroup: (id) => groups.inspect(id),
    searchGroups: (text) => listing.search(text),
    changedGroups: (ask) => listing.changes(ask),
    membersOf: (group, cursor) => listing.members(group, cursor),
    listApps: (cursor) => listing.apps(cursor),
    groupsOfApp: (app, cursor) => listing.groupsOf(app, cursor),
    isMember: (m) => groups.has(m),
    ensureMember: (m, until) =>
      until !== undefined && nativeExpiry ? expiry.add(m, until) : groups.add(m),
    moveNativeEnd: (m, until) => expiry.move(m, until),
    ensureNotMember: (m) => groups.remove(m),
    endSessions: (id) => endSessions(second, id),
    selfTest: (test) =>
      selfTest({ sdk, door, address, membership, lifecycle, directory }, deps, test),
  };
  return directory;
}

function registration(
  address: ConnectionAddress,
  credential: EntraCredential,
  deps: Deps,
  apart?: { readonly purpose: TokenPurpose<'entra'> },
) {
  const authorizer = new AccessToken({
    clock: deps.clock,
    tokens: deps.tokens,
    key: apart ? `${address.id}:${apart.purpose}` : address.id,
    fingerprint: fingerprintOf({ tenant: address.tenant, ...credential }),
    mint: async () => (await entraToken(address, credential, deps)).result,
  });
  const spoken = apart ? { ...dialect, family: () => apart.purpose } : dialect;
  const door = new Door(spoken, { ...deps, authorizer });
  return { sdk: graphClient(door), door };
}

function ofEntra(credential: Credential): EntraCredential {
  if (credential.kind === 'entra-secret' || credential.kind === 'entra-certificate') {
    return credential;
  }
  throw new Error(`A connection to Entra ID cannot use a credential of kind ${credential.kind}`);
}
