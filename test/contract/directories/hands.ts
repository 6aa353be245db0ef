/** What an administrator does by hand, through each directory's own API. */
import type { DirectoryName } from '../../../sandbox/world/world';
import type { Credential } from '../../../src/directories/directory';
import type { Bench } from './bench';
import { byHand as graph, secret } from './entra-tenant';
import { byHand as google } from './google-subject';

export interface Hands {
  rename(group: string, name: string): Promise<void>;
  remove(group: string): Promise<void>;
  suspend(person: string): Promise<void>;
  /** Puts one group into the other; absent where no group can be a member. */
  nest?(outer: string, inner: string): Promise<void>;
  /** The attribute that holds the Atlassian account id, as the connection is told it. */
  readonly attribute: string;
  /** Writes an account id into it, where the world has not done so. */
  hold(person: string, account: string): Promise<void>;
  /** For what reaches beyond memberships, where that takes a credential of its own. */
  readonly lifecycle?: Credential;
}

async function okta(bench: Bench, method: string, path: string, body?: unknown): Promise<void> {
  const { orgUrl, ssws } = bench.directories.okta.consoleFacts();
  const answer = await bench.http(`${orgUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `SSWS ${ssws}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

export function handsOf(bench: Bench, name: DirectoryName): Hands {
  const group = (id: string) => `/admin/directory/v1/groups/${id}`;
  const hands: Record<DirectoryName, Hands> = {
    okta: {
      rename: (id, to) =>
        okta(bench, 'PUT', `/groups/${id}`, { profile: { name: to, description: '' } }),
      remove: (id) => okta(bench, 'DELETE', `/groups/${id}`),
      suspend: (id) => okta(bench, 'POST', `/users/${id}/lifecycle/suspend`),
      attribute: 'atlassianAccountId',
      hold: (id, atlassianAccountId) =>
        okta(bench, 'POST', `/users/${id}`, { profile: { atlassianAccountId } }),
    },
    entra: {
      rename: async (id, displayName) => {
        await graph(bench, 'PATCH', `/groups/${id}`, { displayName });
      },
      remove: async (id) => {
        await graph(bench, 'DELETE', `/groups/${id}`);
      },
      suspend: async (id) => {
        await graph(bench, 'PATCH', `/users/${id}`, { accountEnabled: false });
      },
      nest: async (outer, inner) => {
        const reference = `https://graph.microsoft.com/v1.0/groups/${inner}`;
        await graph(bench, 'POST', `/groups/${outer}/members/$ref`, { '@odata.id': reference });
      },
      attribute: 'extensionAttribute3',
      hold: async (id, extensionAttribute3) => {
        const onPremisesExtensionAttributes = { extensionAttribute3 };
        await graph(bench, 'PATCH', `/users/${id}`, { onPremisesExtensionAttributes });
      },
      get lifecycle() {
        return secret(bench, 'lifecycle');
      },
    },
    google: {
      rename: async (id, to) => {
        await google(bench, `PUT ${group(id)}`, { name: to });
      },
      remove: async (id) => {
        await google(bench, `DELETE ${group(id)}`);
      },
      suspend: async (id) => {
        await google(bench, `PUT /admin/directory/v1/users/${id}`, { suspended: true });
      },
      nest: async (outer, inner) => {
        await google(bench, `POST ${group(outer)}/members`, { id: inner, role: 'MEMBER' });
      },
      attribute: 'Atlassian.accountId',
      hold: async () => {},
    },
  };
  return hands[name];
}
