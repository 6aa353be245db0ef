/**
 * Okta behind the directory port. A service app with its own key proves the connection; people and
 * groups are read and changed through Okta's SDK, whose calls all pass a door. What reaches beyond
 * people and groups has a door and a token of its own.
 */
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { no } from '../../shared/result';
import type { RateBudget } from '../budget';
import { failure } from '../classify';
import type { TokenPurpose } from '../credential';
import type { ConnectionAddress, Credential, Credentials, Directory } from '../directory';
import { Door } from '../door';
import { OktaActivity, READ_LOGS } from './activity';
import { OktaApps, READ_APPS } from './apps';
import { oktaClient } from './client';
import { dialect } from './failures';
import { OktaGroups } from './groups';
import { inspectGroup } from './inspect';
import { OktaListing } from './listing';
import { OktaPeople } from './people';
import { selfTest } from './self-test';
import { END_SESSIONS, endSessions } from './sessions';
import { authorizerOf, type OktaCredential } from './token';

interface Deps {
  readonly http: Http;
  readonly clock: Clock;
  readonly tokens: TokenCache;
  readonly budget: RateBudget;
}

export function oktaDirectory(
  address: ConnectionAddress,
  { membership }: Credentials,
  deps: Deps,
): Directory {
  const credential = ofOkta(membership);
  const through = (purpose?: { readonly name: TokenPurpose<'okta'>; readonly scope: string }) => {
    const authorizer = authorizerOf(address, credential, deps, purpose);
    const door = new Door(dialect, { ...deps, authorizer });
    return { sdk: oktaClient(address, door), door };
  };
  const main = through();
  const { sdk, door } = main;
  const forApps = through({ name: 'apps', scope: READ_APPS });
  const logs = through({ name: 'logs', scope: READ_LOGS });
  const sessions = through({ name: 'sessions', scope: END_SESSIONS });
  const people = new OktaPeople(sdk, door);
  const groups = new OktaGroups(sdk, door, people);
  const listing = new OktaListing(sdk, door, deps.clock);
  const apps = new OktaApps(forApps.sdk, forApps.door);
  const activity = new OktaActivity(people, logs, deps.clock);
  const directory: Directory = {
    kind: 'okta',
    can: {
      nativeExpiry: false,
      readsLag: false,
      apps: true,
      activityPerApp: true,
      incremental: true,
      tellsDeletedGroups: false,
      membersTellDepartment: true,
      restoresDeleted: false,
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
    inspectGroup: (id) =>
      inspectGroup({ sdk, door, describe: (group) => groups.describe(group) }, id),
    searchGroups: (text) => listing.search(text),
    changedGroups: (ask) => listing.changes(ask),
    membersOf: (group, cursor) => listing.members(group, cursor),
    listApps: (cursor) => apps.list(cursor),
    groupsOfApp: (app, cursor) => apps.groupsOf(app, cursor),
    isMember: (m) => groups.has(m),
    // Okta ends no membership by itself, so an end that is asked for is none of its business.
    ensureMember: (m) => groups.add(m),
    moveNativeEnd: async () => no(failure('invalid', 'Okta ends no membership by itself.')),
    ensureNotMember: (m) => groups.remove(m),
    endSessions: (id) => endSessions(sessions, id),
    selfTest: (test) =>
      selfTest({ main, forApps, logs, address, credential, directory }, deps, test),
  };
  return directory;
}

function ofOkta(credential: Credential): OktaCredential {
  if (credential.kind === 'okta-key' || credential.kind === 'okta-token') return credential;
  throw new Error(`A connection to Okta cannot use a credential of kind ${credential.kind}`);
}
