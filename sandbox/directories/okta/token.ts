/** `POST /oauth2/v1/token`: a service app proves itself with a signed assertion. */
import { json, type Reply, type Req } from '../../kit/routes';
import { readJwt, signedBy } from '../jwt';
import { clientById, type OktaClient } from './clients';
import { counted, type Org } from './org';
import { nonceOf, provenKey } from './proof';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const HOUR_MS = 3_600_000;

/** Answers in OAuth's shape, with the same request id and limits as every answer of the org. */
export function answerToken(org: Org, req: Req): Reply {
  return counted(org, 'token', () => answer(org, req));
}

function answer(org: Org, req: Req): Reply {
  const form = new URLSearchParams(req.body);
  if (!/^application\/x-www-form-urlencoded/.test(req.headers['content-type'] ?? '')) {
    return refuse(400, 'invalid_request', 'The request must be sent as a form.');
  }
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
  }
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return refuse(401, 'invalid_client', 'No client credentials found.');
  }
  const client = clientOf(org, form.get('client_assertion') ?? '');
  if ('refused' in client) return refuse(401, 'invalid_client', client.refused);
  const offered = req.headers['dpop'] !== undefined || client.bound;
  const proof = offered ? provenKey(org, req) : undefined;
  if (proof && 'refused' in proof) return refuse(400, 'invalid_dpop_proof', proof.refused);
  if (proof && proof.nonce !== nonceOf(org)) {
    const text = 'Authorization server requires nonce in DPoP proof.';
    return { ...refuse(400, 'use_dpop_nonce', text), headers: { 'dpop-nonce': nonceOf(org) } };
  }
  // Scopes that were never granted are left out without a word while any other is left
  // (https://github.com/okta/terraform-provider-okta/issues/2375).
  const asked = (form.get('scope') ?? '').split(' ').filter(Boolean);
  const scopes = asked.filter((scope) => client.scopes.includes(scope));
  if (scopes.length === 0) {
    const text = 'One or more scopes are not configured for the authorization server resource.';
    return refuse(400, 'invalid_scope', text);
  }
  const access_token = org.state.tokens.issue(org.random, 'eyJraWQi', {
    client: client.id,
    scopes,
    expires: org.clock.now() + HOUR_MS,
    ...(proof && { boundTo: proof.thumbprint }),
  });
  const scope = scopes.join(' ');
  const token_type = proof ? 'DPoP' : 'Bearer';
  return json(200, { token_type, expires_in: 3600, access_token, scope });
}

function clientOf(org: Org, assertion: string): OktaClient | { refused: string } {
  const jwt = readJwt(assertion);
  if (!jwt) return { refused: 'The parsing of the client_assertion failed.' };
  const { iss, sub, aud, exp, nbf, jti } = jwt.claims;
  const client = typeof iss === 'string' ? clientById(iss, org.state.clients) : undefined;
  if (!client || sub !== iss) return { refused: "Invalid value for 'client_id' parameter." };
  const { kid } = jwt.header;
  const keys = client.keys ?? [org.state.keys];
  // With several keys the header has to say which one.
  const key =
    kid === undefined && keys.length === 1 ? keys[0] : keys.find((one) => one.kid === kid);
  if (!key) return { refused: 'The client_assertion JWT kid is invalid.' };
  if (!signedBy(jwt, key.publicKeyPem, ['RS256'])) {
    return { refused: 'The client_assertion signature is invalid.' };
  }
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(`https://${org.host}/oauth2/v1/token`)) {
    return {
      refused:
        'The audience claim for client_assertion must be the endpoint invoked for the request.',
    };
  }
  const now = org.clock.now();
  if (typeof exp !== 'number' || exp * 1000 <= now) {
    return { refused: 'The client_assertion token is expired.' };
  }
  if (exp * 1000 > now + HOUR_MS + 60_000) {
    return { refused: 'The client_assertion token has an expiration too far into the future.' };
  }
  if (typeof nbf === 'number' && nbf * 1000 > now + 60_000) {
    return { refused: 'The client_assertion token is not valid yet.' };
  }
  if (
    typeof jti === 'string' &&
    !org.state.tokens.takeOnce(`${client.id}:${jti}`, exp * 1000, now)
  ) {
    return { refused: 'The client_assertion token has already been used.' };
  }
  return client;
}

/** The token endpoint speaks OAuth, not Okta's own error shape. */
function refuse(status: number, error: string, error_description: string): Reply {
  return json(status, { error, error_description });
}
