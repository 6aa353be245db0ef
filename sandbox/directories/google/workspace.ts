/** One Google Workspace: its state and the guard that every API call passes. */
import type { SandboxClock } from '../../kit/clock';
import type { Random } from '../../kit/random';
import { BadJson, type Reply, type Req, type Routes } from '../../kit/routes';
import type { Profile } from '../../profile';
import { isFor } from '../directory';
import { ADMIN, ADMIN_TOKEN, accountOf, type Need, type Role } from './accounts';
import { GoogleError, insufficientScope, invalid, notAuthorized } from './errors';
import type { GoogleState } from './state';

export const TOKEN_HOST = 'oauth2.googleapis.com';
export const ADMIN_HOST = 'admin.googleapis.com';
export const IAM_HOST = 'iam.googleapis.com';
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
  /** The same for what is found by a search. */
  readonly searchAsOf: number;
  /** Whoever calls holds every right. */
  readonly isSuper: boolean;
}

export type GoogleHandler = (call: GoogleCall) => Reply;

const MINUTE_MS = 60_000;

export function guarded(workspace: Workspace, routes: Routes, host = ADMIN_HOST) {
  const cloud = host !== ADMIN_HOST;
  return (method: string, path: string, needs: Need, handle: GoogleHandler): void => {
    routes.on(method, path, (req) => {
      try {
        if (!isFor(req, host)) throw new GoogleError(404, 'notFound', 'Not Found');
        workspace.state.endDue(workspace.clock.now());
        const isSuper = admit(workspace, req, needs);
        const asOf = replica(workspace);
        const searchAsOf = asOf - workspace.profile.googleSearchLagMs;
        return handle({ req, asOf, searchAsOf, isSuper });
      } catch (cause) {
        const error = asGoogleError(cause);
        if (error.status === 501) routes.unmodelled.push(`${method} ${path}: ${error.message}`);
        const told = cloud ? error.cloudJson() : error.json();
        return { status: told.error.code, json: told };
      }
    });
  };
}

/** Reads go to replicas, of which some follow the writes with a delay. */
function replica(workspace: Workspace): number {
  const behind = workspace.random.pick([0, 0.5, 1]);
  return workspace.clock.now() - behind * workspace.profile.googleReadLagMs;
}

/** A scope alone is not a right: whoever acts must hold a role that has it. */
function admit(workspace: Workspace, req: Req, { scopes, right }: Need): boolean {
  const text = /^Bearer (.+)$/.exec(req.headers['authorization'] ?? '')?.[1];
  const token = text === undefined ? undefined : workspace.state.tokens.find(text);
  const client = text === ADMIN_TOKEN ? ADMIN : token?.client;
  if (client === undefined || (token && token.expires <= workspace.clock.now())) {
    const message =
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
    throw new GoogleError(401, 'authError', message);
  }
  // The quota counts each administrator by themselves, whichever account acts for them.
  spend(workspace, token?.subject ?? client);
  if (client === ADMIN) return true;
  if (!token?.scopes.some((scope) => scopes.includes(scope))) throw insufficientScope();
  const roles = rolesOf(workspace, client, token.subject);
  const isSuper = roles.some(({ rights }) => rights === 'all');
  const may = roles.some(({ rights }) => rights === 'all' || rights.includes(right));
  if (!may) throw notAuthorized();
  return isSuper;
}

function rolesOf(workspace: Workspace, client: string, subject: string | undefined): Role[] {
  const { state } = workspace;
  if (subject === undefined) return state.rolesOf(accountOf(client)?.clientId ?? '');
  for (const user of state.users.values()) {
    if (user.primaryEmail === subject && !user.suspended && !user.archived)
      return rolesOfUser(workspace, user.id);
  }
  return [];
}

/** Their own, and those of the groups that carry one. */
export function rolesOfUser({ state }: Pick<Workspace, 'state'>, id: string): Role[] {
  return [id, ...state.memberships.groupsOf(id)].flatMap((assignee) => state.rolesOf(assignee));
}

/** Only super administrators change who is in a group that carries a role. [unverified] */
export function mustOutrank({ state }: Workspace, group: { id: string }, isSuper: boolean): void {
  if (!isSuper && state.rolesOf(group.id).length > 0) throw notAuthorized();
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
