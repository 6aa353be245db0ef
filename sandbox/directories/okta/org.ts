/** One Okta org: its state and the guard that every API call passes. */
import type { SandboxClock } from '../../kit/clock';
import type { Random } from '../../kit/random';
import { BadJson, empty, type Reply, type Req, type Routes } from '../../kit/routes';
import type { Profile } from '../../profile';
import { randomText } from '../tokens';
import { clientById, holds, type OktaClient, sswsClient } from './clients';
import { forbidden, invalid, OktaError } from './errors';
import { BadExpression } from './filter';
import { provenKey } from './proof';
import type { OktaState } from './state';

/** Okta counts calls per family of endpoints. */
type Bucket = 'users' | 'user' | 'groups' | 'group' | 'apps' | 'logs' | 'token';

export interface Caller {
  readonly client: OktaClient;
}

export interface Org {
  readonly host: string;
  readonly state: OktaState;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
}

interface Rule {
  readonly scope: string;
  readonly bucket: Bucket;
}

const MINUTE_MS = 60_000;

export type OktaHandler = (req: Req, caller: Caller) => Reply;

/** Registers a call that needs a scope; every answer carries a request id and the limits. */
export function guarded(org: Org, routes: Routes) {
  return (method: string, pattern: string, rule: Rule, handle: OktaHandler): void => {
    routes.on(method, pattern, (req) => {
      const headers: Record<string, string> = {};
      return shown(org, headers, () => {
        const who = whoCalls(org, req);
        if ('badProof' in who) return badProof(org, req, rule.scope, who.badProof);
        const { caller, scopes } = who;
        Object.assign(headers, spend(org, rule.bucket, caller.client.id));
        if (!holds(caller.client, scopes, rule.scope))
          return insufficientScope(org, req, rule.scope);
        if (caller.client.role === 'none') throw forbidden();
        return handle(req, caller);
      });
    });
  };
}

/** A call that nobody has to be signed in for, counted for the org as a whole. */
export function counted(org: Org, bucket: Bucket, handle: () => Reply): Reply {
  const headers: Record<string, string> = {};
  return shown(org, headers, () => {
    Object.assign(headers, spend(org, bucket, 'org'));
    return handle();
  });
}

function shown(org: Org, headers: Record<string, string>, handle: () => Reply): Reply {
  headers['x-okta-request-id'] = randomText(org.random, 27);
  let reply: Reply;
  try {
    reply = handle();
  } catch (cause) {
    reply = asOktaError(cause).reply(`oae${randomText(org.random, 22)}`);
  }
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

export function iso(org: Org): string {
  return org.clock.iso();
}

/** What the caller may not touch, whatever its scopes say. */
export function mayAdministerOrg(caller: Caller): void {
  if (caller.client.role !== 'super') throw forbidden();
}

function whoCalls(
  org: Org,
  req: Req,
): { caller: Caller; scopes: readonly string[] } | { badProof: string } {
  const header = req.headers['authorization'] ?? '';
  const [, kind, text = ''] = /^(SSWS|Bearer|DPoP) (.+)$/.exec(header) ?? [];
  if (!kind) throw new OktaError(401, 'E0000005', 'Invalid session');
  if (kind === 'SSWS') {
    const client = sswsClient(text);
    if (!client) throw invalidToken();
    return { caller: { client }, scopes: client.scopes };
  }
  const token = org.state.tokens.find(text);
  const client = token && clientById(token.client, org.state.clients);
  if (!token || !client || token.expires <= org.clock.now()) throw invalidToken();
  // A token that is bound to a key is worth nothing without a proof made for this very call.
  if ((token.boundTo !== undefined) !== (kind === 'DPoP')) throw invalidToken();
  if (token.boundTo !== undefined) {
    const proof = provenKey(org, req, text);
    if ('refused' in proof) return { badProof: proof.refused };
    if (proof.thumbprint !== token.boundTo)
      return { badProof: 'The DPoP proof JWT key does not match the access token.' };
  }
  return { caller: { client }, scopes: token.scopes };
}

const invalidToken = () =>
  new OktaError(401, 'E0000011', 'Invalid token provided', [], {
    'www-authenticate': 'Bearer error="invalid_token"',
  });

/** Only the header says what is missing (https://github.com/okta/okta-sdk-golang/issues/145). */
function insufficientScope(org: Org, req: Req, scope: string): Reply {
  const text = 'The access token provided does not contain the required scopes.';
  return challenge(org, req, 403, { scope, error: 'insufficient_scope', error_description: text });
}

/** As in https://github.com/okta/terraform-provider-okta/issues/2392; its body is not shown there. */
function badProof(org: Org, req: Req, scope: string, text: string): Reply {
  return challenge(org, req, 400, { scope, error: 'invalid_dpop_proof', error_description: text });
}

function challenge(org: Org, req: Req, status: number, told: Record<string, string>): Reply {
  const bearer = told['error'] === 'insufficient_scope';
  const parts = {
    ...(!bearer && { algs: 'RS256 RS384 RS512 ES256 ES384 ES512' }),
    authorization_uri: `http://${org.host}/oauth2/v1/authorize`,
    realm: `http://${org.host}`,
    ...told,
    resource: req.rawPath,
  };
  const listed = Object.entries(parts).map(([name, value]) => `${name}="${value}"`);
  return empty(status, {
    'www-authenticate': `${bearer ? 'Bearer' : 'DPoP'} ${listed.join(', ')}`,
  });
}

/** One app may use only its share of what the org has per minute. */
function spend(org: Org, bucket: Bucket, who: string): Record<string, string> {
  const { profile, clock } = org;
  const whole = {
    users: profile.oktaUsersPerMinute,
    user: profile.oktaUserPerMinute,
    groups: profile.oktaGroupsPerMinute,
    group: profile.oktaGroupPerMinute,
    apps: profile.oktaGroupsPerMinute,
    logs: profile.oktaLogsPerMinute,
    token: profile.oktaTokensPerMinute,
  }[bucket];
  const limit = Math.floor(whole * profile.oktaTokenShareRate);
  const key = `${who}:${bucket}`;
  const spent = org.state.windows.spend(key, 1, limit, MINUTE_MS, clock.now());
  const headers = {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(spent.remaining),
    'x-rate-limit-reset': String(Math.ceil(spent.resets / 1000)),
  };
  if (!spent.refused) return headers;
  const text = 'API call exceeded rate limit due to too many requests.';
  throw new OktaError(429, 'E0000047', text, [], headers);
}

function asOktaError(cause: unknown): OktaError {
  if (cause instanceof OktaError) return cause;
  if (cause instanceof BadExpression) {
    return new OktaError(400, 'E0000031', 'Invalid search criteria.', [cause.message]);
  }
  if (cause instanceof BadJson) {
    return new OktaError(400, 'E0000003', 'The request body was not well-formed.');
  }
  throw cause;
}

/** The body as an object, or the answer Okta gives to anything else. */
export function bodyOf(req: Req): Record<string, unknown> {
  const value = req.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('body', 'The request body must be an object.');
  }
  return value as Record<string, unknown>;
}
