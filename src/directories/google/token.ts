/** How a Google connection proves itself: a service account's key, for itself or for an administrator. */
import { randomUUID } from 'node:crypto';
import type { Clock, Http } from '../../forge/ports';
import { epochSeconds } from '../../shared/instant';
import type { Credential } from '../directory';
import { signedJwt } from '../jwt';
import { requestToken, type TokenAnswer } from '../token-request';
import { dialect } from './failures';
import { urlsOf } from './scopes';

export type GoogleCredential = Extract<Credential, { kind: 'google-service-account' }>;

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const ASSERTION_SECONDS = 300;

/** `scopes` by their short names. https://developers.google.com/identity/protocols/oauth2/service-account */
export function googleToken(
  credential: GoogleCredential,
  scopes: readonly string[],
  deps: { readonly http: Http; readonly clock: Clock },
): Promise<TokenAnswer> {
  const { clientEmail, keyId, privateKeyPem, subject } = credential;
  const now = epochSeconds(deps.clock.now());
  const form = () => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signedJwt({
      alg: 'RS256',
      header: { kid: keyId },
      claims: {
        iss: clientEmail,
        scope: urlsOf(scopes).join(' '),
        aud: TOKEN_URL,
        iat: now,
        exp: now + ASSERTION_SECONDS,
        // Two requests of the same second are two.
        jti: randomUUID(),
        // Domain-wide delegation; without it the account acts by an administrator role of its own.
        ...(subject !== undefined && { sub: subject }),
      },
      privateKeyPem,
    }),
  });
  // Google's word for a scope that the account may not use in this domain.
  const codes = { unauthorized_client: 'scope-missing' } as const;
  return requestToken({ ...deps, dialect, nowMs: now * 1000, url: TOKEN_URL, form, codes });
}
