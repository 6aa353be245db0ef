/**
 * Google Workspace behind the directory port: people, groups and members through the Directory API,
 * kinds of groups and ends of memberships through Cloud Identity, use of applications through Reports.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { ok } from '../../shared/result';
import { AccessToken } from '../access-token';
import type { RateBudget } from '../budget';
import type { TokenPurpose } from '../credential';
import type { ConnectionAddress, Credentials, Directory } from '../directory';
import { Door } from '../door';
import { fingerprintOf } from '../jwt';
import { GoogleActivity, signOutThrough } from './activity';
import { cloudIdentityApi, directoryApi, reportsApi } from './client';
import { dialect } from './failures';
import { changedThrough } from './group-changes';
import { membersThrough, searchThrough } from './group-lists';
import { GoogleGroups } from './groups';
import { inspectThrough } from './inspect';
import { GoogleNativeEnd } from './native-end';
import { GooglePeople } from './people';
import { ENDS, KINDS, NEEDED, REPORTS, ROLES, SECURITY } from './scopes';
import { selfTest } from './self-test';
import { googleToken } from './token';

export function googleDirectory(
  address: ConnectionAddress,
  { membership: credential }: Credentials,
  deps: {
    readonly http: Http;
    readonly clock: Clock;
    readonly tokens: TokenCache;
    readonly budget: RateBudget;
  },
): Directory {
  if (credential.kind !== 'google-service-account') {
    throw new Error(`A connection to Google cannot use a credential of kind ${credential.kind}`);
  }
  const customer = address.tenant;
  const fingerprint = fingerprintOf({ tenant: customer, ...credential });
  const doorWith = (scopes: readonly string[], key: string) => {
    const mint = async () => (await googleToken(credential, scopes, deps)).result;
    const keeping = { ...deps, key, fingerprint, mint };
    return new Door(dialect, { ...deps, authorizer: new AccessToken(keeping) });
  };
  const doorFor = (scope: TokenPurpose<'google'>) => doorWith([scope], `${address.id}:${scope}`);
  const google = directoryApi(doorWith(NEEDED, address.id));
  const roles = directoryApi(doorFor(ROLES));
  const kinds = cloudIdentityApi(doorFor(KINDS));
  const reports = reportsApi(doorFor(REPORTS));
  const people = new GooglePeople(google, {
    customer,
    ...(address.accountAttribute !== undefined && { attribute: address.accountAttribute }),
  });
  const groups = new GoogleGroups(google, {
    people,
    inspect: inspectThrough(kinds, roles, customer),
  });
  const activity = new GoogleActivity(people, reports, deps.clock);
  const nativeEnd = new GoogleNativeEnd(cloudIdentityApi(doorFor(ENDS)), { people, groups });
  const nativeExpiry = address.nativeExpiry === true;
  const noPage = async () => ok({ items: [] });
  const directory: Directory = {
    kind: 'google',
    can: {
      nativeExpiry,
      readsLag: true,
      apps: false,
      activityPerApp: true,
      incremental: true,
      tellsDeletedGroups: true,
      membersTellDepartment: false,
      restoresDeleted: false,
    },
    findPeople: (email) => people.withAddress(email),
    findByAccount: (accountId) => people.withAccount(accountId),
    person: (id) => people.byId(id),
    peopleById: (ids) => people.many(ids),
    listPeople: (cursor) => people.page(cursor),
    managerOf: (id) => people.managerOf(id),
    lastActivity: (id, app) => activity.of(id, app),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    inspectGroup: (id) => groups.inspect(id),
    searchGroups: searchThrough(google, customer),
    changedGroups: changedThrough(google, customer),
    membersOf: membersThrough(google),
    listApps: noPage,
    groupsOfApp: noPage,
    isMember: (m) => groups.has(m),
    ensureMember: (m, until) =>
      until !== undefined && nativeExpiry ? nativeEnd.add(m, until) : groups.add(m),
    moveNativeEnd: (m, until) => nativeEnd.move(m, until),
    ensureNotMember: (m) => groups.remove(m),
    endSessions: signOutThrough(directoryApi(doorFor(SECURITY))),
    selfTest: (test) =>
      selfTest(
        { google, roles, kinds, reports, people, address, credential, directory, test },
        deps,
      ),
  };
  return directory;
}
