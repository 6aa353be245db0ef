/** Groups of the tenant and who is in them. */
import { empty, type Routes } from '../../kit/routes';
import { NEEDS } from './apps';
import { badRequest, denied, missing } from './errors';
import { filtered, onlyOptions, page, single } from './lists';
import { forgetSchedule, mayRemove } from './schedules';
import { groupRow, shownGroup, shownUser } from './shapes';
import type { EntraGroup } from './state';
import { bodyOf, type GraphCall, graphTime, guarded, newGuid, type Tenant } from './tenant';
import { typed } from './users';

const READ = [NEEDS.readGroups];
/** Whether a group can hold roles is said once, when it is made. */
const CHANGEABLE = ['displayName', 'description', 'groupTypes', 'membershipRule'];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function addGroups(tenant: Tenant, routes: Routes): void {
  const { state } = tenant;
  const on = guarded(tenant, routes);
  on('GET', '/groups', { needs: READ, cost: 1 }, ({ req, asOf }) => {
    onlyOptions(req, '$filter', '$search', '$select', '$top', '$skiptoken', '$count');
    const all = [...state.groups.values(asOf)].map((group) => ({
      ...groupRow(group),
      id: group.id,
    }));
    return page(req, 'groups', filtered(req, all), ({ id }) =>
      shownGroup(findGroup(tenant, id, asOf), req.query.get('$select')),
    );
  });
  on('POST', '/groups', { needs: [NEEDS.writeGroups], cost: 1 }, ({ req }) => {
    const group = create(tenant, bodyOf(req));
    return { ...single('groups', shownGroup(group, null)), status: 201 };
  });
  on('GET', '/groups/:gid', { needs: READ, cost: 1 }, ({ req, asOf }) => {
    onlyOptions(req, '$select');
    const group = findGroup(tenant, req.params['gid'] ?? '', asOf);
    return single('groups', shownGroup(group, req.query.get('$select')));
  });
  on('PATCH', '/groups/:gid', { needs: [NEEDS.writeGroups], cost: 1 }, ({ req, asOf }) => {
    const group = findGroup(tenant, req.params['gid'] ?? '', asOf);
    const change = bodyOf(req);
    const fixed = Object.keys(change).find((name) => !CHANGEABLE.includes(name));
    if (fixed !== undefined)
      throw badRequest(`Property '${fixed}' is read-only and cannot be set.`);
    const newest = state.groups.get(group.id) ?? group;
    state.groups.set(group.id, { ...newest, ...change } as EntraGroup, tenant.clock.now());
    return empty();
  });
  on('DELETE', '/groups/:gid', { needs: [NEEDS.writeGroups], cost: 1 }, ({ req, asOf }) => {
    const group = findGroup(tenant, req.params['gid'] ?? '', asOf);
    state.deleted.set(group.id, { kind: 'group', object: group }, tenant.clock.now());
    state.groups.delete(group.id, tenant.clock.now());
    return empty();
  });
  on(
    'POST',
    '/directory/deletedItems/:id/restore',
    { needs: [NEEDS.writeGroups], cost: 1 },
    (call) => {
      const id = call.req.params['id'] ?? '';
      const deleted = state.deleted.get(id);
      if (!deleted) throw missing(id);
      const now = tenant.clock.now();
      state.deleted.delete(id, now);
      if (deleted.kind === 'group') state.groups.set(id, deleted.object, now);
      else state.users.set(id, deleted.object, now);
      const shown =
        deleted.kind === 'group'
          ? shownGroup(deleted.object, null)
          : shownUser(deleted.object, null);
      return single('directoryObjects', typed(shown, deleted.kind));
    },
  );
  addMembers(tenant, routes);
}

