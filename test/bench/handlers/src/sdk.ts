/**
 * One membership taken away with each directory's SDK as its own documentation shows it: the calls
 * that a revocation of the app makes, the store read before and written after, a comment, and
 * nothing else. The transport is the global `fetch`, which answers from memory. Each SDK is loaded
 * by the handler that uses it, as the app does.
 */
import { createSign } from 'node:crypto';
import { asApp, route } from '@forge/api';
import { kvs } from '@forge/kvs';

interface Credential {
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly keyId: string;
}

const stored = async <T>(connection: string) => {
  const membership = await kvs.entity<{ group: string; person: string }>('grant').get('naive');
  const credential = (await kvs.getSecret(`connection:${connection}`)) as T | undefined;
  if (!membership || !credential) throw new Error('nothing is stored');
  return { membership, credential };
};

async function written(membership: object): Promise<undefined> {
  await kvs.entity('grant').set('naive', { ...membership, gone: true });
  const body = JSON.stringify({ body: { type: 'doc', version: 1, content: [] } });
  await asApp().requestJira(route`/rest/api/3/issue/501/comment`, { method: 'POST', body });
  return undefined;
}

export const okta = async (): Promise<unknown> => {
  const { Client, RequestExecutor } = await import('@okta/okta-sdk-nodejs');
  class GlobalFetch extends RequestExecutor {
    override fetch(request: Parameters<typeof RequestExecutor.prototype.fetch>[0]) {
      const { url, ...init } = request as unknown as { url: string } & RequestInit;
      const method = (init.method ?? 'GET').toUpperCase();
      const answer: unknown = globalThis.fetch(url, { ...init, method });
      return answer as ReturnType<typeof RequestExecutor.prototype.fetch>;
    }
  }
  const { membership, credential } = await stored<Credential>('okta');
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
  return written(membership);
};

const tokenFrom = async (url: string, form: Record<string, string>): Promise<string> => {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return ((await answer.json()) as { access_token: string }).access_token;
};

export const entra = async (): Promise<unknown> => {
  const { Client } = await import('@microsoft/microsoft-graph-client');
  const { membership, credential } = await stored<{ clientId: string; clientSecret: string }>(
    'entra',
  );
  const token = await tokenFrom('https://login.microsoftonline.com/bench/oauth2/v2.0/token', {
    grant_type: 'client_credentials',
    client_id: credential.clientId,
    client_secret: credential.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  });
  const client = Client.init({ authProvider: (done) => done(null, token) });
  const { group, person } = membership;
  await client.api(`/groups/${group}/members/${person}/$ref`).delete();
  const left = await client.api(`/users/${person}/memberOf/microsoft.graph.group`).get();
  if (left.value.some((one: { id: string }) => one.id === group)) throw new Error('still a member');
  return written(membership);
};

export const google = async (): Promise<unknown> => {
  const { admin } = await import('googleapis/build/src/apis/admin');
  const { membership, credential } = await stored<Credential & { clientEmail: string }>('google');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: credential.clientEmail, aud: 'https://oauth2.googleapis.com/token' };
  const signed = `${part({ alg: 'RS256', kid: credential.keyId })}.${part(claims)}`;
  const signature = createSign('sha256').update(signed).sign(credential.privateKeyPem, 'base64url');
  const token = await tokenFrom('https://oauth2.googleapis.com/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${signed}.${signature}`,
  });
  const options = { headers: { authorization: `Bearer ${token}` } };
  const api = admin({ version: 'directory_v1', fetchImplementation: fetch, retry: false });
  const { group: groupKey, person: memberKey } = membership;
  await api.members.delete({ groupKey, memberKey }, options);
  const left = await api.members.get({ groupKey, memberKey }, options).catch(() => undefined);
  if (left) throw new Error('still a member');
  return written(membership);
};
