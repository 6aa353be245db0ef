/** How an Okta connection proves itself: a service app's key, or an API token as a second choice. */

import { randomUUID } from 'node:crypto';
import type { Clock, Http, TokenCache } from '../../forge/ports';
import { epochSeconds } from '../../shared/instant';
import { no, ok } from '../../shared/result';
import { AccessToken, type Authorizer } from '../access-token';
import { failure } from '../classify';
import type { TokenPurpose } from '../credential';
import type { ConnectionAddress, Credential } from '../directory';
import { fingerprintOf, signedJwt } from '../jwt';
import { requestToken, type TokenAnswer } from '../token-request';
import { makeProofKey, proofOf, proven } from './dpop';
import { dialect } from './failures';

/** What the grant path needs; nothing else is in its token. */
export const SCOPES = ['okta.users.read', 'okta.groups.read', 'okta.groups.manage'] as const;
/** Okta takes up to an hour; a short life keeps a leaked assertion worthless. */
const ASSERTION_SECONDS = 300;

export type OktaKey = Extract<Credential, { kind: 'okta-key' }>;
export type OktaCredential = OktaKey | Extract<Credential, { kind: 'okta-token' }>;

interface Deps {
  readonly http: Http;
  readonly clock: Clock;
}

/**
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/. An application that
 * insists on proofs of possession says so, and says with the first proof which nonce the next must
 * carry (https://developer.okta.com/docs/guides/dpop/).
 */
export async function oktaToken(
  address: ConnectionAddress,
  key: OktaKey,
  deps: Deps,
  scopes: readonly string[] = SCOPES,
): Promise<TokenAnswer> {
  const plain = await ask(address, key, deps, scopes);
  if (plain.oauthError !== 'invalid_dpop_proof' && plain.oauthError !== 'use_dpop_nonce') {
    return plain;
  }
  const proofKey = makeProofKey();
  let answer = await ask(address, key, deps, scopes, { proofKey, nonce: plain.dpopNonce });
  if (answer.oauthError === 'use_dpop_nonce' && answer.dpopNonce !== undefined) {
    answer = await ask(address, key, deps, scopes, { proofKey, nonce: answer.dpopNonce });
  }
  const { result } = answer;
  return result.ok ? { ...answer, result: ok({ ...result.value, proofKey }) } : answer;
}

function ask(
  address: ConnectionAddress,
  key: OktaKey,
  { http, clock }: Deps,
  scopes: readonly string[],
  bound?: { readonly proofKey: string; readonly nonce: string | undefined },
): Promise<TokenAnswer> {
  const url = `https://${address.tenant}/oauth2/v1/token`;
  const now = epochSeconds(clock.now());
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
        // With it Okta takes the assertion once only.
        jti: randomUUID(),
      },
      privateKeyPem: key.privateKeyPem,
    }),
  });
  const proof = bound && {
    dpop: proofOf({
      call: { method: 'POST', url },
      now,
      key: bound.proofKey,
      ...(bound.nonce !== undefined && { nonce: bound.nonce }),
    }),
  };
  return requestToken({
    http,
    dialect,
    nowMs: now * 1000,
    url,
    form,
    ...(proof && { headers: proof }),
  });
}

/**
 * `purpose`: a token of its own for one scope that the grant path does not need, so that a company
 * that does not give it loses nothing else.
 */
export function authorizerOf(
  address: ConnectionAddress,
  credential: OktaCredential,
  deps: Deps & { readonly tokens: TokenCache },
  purpose?: { readonly name: TokenPurpose<'okta'>; readonly scope: string },
): Authorizer {
  if (credential.kind === 'okta-token') return apiToken(credential.token);
  const scopes = purpose ? [purpose.scope] : SCOPES;
  return new AccessToken({
    clock: deps.clock,
    tokens: deps.tokens,
    key: purpose ? `${address.id}:${purpose.name}` : address.id,
    fingerprint: fingerprintOf({ tenant: address.tenant, ...credential }),
    mint: async () => {
      const { result } = await oktaToken(address, credential, deps, scopes);
      if (!purpose || !result.ok || result.value.scopes?.includes(purpose.scope) !== false) {
        return result;
      }
      // Okta may issue the token all the same.
      return no(failure('scope-missing', `Okta left out the scope ${purpose.scope}.`));
    },
    prove: (call, token, proofKey) => proven(call, epochSeconds(deps.clock.now()), token, proofKey),
  });
}

/** An API token has no life that the app could know of: it is used until it is refused. */
function apiToken(token: string): Authorizer {
  return {
    authorize: async () => ok({ token, headers: { authorization: `SSWS ${token}` }, kept: false }),
    discard: () => undefined,
  };
}
