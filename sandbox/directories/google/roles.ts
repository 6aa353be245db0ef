/** Administrator roles, to whom they are assigned, and the keys of service accounts. */
import { json, type Routes } from '../../kit/routes';
import { NEEDS, ROLES } from './accounts';
import { GoogleError, invalid, notFound } from './errors';
import type { RoleAssignment } from './state';
import { bodyOf, guarded, IAM_HOST, type Workspace } from './workspace';

const CUSTOMER = '/admin/directory/v1/customer/:customer';

export function addRoles(workspace: Workspace, routes: Routes): void {
  const { state, clock } = workspace;
  const on = guarded(workspace, routes);
  const shown = ({ id, roleId, assignedTo }: RoleAssignment) => ({
    kind: 'admin#directory#roleAssignment',
    roleAssignmentId: id,
    roleId,
    assignedTo,
    assigneeType: state.groups.get(assignedTo) ? 'group' : 'user',
    scopeType: 'CUSTOMER',
  });
  on('GET', `${CUSTOMER}/roleassignments`, NEEDS.readRoles, ({ req, asOf }) => {
    const userKey = req.query.get('userKey');
    const most = Number(req.query.get('maxResults') ?? 100);
    const all = [...state.assignments.values(asOf)];
    const items = all.filter((one) => userKey === null || one.assignedTo === userKey);
    return json(200, {
      kind: 'admin#directory#roleAssignments',
      ...(items.length > 0 && { items: items.slice(0, most).map(shown) }),
    });
  });
  on('POST', `${CUSTOMER}/roleassignments`, NEEDS.writeRoles, ({ req }) => {
    const { roleId, assignedTo } = bodyOf(req);
    const role = Object.values(ROLES).find(({ id }) => id === roleId);
    if (!role || typeof assignedTo !== 'string') throw invalid('Invalid Input: roleAssignment');
    return json(200, shown(state.assign(role, assignedTo, clock.now())));
  });
  on('GET', `${CUSTOMER}/roles/:roleId`, NEEDS.readRoles, ({ req }) => {
    const role = Object.values(ROLES).find(({ id }) => id === req.params['roleId']);
    if (!role) throw new GoogleError(404, 'notFound', 'Resource Not Found: roleId');
    return json(200, {
      kind: 'admin#directory#role',
      roleId: role.id,
      roleName: role.name,
      isSystemRole: role.name.startsWith('_'),
      isSuperAdminRole: role.rights === 'all',
    });
  });
  const KEY = '/v1/projects/:project/serviceAccounts/:account/keys/:key';
  guarded(workspace, routes, IAM_HOST)('DELETE', KEY, NEEDS.writeRoles, ({ req }) => {
    const key = state.keys.find(({ kid }) => kid === req.params['key']);
    if (!key || state.deletedKeys.has(key.kid)) throw notFound('userKey');
    state.deletedKeys.add(key.kid);
    return json(200, {});
  });
}
