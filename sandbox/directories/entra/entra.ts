/** The simulated Entra tenant with its sign-in host and Graph, put together. */
import { Routes } from '../../kit/routes';
import { guid } from '../../world/ids';
import type { WorldGroup } from '../../world/world';
import { Chance } from '../chance';
import { around, type DirectoryOptions, type SandboxDirectory } from '../directory';
import { Labels } from '../labels';
import { addApplications, objectIdOf } from './applications';
import { ADMIN_TOKEN, APPS, EXPIRED_SECRET } from './apps';
import { addDelta } from './delta';
import { endDue } from './ends';
import { addGroups } from './groups';
import { addPrincipals } from './principals';
import { addReports } from './reports';
import { addSchedules } from './schedules';
import { EntraState, kindOf, type Licence } from './state';
import { GRAPH_HOST, LOGIN_HOST, newGuid, type Tenant } from './tenant';
import { answerToken } from './token';
import { addUsers } from './users';

export type EntraCredential = {
  clientId: string;
  /** Of the app registration, where its secrets and certificates are changed. */
  objectId: string;
  clientSecret: string;
  /** Of the client secret. */
  keyId: string;
  certificatePem: string;
  privateKeyPem: string;
};

export type EntraConsole = EntraCredential & {
  tenantId: string;
  /** Ran out and was replaced. */
  expiredSecret: string;
  /** Bearer token with every right, for what a story changes by hand. */
  adminToken: string;
  powerful: EntraCredential;
  weak: EntraCredential;
  least: EntraCredential;
  lifecycle: EntraCredential;
};

export function createEntra(options: DirectoryOptions): SandboxDirectory<EntraConsole> & {
  /** What the tenant has paid for. */
  setLicence(licence: Licence): void;
} {
  const { world, profile, clock } = options;
  const random = new Chance(options.random.int(1, 2 ** 31));
  const state = new EntraState(world, clock.now());
  const labels = new Labels(world, 'entra');
  const routes = new Routes('entra', options);
  routes.standing = () => ({ date: new Date(options.clock.now()).toUTCString() });
  routes.latencyMs = () => around(random, profile.entraLatencyMs);
  const { tenantId: id, domain } = world.entra;
  const tenant: Tenant = { id, domain, state, clock, random, profile };
  routes.on('POST', '/:tenant/oauth2/v2.0/token', (req) => {
    const reply = answerToken(tenant, req);
    return { ...reply, headers: { 'x-ms-request-id': newGuid(tenant) } };
  });
  addUsers(tenant, routes);
  addDelta(tenant, routes);
  addGroups(tenant, routes);
  addPrincipals(tenant, routes);
  addReports(tenant, routes);
  addSchedules(tenant, routes);
  addApplications(tenant, routes);

  const credential = (app: (typeof APPS)[keyof typeof APPS]): EntraCredential => ({
    clientId: app.clientId,
    objectId: objectIdOf(app.clientId),
    clientSecret: app.secret,
    keyId: guid(`password:${app.clientId}`),
    certificatePem: state.keys.certificatePem,
    privateKeyPem: state.keys.pair.privateKeyPem,
  });
  return {
    name: 'entra',
    routes,
    hosts: [LOGIN_HOST, GRAPH_HOST],
    setLicence: (licence) => {
      state.licence = licence;
    },
    memberships: () => {
      endDue(state, clock.now());
      return labels.rows(state.memberships, {
        group: (groupId) => state.groups.get(groupId)?.displayName,
        person: (userId) => state.users.get(userId)?.userPrincipalName,
      });
    },
    consoleFacts: () => ({
      tenantId: id,
      ...credential(APPS.normal),
      expiredSecret: EXPIRED_SECRET,
      adminToken: ADMIN_TOKEN,
      powerful: credential(APPS.powerful),
      weak: credential(APPS.weak),
      least: credential(APPS.least),
      lifecycle: credential(APPS.lifecycle),
    }),
    flipGroupKind: (groupId: string, kind: WorldGroup['kind']) => {
      const group = state.groups.get(groupId);
      if (!group) throw new Error(`Entra has no group ${groupId}`);
      const changed = { ...group, ...kindOf(kind, `${group.mailNickname}@${domain}`) };
      state.groups.set(groupId, changed, clock.now());
    },
    snapshot: () => ({ drawn: random.drawn, state: state.snapshot() }),
    restore: (saved) => {
      const kept = saved as { drawn: number; state: ReturnType<EntraState['snapshot']> };
      random.restore(kept.drawn);
      state.restore(kept.state);
    },
  };
}