function addMembers(tenant: Tenant, routes: Routes): void {
  const { state } = tenant;
  const on = guarded(tenant, routes);
  on('GET', '/groups/:gid/members', { needs: READ, cost: 3 }, (call) => {
    const { req, asOf } = call;
    onlyOptions(req, '$select', '$top', '$skiptoken', '$count', '$filter');
    const group = findGroup(tenant, req.params['gid'] ?? '', asOf);
    const select = req.query.get('$select');
    const all = state.memberships.of(group.id, asOf).map(([id]) => ({ id }));
    const present = all.filter(({ id }) => state.users.get(id, asOf) ?? state.groups.get(id, asOf));
    return page(req, 'directoryObjects', filtered(req, present, ['id']), ({ id }) => {
      const user = state.users.get(id, asOf);
      // Without a right to read people their details come back empty, not refused.
      if (user) return typed(call.has(NEEDS.readUsers) ? shownUser(user, select) : { id });
      // Selected properties that only people have are left out of what is none.
      const inner = findGroup(tenant, id, asOf);
      const fits = select?.split(',').filter((name) => name in groupRow(inner));
      return typed(shownGroup(inner, fits?.join(',') ?? null), 'group');
    });
  });
  on('POST', '/groups/:gid/members/$ref', { needs: [NEEDS.writeMembers], cost: 1 }, (call) => {
    const group = findGroup(tenant, call.req.params['gid'] ?? '', call.asOf);
    const memberId = referenced(call);
    mayChangeMembers(call, group);
    const known = state.users.get(memberId, call.asOf) ?? state.groups.get(memberId, call.asOf);
    if (!known) throw missing(memberId);
    if (state.memberships.get(group.id, memberId)) {
      throw badRequest(
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    }
    state.memberships.add(group.id, memberId, true, tenant.clock.now());
    return empty();
  });
  on(
    'DELETE',
    '/groups/:gid/members/:uid/$ref',
    { needs: [NEEDS.writeMembers], cost: 1 },
    (call) => {
      const group = findGroup(tenant, call.req.params['gid'] ?? '', call.asOf);
      const memberId = call.req.params['uid'] ?? '';
      mayChangeMembers(call, group);
      const present = state.users.get(memberId) ?? state.groups.get(memberId);
      if (!present || !state.memberships.get(group.id, memberId)) throw missing(memberId);
      mayRemove(tenant, group.id, memberId);
      forgetSchedule(tenant, group.id, memberId);
      state.memberships.remove(group.id, memberId, tenant.clock.now());
      return empty();
    },
  );
  // Without `/$ref` the path names the person, not the membership, and deletes the person.
  on('DELETE', '/groups/:gid/members/:uid', { needs: [NEEDS.writeUsers], cost: 1 }, (call) => {
    const group = findGroup(tenant, call.req.params['gid'] ?? '', call.asOf);
    const memberId = call.req.params['uid'] ?? '';
    const user = state.users.get(memberId);
    if (!user || !state.memberships.get(group.id, memberId)) throw missing(memberId);
    state.deleted.set(user.id, { kind: 'user', object: user }, tenant.clock.now());
    state.users.delete(user.id, tenant.clock.now());
    return empty();
  });
}

export function findGroup(tenant: Tenant, id: string, asOf: number): EntraGroup {
  if (!GUID.test(id)) throw badRequest(`Invalid object identifier '${id}'.`);
  const group = tenant.state.groups.get(id, asOf);
  if (!group) throw missing(id);
  return group;
}

function referenced({ req }: GraphCall): string {
  const url = bodyOf(req)['@odata.id'];
  const kinds = 'directoryObjects|users|groups';
  const found =
    typeof url === 'string' &&
    new RegExp(`^https://graph\\.microsoft\\.com/v1\\.0/(?:${kinds})/([^/]+)$`).exec(url)?.[1];
  if (!found) throw badRequest('Invalid URL format specified in payload.');
  return found;
}

/** Each kind of group that cannot be changed says so in its own way. */
function mayChangeMembers(call: GraphCall, group: EntraGroup): void {
  if (group.groupTypes.includes('DynamicMembership')) throw denied();
  if (group.onPremisesSyncEnabled) {
    throw badRequest(
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    );
  }
  if (group.mailEnabled && !group.groupTypes.includes('Unified')) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }
  if (group.isAssignableToRole && !call.has(NEEDS.writeRoleGroups)) throw denied();
}

function create(tenant: Tenant, body: Record<string, unknown>): EntraGroup {
  const { displayName, mailNickname, description } = body;
  if (typeof displayName !== 'string' || typeof mailNickname !== 'string') {
    throw badRequest(
      'A value is required for property displayName and mailNickname of resource Group.',
    );
  }
  if (body['securityEnabled'] !== true || body['mailEnabled'] !== false) {
    throw badRequest('The service does not currently support writes of mail-enabled groups.');
  }
  const group: EntraGroup = {
    id: newGuid(tenant),
    displayName,
    description: typeof description === 'string' ? description : null,
    createdDateTime: graphTime(tenant),
    mailNickname,
    mail: null,
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
    membershipRule: null,
    onPremisesSyncEnabled: null,
    isAssignableToRole: body['isAssignableToRole'] === true ? true : null,
  };
  tenant.state.groups.set(group.id, group, tenant.clock.now());
  return group;
}
