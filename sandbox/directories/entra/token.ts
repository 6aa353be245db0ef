/** `POST /{tenant}/oauth2/v2.0/token`: an app proves itself by secret or by signed assertion. */
import { X509Certificate } from 'node:crypto';
import { json, type Reply, type Req } from '../../kit/routes';
import { isFor } from '../directory';
import { readJwt, signedBy } from '../jwt';
import { APPS, type EntraApp } from './apps';
import { thumbprints } from './certificate';
import { graphTime, LOGIN_HOST, newGuid, type Tenant } from './tenant';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SCOPE = 'https://graph.microsoft.com/.default';
const LIFETIME_S = 3599;

interface Refusal {
  status: number;
  error: string;
  code: number;
  text: string;
}

export function answerToken(tenant: Tenant, req: Req): Reply {
  const refusal = (problem: Refusal) => refuse(tenant, problem);
  const named = req.params['tenant'] ?? '';
  if (!isFor(req, LOGIN_HOST)) return json(404, { error: 'not_found' });
  if (named !== tenant.id && named !== tenant.domain) {
    const text = `Tenant '${named}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
    return refusal({ status: 400, error: 'invalid_request', code: 90002, text });
  }
  const form = new URLSearchParams(req.body);
  if (form.get('grant_type') !== 'client_credentials') {
    const text = `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`;
    return refusal({ status: 400, error: 'unsupported_grant_type', code: 70003, text });
  }
  const clientId = form.get('client_id') ?? '';
  const app = Object.values(APPS).find((candidate) => candidate.clientId === clientId);
  if (!app) {
    const text = `Application with identifier '${clientId}' was not found in the directory '${tenant.domain}'.`;
    return refusal({ status: 400, error: 'unauthorized_client', code: 700016, text });
  }
  const problem = form.has('client_assertion')
    ? judgeAssertion(tenant, app, named, form)
    : judgeSecret(tenant, app, form.get('client_secret'));
  if (problem) return refusal(problem);
  if (form.get('scope') !== SCOPE) {
    const text = `The provided request must include a 'scope' that is a resource with the /.default suffix.`;
    return refusal({ status: 400, error: 'invalid_scope', code: 1002012, text });
  }
  const access_token = tenant.state.tokens.issue(tenant.random, readable(tenant, app), {
    client: app.clientId,
    scopes: [],
    expires: tenant.clock.now() + LIFETIME_S * 1000,
  });
  return json(200, {
    token_type: 'Bearer',
    expires_in: LIFETIME_S,
    ext_expires_in: LIFETIME_S,
    access_token,
  });
}

/** An access token is a JWT that tells what the application may do. */
function readable(tenant: Tenant, app: EntraApp): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'https://graph.microsoft.com', appid: app.clientId, tid: tenant.id };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part({ ...claims, roles: app.permissions })}.`;
}

const invalidClient = (code: number, text: string): Refusal => ({
  status: 401,
  error: 'invalid_client',
  code,
  text,
});

function judgeSecret(tenant: Tenant, app: EntraApp, secret: string | null): Refusal | undefined {
  if (secret === null) {
    const text =
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return invalidClient(7000216, text);
  }
  const known = [...tenant.state.passwords.values()].find(
    (one) => one.clientId === app.clientId && one.secret === secret,
  );
  if (known && known.endsAt <= tenant.clock.now()) {
    return invalidClient(
      7000222,
      `The provided client secret keys for app '${app.clientId}' are expired.`,
    );
  }
  if (!known) {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`;
    return invalidClient(7000215, text);
  }
  return undefined;
}

function judgeAssertion(
  tenant: Tenant,
  app: EntraApp,
  named: string,
  form: URLSearchParams,
): Refusal | undefined {
  const jwt = readJwt(form.get('client_assertion') ?? '');
  if (!jwt || form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return invalidClient(50027, 'JWT token is invalid or malformed.');
  }
  const { state } = tenant;
  const registered = state.certificates.get(app.clientId) ?? [state.keys.certificatePem];
  const certificatePem = registered.find((pem) => {
    const prints = thumbprints(pem);
    return jwt.header['x5t#S256'] === prints.sha256 || jwt.header['x5t'] === prints.sha1;
  });
  if (certificatePem === undefined) {
    const text =
      'The certificate with identifier used to sign the client assertion is not registered on application.';
    return invalidClient(700027, text);
  }
  const certificate = new X509Certificate(certificatePem);
  if (Date.parse(certificate.validTo) <= tenant.clock.now()) {
    return invalidClient(
      700027,
      'Client assertion contains an invalid signature. [Reason - The key used is expired.]',
    );
  }
  const publicKeyPem = certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  if (!signedBy(jwt, publicKeyPem, ['PS256', 'RS256'])) {
    return invalidClient(700027, 'Client assertion failed signature validation.');
  }
  const { iss, sub, aud, exp, nbf, jti } = jwt.claims;
  if (iss !== app.clientId || sub !== app.clientId) {
    return invalidClient(
      700021,
      'Client assertion application identifier does not match the client_id.',
    );
  }
  const audiences = [named, tenant.id].map((id) => `https://${LOGIN_HOST}/${id}/oauth2/v2.0/token`);
  if (typeof aud !== 'string' || !audiences.includes(aud)) {
    return invalidClient(700023, 'Client assertion audience claim does not match Realm issuer.');
  }
  const now = tenant.clock.now() / 1000;
  const early = typeof nbf === 'number' && nbf > now + 300;
  if (typeof exp !== 'number' || exp <= now || early) {
    return invalidClient(700024, 'Client assertion is not within its valid time range.');
  }
  // Whether Entra remembers them is unverified; a client must not rely on its forgetting.
  const fresh =
    typeof jti === 'string' && tenant.state.tokens.takeOnce(jti, exp * 1000, tenant.clock.now());
  return fresh ? undefined : invalidClient(50027, 'JWT token is invalid or malformed.');
}

function refuse(tenant: Tenant, { status, error, code, text }: Refusal): Reply {
  const timestamp = graphTime(tenant).replace('T', ' ');
  const trace_id = newGuid(tenant);
  const correlation_id = newGuid(tenant);
  return json(status, {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id,
    correlation_id,
    error_uri: `https://${LOGIN_HOST}/error?code=${code}`,
  });
}
