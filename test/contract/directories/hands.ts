/** What an administrator does by hand, through each directory's own API. */
import type { DirectoryName } from '../../../sandbox/world/world';
import type { Bench } from './bench';
import type { Hands } from './by-hand';
import { byHand as graph, secret } from './entra-tenant';
import { byHand as google } from './google-subject';

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
