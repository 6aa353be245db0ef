/** People of the tenant. */

import { empty, json, type Routes } from '../../kit/routes';
import { NEEDS } from './apps';
import { badQuery, badRequest, denied, missing } from './errors';
import { filtered, onlyOptions, page, single } from './lists';
import { mayReadActivity } from './reports';
import { type Row, shownGroup, shownUser, userRow } from './shapes';
import { type EntraUser, extensionAttributes } from './state';
import { bodyOf, type GraphCall, graphTime, guarded, newGuid, type Tenant } from './tenant';

const READ = [NEEDS.readUsers];
const READ_BOTH = [NEEDS.readUsers, NEEDS.readGroups];
/** These can be filtered on only with advanced queries. */
const ADVANCED = ['otherMails', 'onPremisesExtensionAttributes'];

export function addUsers(tenant: Tenant, routes: Routes): void {
  const on = guarded(tenant, routes);
  on('GET', '/users', { needs: READ, cost: 2 }, (call) => {
    const { req, asOf } = call;
    onlyOptions(req, '$filter', '$select', '$top', '$skiptoken', '$count', '$expand');
    const all = [...tenant.state.users.values(asOf)].map((user) => ({
      ...userRow(user),
      id: user.id,
    }));
    const rows = filtered(req, all, ADVANCED);
    return page(req, 'users', rows, ({ id }) => shown(tenant, call, find(tenant, id, asOf)));
  });
  on('POST', '/users', { needs: [NEEDS.writeUsers], cost: 1 }, ({ req }) => {
    const user = create(tenant, bodyOf(req));
    return { ...single('users', shownUser(user, null)), status: 201 };
  });
  on('GET', '/users/:id', { needs: READ, cost: 2 }, (call) => {
    onlyOptions(call.req, '$select', '$expand');
    if (asksForActivity(call) && !GUID.test(call.req.params['id'] ?? '')) {
      throw badRequest('Get By Key only supports UserId and the key has to be a valid Guid');
    }
    const user = find(tenant, call.req.params['id'] ?? '', call.asOf);
    return single('users', shown(tenant, call, user));
  });
  on('PATCH', '/users/:id', { needs: [], cost: 1 }, (call) => {
    const change = bodyOf(call.req);
    const onlySwitch = Object.keys(change).every((name) => name === 'accountEnabled');
    const enough = onlySwitch
      ? [...NEEDS.writeUsers, 'User.EnableDisableAccount.All']
      : NEEDS.writeUsers;
    if (!call.has(enough)) throw denied();
    const user = find(tenant, call.req.params['id'] ?? '', call.asOf);
    const unknown = Object.keys(change).find((name) => !(name in user) || name === 'id');
    if (unknown !== undefined) {
      throw badRequest(`Property '${unknown}' is read-only and cannot be set.`);
    }
    const newest = tenant.state.users.get(user.id) ?? user;
    const changed = { ...newest, ...change, ...within(newest, change) } as EntraUser;
    tenant.state.users.set(user.id, changed, tenant.clock.now());
    return empty();
  });
  on(
    'POST',
    '/users/:id/revokeSignInSessions',
    { needs: [NEEDS.revokeSessions], cost: 1 },
    (call) => {
      const user = find(tenant, call.req.params['id'] ?? '', call.asOf);
      const signInSessionsValidFromDateTime = graphTime(tenant);
      const newest = tenant.state.users.get(user.id) ?? user;
      tenant.state.users.set(
        user.id,
        { ...newest, signInSessionsValidFromDateTime },
        tenant.clock.now(),
      );
      return json(200, { value: true });
    },
  );
  on('PUT', '/users/:id/manager/$ref', { needs: [NEEDS.writeUsers], cost: 1 }, (call) => {
    const user = find(tenant, call.req.params['id'] ?? '', call.asOf);
    const managerId = /[^/]+$/.exec(String(bodyOf(call.req)['@odata.id']))?.[0] ?? '';
    find(tenant, managerId, call.asOf);
    const newest = tenant.state.users.get(user.id) ?? user;
    tenant.state.users.set(user.id, { ...newest, managerId }, tenant.clock.now());
    return empty();
  });
  on('GET', '/users/:id/manager', { needs: READ, cost: 2 }, ({ req, asOf }) => {
    onlyOptions(req, '$select');
    const user = find(tenant, req.params['id'] ?? '', asOf);
    const manager = managerOf(tenant, user, asOf);
    if (!manager) throw missing('manager');
    return single('directoryObjects', typed(shownUser(manager, req.query.get('$select'))));
  });
  on('GET', '/users/:id/memberOf/microsoft.graph.group', { needs: READ_BOTH, cost: 1 }, (call) => {
    const { req, asOf } = call;
    onlyOptions(req, '$select', '$top', '$skiptoken', '$count', '$filter');
    const user = find(tenant, req.params['id'] ?? '', asOf);
    const groups = tenant.state.memberships
      .groupsOf(user.id, asOf)
      .flatMap((id) => tenant.state.groups.get(id, asOf) ?? []);
    const rows = filtered(
      req,
      groups.map((group) => ({ ...group })),
      ['displayName', 'id'],
    );
    return page(req, 'groups', rows, (group) => shownGroup(group, req.query.get('$select')));
  });
}

