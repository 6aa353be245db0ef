/** Okta as another program sees it that shares the app's client, and so its rate limit. */
import { createSign, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Control } from './control';
import { demand, send } from './http';

const factsSchema = z.object({
  orgUrl: z.string(),
  clientId: z.string(),
  privateKeyPem: z.string(),
  kid: z.string(),
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Uses up what the app's client may call per minute; answers with the limiter's own headers. */
export async function useUpTheLimit(control: Control, url: string): Promise<number> {
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
        scope: 'okta.groups.read',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${unsigned}.${signature}`,
      },
    }),
    200,
    'the token',
  );
  const { access_token } = z.looseObject({ access_token: z.string() }).parse(token.body);
  const headers = { authorization: `Bearer ${access_token}` };
  const groups = await send('GET', `${url}/api/v1/groups?limit=1`, { headers });
  const [group] = z.array(z.looseObject({ id: z.string() })).parse(groups.body);
  for (let called = 1; called < 5_000; called++) {
    const { status } = await send('GET', `${url}/api/v1/groups/${group?.id}`, { headers });
    if (status === 429) return called;
  }
  return Number.POSITIVE_INFINITY;
}
