/** The simulated Google Workspace with its three hosts, put together. */
import { Routes } from '../../kit/routes';
import type { WorldGroup } from '../../world/world';
import { Chance } from '../chance';
import { around, type DirectoryOptions, type SandboxDirectory } from '../directory';
import { Labels } from '../labels';
import { ACCOUNTS, ADMIN_TOKEN } from './accounts';
import { addGroups } from './groups';
import { addMembers } from './members';
import { GoogleState, kindOf } from './state';
import { answerToken } from './token';
import { addUsers } from './users';
import { ADMIN_HOST, CLOUD_IDENTITY_HOST, TOKEN_HOST, type Workspace } from './workspace';

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
  /** An administrator that the service account may act as (domain-wide delegation). */
  delegatedAdmin: string;
  /** Bearer token with every right, for what a story changes by hand. */
  adminToken: string;
  powerful: ServiceAccountFile;
  weak: ServiceAccountFile;
};

export function createGoogle(options: DirectoryOptions): SandboxDirectory<GoogleConsole> {
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

  const file = (account: (typeof ACCOUNTS)[keyof typeof ACCOUNTS]): ServiceAccountFile => ({
    type: 'service_account',
    project_id: 'latchkey-demo',
    private_key_id: state.keys.kid,
    private_key: state.keys.privateKeyPem,
    client_email: account.email,
    client_id: account.clientId,
    token_uri: `https://${TOKEN_HOST}/token`,
  });
  return {
    name: 'google',
    routes,
    hosts: [TOKEN_HOST, ADMIN_HOST, CLOUD_IDENTITY_HOST],
    memberships: () =>
      labels.rows(state.memberships, {
        group: (groupId) => state.groups.get(groupId)?.email,
        person: (userId) => state.users.get(userId)?.primaryEmail ?? userId,
      }),
    consoleFacts: () => ({
      serviceAccountJson: file(ACCOUNTS.normal),
      customerId,
      delegatedAdmin: [...state.users.values()].find((user) => user.isAdmin)?.primaryEmail ?? '',
      adminToken: ADMIN_TOKEN,
      powerful: file(ACCOUNTS.powerful),
      weak: file(ACCOUNTS.weak),
    }),
    flipGroupKind: (groupId: string, kind: WorldGroup['kind']) => {
      const group = state.groups.get(groupId);
      if (!group) throw new Error(`Google has no group ${groupId}`);
      state.groups.set(groupId, { ...group, ...kindOf(kind) }, clock.now());
    },
    snapshot: () => ({ drawn: random.drawn, state: state.snapshot() }),
    restore: (saved) => {
      const kept = saved as { drawn: number; state: ReturnType<GoogleState['snapshot']> };
      random.restore(kept.drawn);
      state.restore(kept.state);
    },
  };
}
