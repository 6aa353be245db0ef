/** The simulated Okta org, put together. */
import { Routes } from '../../kit/routes';
import type { WorldGroup } from '../../world/world';
import { Chance } from '../chance';
import { around, type DirectoryOptions, type SandboxDirectory } from '../directory';
import { publicJwk } from '../keys';
import { Labels } from '../labels';
import { addApps } from './apps';
import { ADMIN_TOKEN, CLIENTS } from './clients';
import { addGroups } from './groups';
import type { Org } from './org';
import { makeRule, OktaState, typeOf } from './state';
import { answerToken } from './token';
import { addUsers } from './users';

export type OktaCredential = {
  clientId: string;
  scopes: readonly string[];
  privateKeyPem: string;
  kid: string;
};

/** What the admin console shows of the org and of the app made for Latchkey. */
export type OktaConsole = OktaCredential & {
  orgUrl: string;
  /** An API token of a super administrator, for what a story changes by hand. */
  ssws: string;
  publicJwk: Record<string, unknown>;
  /** The same key, registered for apps with every right, for reading only, and without a role. */
  powerful: OktaCredential;
  weak: OktaCredential;
  roleless: OktaCredential;
  /** For an app whose settings require a proof of possession with every token. */
  bound: OktaCredential;
  /** One that may also sign people out. */
  full: OktaCredential;
};

export function createOkta(options: DirectoryOptions): SandboxDirectory<OktaConsole> {
  const { world, profile } = options;
  const random = new Chance(options.random.int(1, 2 ** 31));
  const state = new OktaState(world, options.clock.now());
  const labels = new Labels(world, 'okta');
  const routes = new Routes('okta', options);
  routes.standing = () => ({ date: new Date(options.clock.now()).toUTCString() });
  routes.latencyMs = () => around(random, profile.oktaLatencyMs);
  const org: Org = { host: world.okta.host, state, clock: options.clock, random, profile };
  routes.on('POST', '/oauth2/v1/token', (req) => answerToken(org, req));
  addUsers(org, routes);
  addGroups(org, routes);
  addApps(org, routes);

  const credential = (client: (typeof CLIENTS)[keyof typeof CLIENTS]): OktaCredential => ({
    clientId: client.id,
    scopes: client.scopes,
    privateKeyPem: state.keys.privateKeyPem,
    kid: state.keys.kid,
  });
  return {
    name: 'okta',
    routes,
    hosts: [world.okta.host],
    memberships: () =>
      labels.rows(state.memberships, {
        group: (id) => state.groups.get(id)?.name,
        person: (id) => state.users.get(id)?.profile.login,
      }),
    consoleFacts: () => ({
      orgUrl: `https://${world.okta.host}`,
      ...credential(CLIENTS.normal),
      ssws: ADMIN_TOKEN,
      publicJwk: publicJwk(state.keys),
      powerful: credential(CLIENTS.powerful),
      weak: credential(CLIENTS.weak),
      roleless: credential(CLIENTS.roleless),
      bound: credential(CLIENTS.bound),
      full: credential(CLIENTS.full),
    }),
    flipGroupKind: (groupId: string, kind: WorldGroup['kind']) => {
      const group = state.groups.get(groupId);
      if (!group) throw new Error(`Okta has no group ${groupId}`);
      state.groups.set(groupId, { ...group, ...typeOf(kind) }, options.clock.now());
      state.rules = state.rules.filter((rule) => rule.group !== groupId);
      // A rule that takes in nobody yet.
      if (kind === 'rule') state.rules = [...state.rules, makeRule(groupId, group.name, '')];
    },
    snapshot: () => ({ drawn: random.drawn, state: state.snapshot() }),
    restore: (saved) => {
      const kept = saved as { drawn: number; state: ReturnType<OktaState['snapshot']> };
      random.restore(kept.drawn);
      state.restore(kept.state);
    },
  };
}
