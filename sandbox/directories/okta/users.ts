/** People of the org: finding, creating, and the steps of an account's life. */
import { json, type Req, type Routes } from '../../kit/routes';
import { oktaId } from '../../world/ids';
import { randomText } from '../tokens';
import { badCriteria, forbidden, invalid, notFound, OktaError, wrongStatus } from './errors';
import { matches, operators, parseExpression, properties } from './filter';
import { bodyOf, guarded, iso, mayAdministerOrg, type Org } from './org';
import { page } from './paging';
import { showGroup, showUser } from './shapes';
import type { OktaUser, UserStatus } from './state';

const READ = 'okta.users.read';
const MANAGE = 'okta.users.manage';
const PAGE = { standard: 200, most: 200 };

export function addUsers(org: Org, routes: Routes): void {
  const on = guarded(org, routes);
  on('GET', '/api/v1/users', { scope: READ, bucket: 'users' }, (req) => list(org, req));
  on('POST', '/api/v1/users', { scope: MANAGE, bucket: 'users' }, (req, caller) => {
    mayAdministerOrg(caller);
    return json(200, showUser(org.host, create(org, req)));
  });
  on('GET', '/api/v1/users/:id', { scope: READ, bucket: 'user' }, (req, caller) => {
    // Only an API token is somebody.
    const me = req.params['id'] === 'me' && caller.client.id === 'ssws-admin';
    return json(200, showUser(org.host, me ? admin(org) : findUser(org, req.params['id'] ?? '')));
  });
  on('POST', '/api/v1/users/:id', { scope: MANAGE, bucket: 'user' }, (req, caller) => {
    mayAdministerOrg(caller);
    const user = findUser(org, req.params['id'] ?? '');
    const given = bodyOf(req)['profile'] as Record<string, string | null>;
    const profile = { ...user.profile, ...given } as OktaUser['profile'];
    put(org, { ...user, profile, lastUpdated: iso(org) });
    return json(200, showUser(org.host, findUser(org, user.id)));
  });
  on('GET', '/api/v1/users/:id/groups', { scope: READ, bucket: 'user' }, (req) => {
    const user = findUser(org, req.params['id'] ?? '');
    const asOf = readingAsOf(org);
    const groups = org.state.memberships
      .groupsOf(user.id, asOf)
      .flatMap((id) => org.state.groups.get(id, asOf) ?? []);
    return json(
      200,
      groups.map((group) => showGroup(org.host, group)),
    );
  });
  const steps: Record<string, (user: OktaUser) => unknown> = {
    suspend: (user) => move(org, user, ['ACTIVE'], 'SUSPENDED'),
    unsuspend: (user) => move(org, user, ['SUSPENDED'], 'ACTIVE'),
    activate: (user) => move(org, user, ['STAGED', 'DEPROVISIONED'], 'ACTIVE'),
    deactivate: (user) => deactivate(org, user),
  };
  for (const [step, take] of Object.entries(steps)) {
    const pattern = `/api/v1/users/:id/lifecycle/${step}`;
    on('POST', pattern, { scope: MANAGE, bucket: 'user' }, (req, caller) => {
      mayAdministerOrg(caller);
      take(findUser(org, req.params['id'] ?? ''));
      return json(200, {});
    });
  }
}

const admin = (org: Org): OktaUser => findUser(org, org.state.adminId);

export function readingAsOf(org: Org): number {
  return org.clock.now() - org.profile.oktaReadLagMs;
}

/** By id, by login, or by the login's part before the `@` where only one has it. */
export function findUser(org: Org, idOrLogin: string): OktaUser {
  const asOf = readingAsOf(org);
  const byId = org.state.users.get(idOrLogin, asOf);
  if (byId) return byId;
  const wanted = idOrLogin.toLowerCase();
  const short: OktaUser[] = [];
  for (const user of org.state.users.values(asOf)) {
    const login = user.profile.login.toLowerCase();
    if (login === wanted) return user;
    if (login.split('@')[0] === wanted) short.push(user);
  }
  const [only] = short;
  if (!only || short.length > 1) throw notFound(idOrLogin, 'User');
  return only;
}

/** `filter` knows only these, compares exactly and only for equality. */
const FILTERABLE = new Set([
  'status',
  'lastUpdated',
  'id',
  'profile.login',
  'profile.email',
  'profile.firstName',
  'profile.lastName',
]);

