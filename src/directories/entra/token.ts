/** How an Entra connection proves itself: a client secret, or better a certificate. */
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import type { Clock, Http } from '../../forge/ports';
import { epochSeconds } from '../../shared/instant';
import { no } from '../../shared/result';
import type { ConnectionAddress, Credential } from '../directory';
import { signedJwt } from '../jwt';
import { requestToken, type TokenAnswer } from '../token-request';
import { dialect } from './failures';
import { explained } from './refusals';

export type EntraCredential = Extract<Credential, { kind: 'entra-secret' | 'entra-certificate' }>;

const ASSERTION_SECONDS = 300;

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export async function entraToken(
  address: ConnectionAddress,
  credential: EntraCredential,
  deps: { readonly http: Http; readonly clock: Clock },
): Promise<TokenAnswer> {
  const tenant = encodeURIComponent(address.tenant);
  const url = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  const now = epochSeconds(deps.clock.now());
  const form = () => ({
    grant_type: 'client_credentials',
    client_id: credential.clientId,
    scope: 'https://graph.microsoft.com/.default',
    ...proof(credential, url, now),
  });
  const answer = await requestToken({ http: deps.http, dialect, nowMs: now * 1000, url, form });
  const { result } = answer;
  return result.ok ? answer : { ...answer, result: no(explained(result.error)) };
}

function proof(credential: EntraCredential, url: string, now: number): Record<string, string> {
  if (credential.kind === 'entra-secret') return { client_secret: credential.clientSecret };
  const { clientId, certificatePem, privateKeyPem } = credential;
  const der = new X509Certificate(certificatePem).raw;
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    // https://learn.microsoft.com/entra/identity-platform/certificate-credentials
    client_assertion: signedJwt({
      alg: 'PS256',
      header: { 'x5t#S256': createHash('sha256').update(der).digest('base64url') },
      claims: {
        aud: url,
        iss: clientId,
        sub: clientId,
        // Entra wants one; it means nothing to us.
        jti: randomUUID(),
        iat: now,
        nbf: now,
        exp: now + ASSERTION_SECONDS,
      },
      privateKeyPem,
    }),
  };
}
