/** One Google Workspace: its state and the guard that every API call passes. */
import type { SandboxClock } from '../../kit/clock';
import type { Random } from '../../kit/random';
import { BadJson, type Reply, type Req, type Routes } from '../../kit/routes';
import type { Profile } from '../../profile';
import { isFor } from '../directory';
import { ADMIN, ADMIN_TOKEN, accountOf } from './accounts';
import { GoogleError, insufficientScope, invalid, notAuthorized } from './errors';
import type { GoogleState } from './state';

export const TOKEN_HOST = 'oauth2.googleapis.com';
export const ADMIN_HOST = 'admin.googleapis.com';
export const CLOUD_IDENTITY_HOST = 'cloudidentity.googleapis.com';

export interface Workspace {
  readonly customerId: string;
  readonly domain: string;
  readonly state: GoogleState;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
}

export interface GoogleCall {
  readonly req: Req;
  /** The moment that the replica answering this call has caught up to. */
  readonly asOf: number;
}

export type GoogleHandler = (call: GoogleCall) => Reply;

const MINUTE_MS = 60_000;

export function guarded(workspace: Workspace, routes: Routes, host = ADMIN_HOST) {
  const cloud = host === CLOUD_IDENTITY_HOST;
  return (method: string, path: string, needs: readonly string[], handle: GoogleHandler): void => {
    routes.on(method, path, (req) => {
      try {
        if (!isFor(req, host)) throw new GoogleError(404, 'notFound', 'Not Found');
        admit(workspace, req, needs);
        return handle({ req, asOf: replica(workspace) });
      } catch (cause) {
        const error = asGoogleError(cause);
        if (error.status === 501) routes.unmodelled.push(`${method} ${path}: ${error.message}`);
        return { status: error.status, json: cloud ? error.cloudJson() : error.json() };
      }
    });
  };
}

/** Reads go to replicas, of which some follow the writes with a delay. */
function replica(workspace: Workspace): number {
  const behind = workspace.random.pick([0, 0.5, 1]);
  return workspace.clock.now() - behind * workspace.profile.googleReadLagMs;
}

function admit(workspace: Workspace, req: Req, needs: readonly string[]): void {
  const text = /^Bearer (.+)$/.exec(req.headers['authorization'] ?? '')?.[1];
  const token = text === undefined ? undefined : workspace.state.tokens.find(text);
  const client = text === ADMIN_TOKEN ? ADMIN : token?.client;
  if (client === undefined || (token && token.expires <= workspace.clock.now())) {
    const message =
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
    throw new GoogleError(401, 'authError', message);
  }
  spend(workspace, client);
  if (client === ADMIN) return;
  if (!token?.scopes.some((scope) => needs.includes(scope))) throw insufficientScope();
  if (!administers(workspace, client, token.subject)) throw notAuthorized();
}

/** A scope alone is not a right: whoever acts must hold an administrator role. */
function administers(workspace: Workspace, client: string, subject: string | undefined): boolean {
  if (subject === undefined) return accountOf(client)?.role === true;
  for (const user of workspace.state.users.values()) {
    if (user.primaryEmail === subject) return user.isAdmin && !user.suspended;
  }
  return false;
}

function spend(workspace: Workspace, client: string): void {
  const limit = workspace.profile.googleQueriesPerMinute;
  const now = workspace.clock.now();
  const spent = workspace.state.windows.spend(client, 1, limit, MINUTE_MS, now);
  if (!spent.refused) return;
  // No Retry-After: Google promises none.
  const message =
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'admin.googleapis.com'.";
  throw new GoogleError(403, 'userRateLimitExceeded', message, 'usageLimits');
}

function asGoogleError(cause: unknown): GoogleError {
  if (cause instanceof GoogleError) return cause;
  if (cause instanceof BadJson) return new GoogleError(400, 'parseError', 'Parse Error');
  throw cause;
}

export function bodyOf(req: Req): Record<string, unknown> {
  const value = req.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('Invalid Input: body');
  }
  return value as Record<string, unknown>;
}
