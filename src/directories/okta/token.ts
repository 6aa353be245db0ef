/** How an Okta connection proves itself: a service app's key, or an API token as a second choice. */

import type { Clock, Http } from '../../forge/ports';
import { epochSeconds } from '../../shared/instant';
import { ok } from '../../shared/result';
import type { Authorizer } from '../access-token';
import type { ConnectionAddress, Credential } from '../directory';
import { signedJwt } from '../jwt';
import { requestToken, type TokenAnswer } from '../token-request';
import { dialect } from './failures';

/** What the grant path needs; a scope that is not granted fails the whole token request. */
export const SCOPES = ['okta.users.read', 'okta.groups.read', 'okta.groups.manage'] as const;
/** Okta takes up to an hour; a short life keeps a leaked assertion worthless. */
const ASSERTION_SECONDS = 300;

export type OktaKey = Extract<Credential, { kind: 'okta-key' }>;

/** https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/ */
export function oktaToken(
  address: ConnectionAddress,
  key: OktaKey,
  deps: { readonly http: Http; readonly clock: Clock },
  scopes: readonly string[] = SCOPES,
): Promise<TokenAnswer> {
  const url = `https://${address.tenant}/oauth2/v1/token`;
  const now = epochSeconds(deps.clock.now());
  const form = () => ({
    grant_type: 'client_credentials',
    scope: scopes.join(' '),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signedJwt({
      alg: 'RS256',
      header: { kid: key.keyId },
      claims: {
        iss: key.clientId,
        sub: key.clientId,
        aud: url,
        iat: now,
        exp: now + ASSERTION_SECONDS,
      },
      privateKeyPem: key.privateKeyPem,
    }),
  });
  return requestToken({ http: deps.http, dialect, nowMs: now * 1000, url, form });
}

/** An API token has no life that the app could know of: it is used until it is refused. */
export function apiToken(token: string): Authorizer {
  return {
    authorize: async () => ok({ header: `SSWS ${token}`, kept: false }),
    discard: () => undefined,
  };
}
