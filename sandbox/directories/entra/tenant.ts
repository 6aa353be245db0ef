/** One Entra tenant: its state and the guard that every Graph call passes. */
import type { SandboxClock } from '../../kit/clock';
import type { Random } from '../../kit/random';
import { BadJson, type Reply, type Req, type Routes } from '../../kit/routes';
import type { Profile } from '../../profile';
import { guid } from '../../world/ids';
import { isFor } from '../directory';
import { randomText } from '../tokens';
import { ADMIN, ADMIN_TOKEN, permissionsOf } from './apps';
import { endDue } from './ends';
import { badRequest, denied, GraphError } from './errors';
import type { EntraState } from './state';

export const LOGIN_HOST = 'login.microsoftonline.com';
export const GRAPH_HOST = 'graph.microsoft.com';

export interface Tenant {
  readonly id: string;
  readonly domain: string;
  readonly state: EntraState;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
}

export interface GraphCall {
  readonly req: Req;
  readonly client: string;
  readonly permissions: readonly string[];
  /** The moment that the replica answering this call has caught up to. */
  readonly asOf: number;
  has(anyOf: readonly string[]): boolean;
}

interface Rule {
  /** Each entry must be met by one of its permissions. */
  readonly needs: readonly (readonly string[])[];
  /** Resource units this call takes from the tenant's share. */
  readonly cost: number;
}

export type GraphHandler = (call: GraphCall) => Reply;

export function guarded(tenant: Tenant, routes: Routes) {
  return (method: string, path: string, rule: Rule, handle: GraphHandler): void => {
    routes.on(method, `/v1.0${path}`, (req) => {
      const requestId = newGuid(tenant);
      const clientRequestId = req.headers['client-request-id'] ?? requestId;
      const headers: Record<string, string> = {
        'request-id': requestId,
        'client-request-id': clientRequestId,
      };
      try {
        if (!isFor(req, GRAPH_HOST)) throw badRequest(`${req.host} does not answer for Graph.`);
        const client = whoCalls(tenant, req);
        endDue(tenant.state, tenant.clock.now());
        Object.assign(headers, spend(tenant, client, rule.cost, method !== 'GET'));
        const permissions = permissionsOf(client);
        const has = (anyOf: readonly string[]) =>
          permissions.includes('*') || anyOf.some((one) => permissions.includes(one));
        if (!rule.needs.every(has)) throw denied();
        const reply = handle({ req, client, permissions, asOf: replica(tenant), has });
        return { ...reply, headers: { ...headers, ...reply.headers } };
      } catch (cause) {
        const error = asGraphError(cause);
        if (error.status === 501) routes.unmodelled.push(`${method} ${path}: ${error.message}`);
        return {
          status: error.status,
          headers: { ...headers, ...error.headers },
          json: error.json(requestId, clientRequestId, tenant.clock.iso()),
        };
      }
    });
  };
}

export function newGuid(tenant: Tenant): string {
  return guid(randomText(tenant.random, 24));
}

/** Graph's times have no fractions. */
export function graphTime(tenant: Tenant): string {
  return `${tenant.clock.iso().slice(0, 19)}Z`;
}

/** Reads go to any of three replicas: one is up to date, the others follow. */
function replica(tenant: Tenant): number {
  const behind = tenant.random.pick([0, 0.5, 1]);
  return tenant.clock.now() - behind * tenant.profile.entraReadLagMs;
}

function whoCalls(tenant: Tenant, req: Req): string {
  const text = /^Bearer (.+)$/.exec(req.headers['authorization'] ?? '')?.[1];
  const refuse = (message: string) => new GraphError(401, 'InvalidAuthenticationToken', message);
  if (text === undefined) throw refuse('Access token is empty.');
  if (text === ADMIN_TOKEN) return ADMIN;
  const token = tenant.state.tokens.find(text);
  if (!token) throw refuse('CompactToken parsing failed with error code: 80049217');
  if (token.expires <= tenant.clock.now()) {
    throw refuse('Lifetime validation failed, the token is expired.');
  }
  return token.client;
}

const UNITS_SPAN_MS = 10_000;
const WRITES_SPAN_MS = 150_000;

function spend(
  tenant: Tenant,
  client: string,
  cost: number,
  write: boolean,
): Record<string, string> {
  const { profile, clock, state } = tenant;
  const now = clock.now();
  const limit = profile.entraUnitsPer10s;
  const units = state.windows.spend(`${client}:units`, cost, limit, UNITS_SPAN_MS, now);
  const writes = write
    ? state.windows.spend(`${client}:writes`, 1, profile.entraWritesPer150s, WRITES_SPAN_MS, now)
    : undefined;
  const refused = units.refused ? units : writes?.refused ? writes : undefined;
  const share = units.used / limit;
  const headers = {
    'x-ms-resource-unit': String(cost),
    ...(share > 0.8 && { 'x-ms-throttle-limit-percentage': share.toFixed(2) }),
  };
  if (!refused) return headers;
  throw new GraphError(429, 'TooManyRequests', 'Too many requests', {
    ...headers,
    'retry-after': String(Math.max(1, Math.ceil((refused.resets - now) / 1000))),
    'x-ms-throttle-scope': `Tenant_Application/${write ? 'Write' : 'ReadWrite'}/${client}/${tenant.id}`,
    'x-ms-throttle-information': units.refused ? 'ResourceUnitLimitExceeded' : 'WriteLimitExceeded',
  });
}

/** A limit of its own beside those that every call counts in. */
export function limited(
  { state, clock }: Tenant,
  client: string,
  { key, limit, spanMs }: { readonly key: string; readonly limit: number; readonly spanMs: number },
): void {
  const spent = state.windows.spend(`${client}:${key}`, 1, limit, spanMs, clock.now());
  if (!spent.refused) return;
  const wait = Math.max(1, Math.ceil((spent.resets - clock.now()) / 1000));
  throw new GraphError(429, 'TooManyRequests', 'Too many requests', {
    'retry-after': String(wait),
  });
}

function asGraphError(cause: unknown): GraphError {
  if (cause instanceof GraphError) return cause;
  if (cause instanceof BadJson) {
    return new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.');
  }
  throw cause;
}

export function bodyOf(req: Req): Record<string, unknown> {
  const value = req.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('A non-empty JSON object is expected as the request body.');
  }
  return value as Record<string, unknown>;
}
