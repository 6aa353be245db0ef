/** Gets access tokens the way the product does: with a signed assertion, over the token endpoint. */
import { randomUUID } from 'node:crypto';
import type { EntraCredential } from '../../../sandbox/directories/entra/entra';
import type { ServiceAccountFile } from '../../../sandbox/directories/google/google';
import type { OktaCredential } from '../../../sandbox/directories/okta/okta';
import { type Answer, type Bench, call, signedJwt } from './bench';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
let count = 0;

export const OKTA = 'latchkey-demo.okta.com';

export function oktaToken(
  { directories, clock }: Pick<Bench, 'directories' | 'clock'>,
  who: OktaCredential,
  options: { scope?: string; claims?: Record<string, unknown>; kid?: string; key?: string } = {},
): Promise<Answer> {
  const claims = {
    iss: who.clientId,
    sub: who.clientId,
    aud: `https://${OKTA}/oauth2/v1/token`,
    exp: Math.floor(clock.now() / 1000) + 300,
    jti: `assertion-${++count}`,
    ...options.claims,
  };
  const header = { kid: options.kid ?? who.kid };
  return call(directories.okta.routes, OKTA, 'POST /oauth2/v1/token', {
    form: {
      grant_type: 'client_credentials',
      scope: options.scope ?? who.scopes.join(' '),
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: signedJwt(options.key ?? who.privateKeyPem, claims, header),
    },
  });
}

export const LOGIN = 'login.microsoftonline.com';
export const GRAPH = 'graph.microsoft.com';

export function entraToken(
  { directories, world }: Bench,
  who: Pick<EntraCredential, 'clientId' | 'clientSecret'>,
  form: Record<string, string> = {},
  tenant = world.entra.tenantId,
): Promise<Answer> {
  return call(directories.entra.routes, LOGIN, `POST /${tenant}/oauth2/v2.0/token`, {
    form: {
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: who.clientId,
      ...(form['client_assertion'] === undefined && { client_secret: who.clientSecret }),
      ...form,
    },
  });
}

export const GOOGLE_TOKEN = 'oauth2.googleapis.com';
export const GOOGLE_ADMIN = 'admin.googleapis.com';
export const CLOUD_IDENTITY = 'cloudidentity.googleapis.com';

export const googleScopes = (...names: string[]) =>
  names.map((name) => `https://www.googleapis.com/auth/${name}`).join(' ');

export const GOOGLE_LEAST = googleScopes(
  'admin.directory.user.readonly',
  'admin.directory.group.readonly',
  'admin.directory.group.member',
  'cloud-identity.groups.readonly',
);

export function googleToken(
  { directories, clock }: Bench,
  who: ServiceAccountFile,
  claims: Record<string, unknown> = {},
): Promise<Answer> {
  const now = Math.floor(clock.now() / 1000);
  const assertion = signedJwt(
    who.private_key,
    {
      iss: who.client_email,
      scope: GOOGLE_LEAST,
      aud: who.token_uri,
      iat: now,
      exp: now + 3600,
      jti: randomUUID(),
      ...claims,
    },
    { kid: who.private_key_id },
  );
  return call(directories.google.routes, GOOGLE_TOKEN, 'POST /token', {
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
  });
}