function list(org: Org, req: Req) {
  const search = req.query.get('search');
  const filter = req.query.get('filter');
  const q = req.query.get('q')?.toLowerCase();
  // The index behind `search` follows the org with a delay; `filter` reads the org itself.
  const lag = search !== null ? org.profile.oktaSearchLagMs : org.profile.oktaReadLagMs;
  let users = [...org.state.users.values(org.clock.now() - lag)];
  if (search !== null) {
    const expression = parseExpression(search);
    users = users.filter((user) =>
      matches(expression, { ignoreCase: true, read: (name) => property(user, name) }),
    );
  } else if (filter !== null) {
    const expression = parseExpression(filter);
    const unknown = properties(expression).find((name) => !FILTERABLE.has(name));
    if (unknown !== undefined) throw badCriteria(`filter: ${unknown} is not filterable`);
    const wrong = operators(expression).find((name) => name !== 'eq');
    if (wrong !== undefined) throw badCriteria(`filter: the operator ${wrong} is not supported`);
    users = users.filter((user) =>
      matches(expression, { ignoreCase: false, read: (name) => property(user, name) }),
    );
  } else {
    users = users.filter((user) => user.status !== 'DEPROVISIONED');
  }
  if (q !== undefined) users = users.filter((user) => startsWith(user, q));
  return page(org.host, req, users, PAGE, (user) => showUser(org.host, user));
}

function property(user: OktaUser, name: string): string | undefined {
  if (name.startsWith('profile.')) return user.profile[name.slice('profile.'.length)] ?? undefined;
  const fields: Record<string, string | null> = {
    id: user.id,
    status: user.status,
    created: user.created,
    lastUpdated: user.lastUpdated,
  };
  return fields[name] ?? undefined;
}

function startsWith(user: OktaUser, q: string): boolean {
  const { firstName, lastName, email } = user.profile;
  return [firstName, lastName, email].some((text) => text?.toLowerCase().startsWith(q));
}

function create(org: Org, req: Req): OktaUser {
  const { profile, credentials } = bodyOf(req);
  const given = (profile ?? {}) as Record<string, string>;
  for (const field of ['login', 'email']) {
    if (!given[field]?.includes('@'))
      throw invalid(field, `${field}: The field cannot be left blank`);
  }
  const login = given['login'] ?? '';
  const taken = [...org.state.users.values()].some(
    (user) => user.profile.login.toLowerCase() === login.toLowerCase(),
  );
  if (taken) {
    throw invalid(
      'login',
      'login: An object with this field already exists in the current organization',
    );
  }
  const activate = req.query.get('activate') !== 'false';
  const now = iso(org);
  const status: UserStatus = !activate ? 'STAGED' : credentials ? 'ACTIVE' : 'PROVISIONED';
  const user: OktaUser = {
    id: oktaId('00u', randomText(org.random, 20)),
    status,
    created: now,
    activated: activate ? now : null,
    statusChanged: now,
    lastUpdated: now,
    lastLogin: null,
    profile: {
      firstName: null,
      lastName: null,
      mobilePhone: null,
      secondEmail: null,
      ...given,
      login,
      email: given['email'] ?? '',
    },
  };
  put(org, user);
  for (const group of org.state.groups.values()) {
    if (group.type === 'BUILT_IN' && group.name === 'Everyone') join(org, group.id, user.id);
  }
  for (const rule of org.state.rules) {
    if (rule.department === user.profile['department']) join(org, rule.group, user.id);
  }
  return user;
}

function join(org: Org, group: string, user: string): void {
  org.state.memberships.add(group, user, true, org.clock.now());
}

function put(org: Org, user: OktaUser): void {
  org.state.users.set(user.id, user, org.clock.now());
}

function move(org: Org, user: OktaUser, from: readonly UserStatus[], to: UserStatus): void {
  if (!from.includes(user.status)) {
    throw new OktaError(400, 'E0000001', 'Api validation failed: lifecycle', [
      `Cannot move a user from ${user.status} to ${to}.`,
    ]);
  }
  put(org, { ...user, status: to, statusChanged: iso(org), lastUpdated: iso(org) });
}

/** Ends the account: its group memberships go with it. */
function deactivate(org: Org, user: OktaUser): void {
  if (user.status === 'DEPROVISIONED') throw wrongStatus();
  if (user.profile.login.startsWith('system@')) throw forbidden();
  org.state.memberships.removeAllOf({ member: user.id }, org.clock.now());
  put(org, { ...user, status: 'DEPROVISIONED', statusChanged: iso(org), lastUpdated: iso(org) });
}
