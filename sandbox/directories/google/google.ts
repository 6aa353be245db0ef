/** The simulated Google Workspace with its hosts, put together. */
import { Routes } from '../../kit/routes';
import type { WorldGroup } from '../../world/world';
import { Chance } from '../chance';
import { around, type DirectoryOptions, type SandboxDirectory } from '../directory';
import { Labels } from '../labels';
import { ACCOUNTS, ADMIN_TOKEN, ROLES } from './accounts';
import { addCloudIdentity } from './cloud-identity';
import { addGroups } from './groups';
import { addMembers } from './members';
import { addReports, CLIENTS } from './reports';
import { addRoles } from './roles';
import { GoogleState, kindOf } from './state';
import { answerToken } from './token';
import { addUsers } from './users';
import { ADMIN_HOST, CLOUD_IDENTITY_HOST, IAM_HOST, TOKEN_HOST, type Workspace } from './workspace';

/** The file that the cloud console hands out for a service account's key. */
export type ServiceAccountFile = {
  type: 'service_account';
  project_id: string;
  private_key_id: string;
  private_key: string;
  client_email: string;
  client_id: string;
  token_uri: string;
};

export type GoogleConsole = {
  serviceAccountJson: ServiceAccountFile;
  customerId: string;
  /** The same account by its next key. */
  nextServiceAccountJson: ServiceAccountFile;
  /** An administrator that the service account may act as (domain-wide delegation). */
  delegatedAdmin: string;
  superAdmin: string;
  /** Of a role that a group can be given. */
  groupsAdminRoleId: string;
  /** The person attribute that holds the Atlassian account id. */
  accountAttribute: string;
  /** OAuth client id of an application that people use. */
  appClientId: string;
  /** Bearer token with every right, for what a story changes by hand. */
  adminToken: string;
  powerful: ServiceAccountFile;
  weak: ServiceAccountFile;
};

export function createGoogle(options: DirectoryOptions): SandboxDirectory<GoogleConsole> & {
  /** Domain-wide delegation is changed in the Admin console only. */
  delegate(clientId: string, scopes: readonly string[]): void;
} {
  const { world, profile, clock } = options;
  const random = new Chance(options.random.int(1, 2 ** 31));
  const state = new GoogleState(world);
  const labels = new Labels(world, 'google');
  const routes = new Routes('google', options);
  routes.standing = () => ({ date: new Date(options.clock.now()).toUTCString() });
  routes.latencyMs = () => around(random, profile.googleLatencyMs);
  const { customerId, domain } = world.google;
  const workspace: Workspace = { customerId, domain, state, clock, random, profile };
  routes.on('POST', '/token', (req) => answerToken(workspace, req));
  addUsers(workspace, routes);
  addMembers(workspace, routes);
  addGroups(workspace, routes);
  addCloudIdentity(workspace, routes);
  addRoles(workspace, routes);
  addReports(workspace, routes);

  const file = (
    account: (typeof ACCOUNTS)[keyof typeof ACCOUNTS],
    key = state.keys[0],
  ): ServiceAccountFile => ({
    type: 'service_account',
    project_id: 'latchkey-demo',
    private_key_id: key?.kid ?? '',
    private_key: key?.privateKeyPem ?? '',
    client_email: account.email,
    client_id: account.clientId,
    token_uri: `https://${TOKEN_HOST}/token`,
  });
  const holderOf = (roleId: string) =>
    [...state.assignments.values()]
      .filter((one) => one.roleId === roleId)
      .map(({ assignedTo }) => state.users.get(assignedTo)?.primaryEmail)
      .find((email) => email !== undefined) ?? '';
  return {
    name: 'google',
    routes,
    hosts: [TOKEN_HOST, ADMIN_HOST, CLOUD_IDENTITY_HOST, IAM_HOST],
    memberships: () => {
      state.endDue(clock.now());
      return labels.rows(state.memberships, {
        group: (groupId) => state.groups.get(groupId)?.email,
        person: (userId) => state.users.get(userId)?.primaryEmail ?? userId,
      });
    },
    consoleFacts: () => ({
      serviceAccountJson: file(ACCOUNTS.normal),
      customerId,
      nextServiceAccountJson: file(ACCOUNTS.normal, state.keys[1]),
      delegatedAdmin: holderOf(ROLES.latchkey.id),
      superAdmin: holderOf(ROLES.super.id),
      groupsAdminRoleId: ROLES.groups.id,
      accountAttribute: 'Atlassian.accountId',
      appClientId: CLIENTS.notes,
      adminToken: ADMIN_TOKEN,
      powerful: file(ACCOUNTS.powerful),
      weak: file(ACCOUNTS.weak),
    }),
    delegate: (clientId, scopes) => {
      state.delegations.set(clientId, scopes);
    },
    flipGroupKind: (groupId: string, kind: WorldGroup['kind']) => {
      const group = state.groups.get(groupId);
      if (!group) throw new Error(`Google has no group ${groupId}`);
      state.groups.set(groupId, { ...group, ...kindOf(kind) }, clock.now());
      state.unassign(groupId, clock.now());
      if (kind === 'privileged') state.assign(ROLES.groups, groupId, clock.now());
    },
    snapshot: () => ({ drawn: random.drawn, state: state.snapshot() }),
    restore: (saved) => {
      const kept = saved as { drawn: number; state: ReturnType<GoogleState['snapshot']> };
      random.restore(kept.drawn);
      state.restore(kept.state);
    },
  };
}
