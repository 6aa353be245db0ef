/** Applications, their groups, who used them, and what an administrator changes about ours. */
import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto';
import { empty, json, type Req, type Routes } from '../../kit/routes';
import { type ClientChange, clientById } from './clients';
import { notFound, OktaError } from './errors';
import { matches, parseExpression, properties, values } from './filter';
import { bodyOf, guarded, mayAdministerOrg, type Org } from './org';
import { page } from './paging';
import type { OktaApp, OktaUser } from './state';
import { findUser, readingAsOf } from './users';

const DAY_MS = 24 * 3_600_000;
const KEPT_DAYS = 90;
const PAGE = { standard: 20, most: 200 };

export function addApps(org: Org, routes: Routes): void {
  const on = guarded(org, routes);
  on('GET', '/api/v1/apps', { scope: 'okta.apps.read', bucket: 'apps' }, (req) =>
    page(org.host, req, [...org.state.apps], PAGE, (app) => showApp(org, app)),
  );
  on('GET', '/api/v1/apps/:aid/groups', { scope: 'okta.apps.read', bucket: 'apps' }, (req) => {
    const app = org.state.apps.find((one) => one.id === req.params['aid']);
    if (!app) throw notFound(req.params['aid'] ?? '', 'User');
    const there = app.groups.filter((id) => org.state.groups.get(id, readingAsOf(org)));
    const rows = there.map((id) => ({ id }));
    return page(org.host, req, rows, PAGE, ({ id }) => ({
      id,
      priority: 0,
      profile: {},
      lastUpdated: FOUNDED,
    }));
  });
  on('GET', '/api/v1/logs', { scope: 'okta.logs.read', bucket: 'logs' }, (req) => logs(org, req));
  on(
    'DELETE',
    '/api/v1/users/:id/sessions',
    { scope: 'okta.users.manage', bucket: 'user' },
    (req) => {
      findUser(org, req.params['id'] ?? '');
      return empty();
    },
  );
  on(
    'GET',
    '/api/v1/users/:id/roles',
    { scope: 'okta.roles.read', bucket: 'user' },
    (req, caller) => {
      mayAdministerOrg(caller);
      findUser(org, req.params['id'] ?? '');
      const role = {
        id: 'ra1SuperAdministrator',
        type: 'SUPER_ADMIN',
        label: 'Super Administrator',
      };
      return json(200, [
        {
          ...role,
          status: 'ACTIVE',
          assignmentType: 'USER',
          created: FOUNDED,
          lastUpdated: FOUNDED,
        },
      ]);
    },
  );
  on(
    'POST',
    '/api/v1/apps/:aid/grants',
    { scope: 'okta.appGrants.manage', bucket: 'apps' },
    (req, caller) => {
      mayAdministerOrg(caller);
      const { scopeId } = bodyOf(req) as { scopeId: string };
      const client = ours(org, req.params['aid'] ?? '');
      change(org, client.id, { scopes: [...new Set([...client.scopes, scopeId])] });
      return json(201, {
        id: `oag-${scopeId}`,
        scopeId,
        issuer: `https://${org.host}`,
        status: 'ACTIVE',
        source: 'ADMIN',
      });
    },
  );
  on(
    'DELETE',
    '/api/v1/apps/:aid/grants/:grant',
    { scope: 'okta.appGrants.manage', bucket: 'apps' },
    (req, caller) => {
      mayAdministerOrg(caller);
      const client = ours(org, req.params['aid'] ?? '');
      change(org, client.id, {
        scopes: client.scopes.filter((s) => `oag-${s}` !== req.params['grant']),
      });
      return empty();
    },
  );
  // https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/Client/: replaces what is registered.
  on(
    'PUT',
    '/oauth2/v1/clients/:cid',
    { scope: 'okta.clients.manage', bucket: 'apps' },
    (req, caller) => {
      mayAdministerOrg(caller);
      const client = ours(org, req.params['cid'] ?? '');
      const { jwks } = bodyOf(req) as { jwks: { keys: (JsonWebKey & { kid: string })[] } };
      const keys = jwks.keys.map((key) => ({
        kid: key.kid,
        publicKeyPem: createPublicKey({ key, format: 'jwk' })
          .export({ format: 'pem', type: 'spki' })
          .toString(),
      }));
      change(org, client.id, { keys });
      return json(200, { client_id: client.id, client_name: client.name, jwks });
    },
  );
}

