/**
 * Okta behind the directory port. A service app with its own key proves the connection; people,
 * groups and applications are read and memberships changed through Okta's SDK, whose calls all pass
 * a door.
 */

import { no } from '../../shared/result';
import { failure } from '../classify';
import type { ConnectionAddress, Credentials, Directory } from '../directory';
import { Door } from '../door';
import type { DirectoryDeps } from '../registry';
import { OktaActivity, signOutThrough } from './activity';
import { oktaClient } from './client';
import { dialect } from './failures';
import { OktaGroups } from './groups';
import { inspectGroup } from './inspect';
import { OktaApps, OktaLists } from './lists';
import { OktaPeople } from './people';
import { APPS, LOGS, SESSIONS } from './scopes';
import { selfTest } from './self-test';
import { authorizerFor } from './token';

export function oktaDirectory(
  address: ConnectionAddress,
  { membership: credential }: Credentials,
  deps: DirectoryDeps,
): Directory {
  if (credential.kind !== 'okta-key' && credential.kind !== 'okta-token') {
    throw new Error(`A connection to Okta cannot use a credential of kind ${credential.kind}`);
  }
  const through = (scope?: string) => {
    const authorizer = authorizerFor(address, credential, deps, scope);
    const door = new Door(dialect, { ...deps, authorizer });
    return { door, sdk: oktaClient(address, door) };
  };
  const { sdk, door } = through();
  const people = new OktaPeople(sdk, door);
  const groups = new OktaGroups(sdk, door, people);
  const lists = new OktaLists(sdk, door, deps.clock);
  const forApps = through(APPS);
  const apps = new OktaApps(forApps.sdk, forApps.door);
  const logs = through(LOGS);
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
    },
    findPeople: (email) => people.withAddress(email),
    findByAccount: (accountId) => people.withAttribute(address.accountAttribute, accountId),
    person: (id) => people.byId(id),
    peopleById: (ids) => people.byIds(ids),
    listPeople: (cursor) => people.page(cursor),
    managerOf: (id) => people.managerOf(id),
    lastActivity: (id, app) => activity.of(id, app),
    groupsOf: (id) => groups.of(id),
    describeGroup: (id) => groups.describe(id),
    inspectGroup: (id) =>
      inspectGroup({ sdk, door, describe: (group) => groups.describe(group) }, id),
    searchGroups: (text) => lists.search(text),
    changedGroups: (ask) => lists.changes(ask),
    membersOf: (group, cursor) => lists.members(group, cursor),
    listApps: (cursor) => apps.all(cursor),
    groupsOfApp: (app, cursor) => apps.groupsOf(app, cursor),
    isMember: (m) => groups.has(m),
    ensureMember: (m) => groups.add(m),
    moveNativeEnd: async () =>
      no(failure('invalid', 'Okta cannot end a membership by itself at a given time.')),
    ensureNotMember: (m) => groups.remove(m),
    endSessions: signOutThrough(through(SESSIONS)),
    selfTest: (test) =>
      selfTest({ sdk, door, forApps, logs, address, credential, directory, test }, deps),
  };
  return directory;
}
