import type { App, Connection, Role } from '../../src/catalog/model/catalog';
import type { Binding, SiteSettings } from '../../src/catalog/model/settings';
import type { Offer } from '../../src/catalog/store';
import { policyFor } from '../../src/policy/model/effective';
import { startingPolicy } from '../../src/policy/model/tiers';
import { DAY, HOUR } from '../../src/shared/instant';

export const CLOUD = 'cloud-1';

export const anApp = (over: Partial<App> = {}): App => ({
  v: 1,
  id: 'figma',
  version: 1,
  name: 'Figma',
  description: '',
  category: '',
  owner: 'owner',
  status: 'live',
  ...over,
});

/** Two groups, an hour to a day, decided by a named person. */
export const aRole = (over: Partial<Role> = {}): Role => ({
  v: 1,
  id: 'figma.editor',
  version: 1,
  accessVersion: 1,
  appId: 'figma',
  name: 'Editor',
  description: '',
  risk: 'sensitive',
  status: 'live',
  kind: 'automatic',
  connectionId: 'main',
  groups: [
    { id: 'g-users', name: 'Figma users' },
    { id: 'g-editors', name: 'Figma editors' },
  ],
  policyVersion: 1,
  durations: [HOUR, 6 * HOUR, DAY],
  permanent: false,
  approver: { kind: 'person', accountId: 'approver' },
  ...over,
});

export const aConnection = (over: Partial<Connection> = {}): Connection => ({
  v: 1,
  id: 'main',
  version: 1,
  kind: 'okta',
  name: 'Main directory',
  tenant: 'latchkey-demo.okta.com',
  cloudId: CLOUD,
  status: 'live',
  credentialKind: 'okta-key',
  credentialFingerprint: '0123456789ab',
  ...over,
});

export const STATUS = {
  intake: '1',
  waiting: '2',
  approved: '3',
  granted: '4',
  ended: '5',
  declined: '6',
  attention: '7',
} as const;

export const aBinding = (over: Partial<Binding> = {}): Binding => ({
  id: 'it',
  projectId: '10000',
  projectKey: 'IT',
  requestTypeIds: ['11'],
  statuses: STATUS,
  fields: { approvers: 'f-approvers', app: 'f-app', role: 'f-role', duration: 'f-duration' },
  language: 'en',
  ...over,
});

export const someSettings = (over: Partial<SiteSettings> = {}): SiteSettings => ({
  v: 1,
  version: 1,
  timeZone: 'UTC',
  bindings: [aBinding()],
  paused: false,
  managedDomains: ['latchkey-demo.example'],
  ...over,
});

/** As the catalog offers it: the policy follows from role, app and the starting tiers. */
export function anOffer(over: Partial<Omit<Offer, 'policy'>> = {}): Offer {
  const role = over.role ?? aRole();
  const app = over.app ?? anApp();
  const site = over.site ?? startingPolicy;
  return {
    connection: aConnection(),
    ...over,
    role,
    app,
    site,
    policy: policyFor(site, app, role),
  };
}