const FOUNDED = '2024-03-04T09:00:00.000Z';

function ours(org: Org, id: string) {
  const client = clientById(id, org.state.clients);
  if (!client) throw notFound(id, 'User');
  return client;
}

function change(org: Org, id: string, by: ClientChange): void {
  org.state.clients.set(id, { ...org.state.clients.get(id), ...by });
}

function showApp(org: Org, app: OktaApp) {
  return {
    id: app.id,
    name: 'bookmark',
    label: app.label,
    status: 'ACTIVE',
    signOnMode: 'BOOKMARK',
    created: FOUNDED,
    lastUpdated: FOUNDED,
    settings: { app: { requestIntegration: false, url: `https://${app.key}.example` } },
    _links: { self: { href: `https://${org.host}/api/v1/apps/${app.id}` } },
  };
}

/** One sign-in per person and application, on a day that never changes. */
function lastUse(user: OktaUser, app: OktaApp): number | undefined {
  if (user.lastLogin === null) return undefined;
  const drawn = createHash('sha256').update(`${user.id}${app.id}`).digest().readUInt16BE(0);
  return Date.parse(user.lastLogin) - (drawn % 120) * DAY_MS;
}

/** Single sign-ons to applications, the one kind of event that anybody here asks for. */
function logs(org: Org, req: Req) {
  const filter = req.query.get('filter');
  const expression = filter === null ? undefined : parseExpression(filter);
  const unknown = (expression ? properties(expression) : []).find((name) => !LOGGED.has(name));
  if (unknown !== undefined) throw new OktaError(400, 'E0000053', `field is not valid: ${unknown}`);
  const now = org.clock.now();
  const until = Date.parse(req.query.get('until') ?? '') || now;
  const since = Date.parse(req.query.get('since') ?? '') || until - 7 * DAY_MS;
  if (since < now - 180 * DAY_MS) {
    const text = 'The since parameter is over 180 days prior to the current day.';
    throw new OktaError(400, 'E0000053', `Invalid parameter: ${text}`);
  }
  const first = Math.max(since, now - KEPT_DAYS * DAY_MS);
  const named = new Set(expression ? values(expression) : []);
  const apps = org.state.apps.filter(({ id }) => named.has(id));
  const events = (apps.length > 0 ? apps : org.state.apps).flatMap((app) =>
    usersOf(org, app).flatMap((user) => {
      const at = lastUse(user, app);
      if (at === undefined || at < first || at > until) return [];
      const event = showUse(user, app, at);
      const fields = { 'actor.id': user.id, 'target.id': app.id, eventType: event.eventType };
      const read = (name: string) => fields[name as keyof typeof fields];
      return !expression || matches(expression, { ignoreCase: false, read }) ? [event] : [];
    }),
  );
  const descending = req.query.get('sortOrder') === 'DESCENDING';
  events.sort((a, b) => (a.published < b.published === descending ? 1 : -1));
  return json(200, events.slice(0, Number(req.query.get('limit') ?? 100)));
}

const LOGGED = new Set(['actor.id', 'target.id', 'eventType']);

function usersOf(org: Org, app: OktaApp): OktaUser[] {
  const ids = app.groups.flatMap((group) => org.state.memberships.of(group).map(([id]) => id));
  return [...new Set(ids)].flatMap((id) => org.state.users.get(id) ?? []);
}

const showUse = (user: OktaUser, app: OktaApp, at: number) => ({
  uuid: createHash('md5').update(`${user.id}${app.id}`).digest('hex'),
  published: new Date(at).toISOString(),
  eventType: 'user.authentication.sso',
  version: '0',
  severity: 'INFO',
  displayMessage: 'User single sign on to app',
  actor: { id: user.id, type: 'User' },
  outcome: { result: 'SUCCESS' },
  target: [{ id: app.id, type: 'AppInstance', displayName: app.label }],
});
