/** `POST /oauth2/v1/token`: a service app proves itself with a signed assertion. */
import { json, type Reply, type Req } from '../../kit/routes';
import { readJwt, signedBy } from '../jwt';
import { CLIENTS, type OktaClient } from './clients';
import { counted, type Org } from './org';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const HOUR_MS = 3_600_000;

/** Answers in OAuth's shape, with the same request id and limits as every answer of the org. */
export function answerToken(org: Org, req: Req, unmodelled: string[]): Reply {
  return counted(org, 'token', () => answer(org, req, unmodelled));
}

function answer(org: Org, req: Req, unmodelled: string[]): Reply {
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
  if (client.bound) {
    if (req.headers['dpop'] !== undefined) {
      unmodelled.push('POST /oauth2/v1/token with DPoP');
      return refuse(501, 'not_modelled', 'sandbox: okta: proofs of possession are not modelled');
    }
    return refuse(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
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
  });
  const scope = scopes.join(' ');
  return json(200, { token_type: 'Bearer', expires_in: 3600, access_token, scope });
}

function clientOf(org: Org, assertion: string): OktaClient | { refused: string } {
  const jwt = readJwt(assertion);
  if (!jwt) return { refused: 'The parsing of the client_assertion failed.' };
  const { iss, sub, aud, exp, nbf, jti } = jwt.claims;
  const client = Object.values(CLIENTS).find((candidate) => candidate.id === iss);
  if (!client || sub !== iss) return { refused: "Invalid value for 'client_id' parameter." };
  const { kid } = jwt.header;
  if (kid !== undefined && kid !== org.state.keys.kid) {
    return { refused: 'The client_assertion JWT kid is invalid.' };
  }
  if (!signedBy(jwt, org.state.keys.publicKeyPem, ['RS256'])) {
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
