/**
 * One membership taken away with the Okta SDK as its own documentation shows it: the calls to Okta
 * that a revocation of the app makes, the store read before and written after, a comment, and
 * nothing else. Its transport is the global `fetch`, which answers from memory.
 */
import { asApp, route } from '@forge/api';
import { kvs } from '@forge/kvs';
import { Client, RequestExecutor } from '@okta/okta-sdk-nodejs';

interface Credential {
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly keyId: string;
}

class GlobalFetch extends RequestExecutor {
  override fetch(request: Parameters<RequestExecutor['fetch']>[0]) {
    const { url, ...init } = request as unknown as { url: string } & RequestInit;
    const method = (init.method ?? 'GET').toUpperCase();
    const answer: unknown = globalThis.fetch(url, { ...init, method });
    return answer as ReturnType<RequestExecutor['fetch']>;
  }
}

export const okta = async (): Promise<unknown> => {
  const membership = await kvs.entity<{ group: string; person: string }>('grant').get('naive');
  const credential = (await kvs.getSecret('connection:okta')) as Credential | undefined;
  if (!membership || !credential) throw new Error('nothing is stored');
  const client = new Client({
    orgUrl: 'https://bench.okta.com',
    authorizationMode: 'PrivateKey',
    clientId: credential.clientId,
    privateKey: credential.privateKeyPem,
    keyId: credential.keyId,
    scopes: ['okta.groups.manage', 'okta.users.read'],
    cacheMiddleware: null,
    requestExecutor: new GlobalFetch(),
  });
  const { group: groupId, person: userId } = membership;
  await client.groupApi.unassignUserFromGroup({ groupId, userId });
  const left = await client.userApi.listUserGroups({ userId });
  for await (const group of left) if (group?.id === groupId) throw new Error('still a member');
  await kvs.entity('grant').set('naive', { ...membership, gone: true });
  const body = JSON.stringify({ body: { type: 'doc', version: 1, content: [] } });
  await asApp().requestJira(route`/rest/api/3/issue/501/comment`, { method: 'POST', body });
  return undefined;
};
