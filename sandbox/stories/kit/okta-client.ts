/** Okta as another program sees it that shares the app's client, and so its rate limit. */
import { createSign, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Control } from './control';
import { demand, type Sent, send } from './http';
import type { Play } from './play';

const factsSchema = z.object({
  orgUrl: z.string(),
  clientId: z.string(),
  privateKeyPem: z.string(),
  kid: z.string(),
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Uses up what the app's client may ask per minute of one group; answers with the calls it took. */
export async function useUpTheLimit(control: Control, url: string): Promise<number> {
  const asked = await asTheApp(control, url);
  return asked(`/api/v1/groups/${await asked.group}`, ({ status }) => status === 429);
}

/** Of every kind of call that the app makes only this share of the minute is left. */
export async function useUpMost(control: Control, url: string, left: number): Promise<number> {
  const asked = await asTheApp(control, url);
  const group = await asked.group;
  const user = await asked.user;
  const paths = [
    'groups?limit=1',
    `groups/${group}`,
    'users?limit=1',
    `users/${user}/groups`,
    'apps?limit=1',
  ];
  let calls = 0;
  for (const path of paths) {
    calls += await asked(`/api/v1/${path}`, ({ headers }) => {
      const [limit, remaining] = ['limit', 'remaining'].map((name) =>
        Number(headers[`x-rate-limit-${name}`]),
      );
      return Number(remaining) <= Number(limit) * left;
    });
  }
  return calls;
}

/** Calls a path again and again until its answer fits. */
async function asTheApp(control: Control, url: string) {
  const headers = { authorization: `Bearer ${await tokenOfTheApp(control, url)}` };
  const first = async (what: string) => {
    const { body } = await send('GET', `${url}/api/v1/${what}?limit=1`, { headers });
    return z.array(z.looseObject({ id: z.string() })).parse(body)[0]?.id;
  };
  const until = async (path: string, fits: (sent: Sent) => boolean): Promise<number> => {
    for (let called = 1; called < 5_000; called++) {
      if (fits(await send('GET', url + path, { headers }))) return called;
    }
    return Number.POSITIVE_INFINITY;
  };
  return Object.assign(until, { group: first('groups'), user: first('users') });
}

async function tokenOfTheApp(control: Control, url: string): Promise<string> {
  const facts = factsSchema.parse((await control.consoles()).okta);
  const now = Math.floor(Date.parse((await control.state()).now) / 1000);
  const claims = {
    iss: facts.clientId,
    sub: facts.clientId,
    aud: `${facts.orgUrl}/oauth2/v1/token`,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
  };
  const unsigned = `${base64({ alg: 'RS256', kid: facts.kid })}.${base64(claims)}`;
  const signature = createSign('RSA-SHA256')
    .update(unsigned)
    .sign(facts.privateKeyPem, 'base64url');
  const token = demand(
    await send('POST', `${url}/oauth2/v1/token`, {
      form: {
        grant_type: 'client_credentials',
        scope: 'okta.groups.read okta.users.read okta.apps.read',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${unsigned}.${signature}`,
      },
    }),
    200,
    'the token',
  );
  return z.looseObject({ access_token: z.string() }).parse(token.body).access_token;
}

/** Replaces the public keys that Okta takes signatures of the app by. */
export async function registerKeys(play: Play, keys: readonly unknown[]): Promise<void> {
  const facts = factsSchema.parse((await play.control.consoles()).okta);
  const path = `/oauth2/v1/clients/${facts.clientId}`;
  demand(await play.okta.call('PUT', path, { jwks: { keys } }), 200, 'the keys of the app');
}