export function find(tenant: Tenant, idOrName: string, asOf: number): EntraUser {
  const byId = tenant.state.users.get(idOrName, asOf);
  if (byId) return byId;
  const wanted = idOrName.toLowerCase();
  for (const user of tenant.state.users.values(asOf)) {
    if (user.userPrincipalName.toLowerCase() === wanted) return user;
  }
  throw missing(idOrName);
}

export function typed(row: Row, type = 'user'): Row {
  return { '@odata.type': `#microsoft.graph.${type}`, ...row };
}

function managerOf(tenant: Tenant, user: EntraUser, asOf: number): EntraUser | undefined {
  return user.managerId === null ? undefined : tenant.state.users.get(user.managerId, asOf);
}

/** A new address keeps the old one as an alias; extension attributes change one by one. */
function within(user: EntraUser, change: Record<string, unknown>): Partial<EntraUser> {
  const { mail, onPremisesExtensionAttributes: attributes } = change;
  const others = user.proxyAddresses.map((address) => address.replace(/^SMTP:/, 'smtp:'));
  return {
    ...(typeof mail === 'string' && { proxyAddresses: [`SMTP:${mail}`, ...others] }),
    ...(typeof attributes === 'object' && {
      onPremisesExtensionAttributes: { ...user.onPremisesExtensionAttributes, ...attributes },
    }),
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const asksForActivity = ({ req }: Pick<GraphCall, 'req'>) =>
  req.query.get('$select')?.split(',').includes('signInActivity') === true;

function shown(tenant: Tenant, call: GraphCall, user: EntraUser): Row {
  if (asksForActivity(call)) mayReadActivity(tenant, call);
  const row = shownUser(user, call.req.query.get('$select'));
  const expand = call.req.query.get('$expand');
  if (expand === null) return row;
  const [, select = null] = /^manager(?:\(\$select=([\w,]+)\))?$/.exec(expand) ?? badExpand(expand);
  const manager = managerOf(tenant, user, call.asOf);
  return manager ? { ...row, manager: typed(shownUser(manager, select ?? null)) } : row;
}

function badExpand(text: string): never {
  throw badQuery(`Parsing OData Select and Expand failed: ${text}`);
}

function create(tenant: Tenant, body: Record<string, unknown>): EntraUser {
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : null);
  const userPrincipalName = text('userPrincipalName');
  const displayName = text('displayName');
  const mailNickname = text('mailNickname');
  if (!userPrincipalName || !displayName || !mailNickname || !body['passwordProfile']) {
    throw badRequest('One or more properties are invalid or missing.');
  }
  for (const other of tenant.state.users.values()) {
    if (other.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase()) {
      throw badRequest(
        'Another object with the same value for property userPrincipalName already exists.',
      );
    }
  }
  const mail = text('mail') ?? userPrincipalName;
  const user: EntraUser = {
    id: newGuid(tenant),
    accountEnabled: body['accountEnabled'] === true,
    displayName,
    givenName: text('givenName'),
    surname: text('surname'),
    mail,
    mailNickname,
    userPrincipalName,
    proxyAddresses: [`SMTP:${mail}`],
    otherMails: [],
    userType: 'Member',
    department: text('department'),
    employeeType: text('employeeType'),
    jobTitle: text('jobTitle'),
    createdDateTime: graphTime(tenant),
    usageLocation: text('usageLocation'),
    employeeId: text('employeeId'),
    onPremisesExtensionAttributes: extensionAttributes(null),
    signInSessionsValidFromDateTime: graphTime(tenant),
    lastSignIn: null,
    managerId: null,
  };
  tenant.state.users.set(user.id, user, tenant.clock.now());
  return user;
}
