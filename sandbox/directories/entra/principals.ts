/** Enterprise applications of the tenant and who is assigned to them. */
import type { Routes } from '../../kit/routes';
import { guid } from '../../world/ids';
import { NEEDS } from './apps';
import type { EntraPrincipal } from './enterprise-apps';
import { missing } from './errors';
import { filtered, onlyOptions, page, single } from './lists';
import { pick, type Row } from './shapes';
import { guarded, type Tenant } from './tenant';

const READ = [NEEDS.readApps];
const FOUNDED = '2024-03-04T09:00:00Z';

export function addPrincipals(tenant: Tenant, routes: Routes): void {
  const { state } = tenant;
  const on = guarded(tenant, routes);
  on('GET', '/servicePrincipals', { needs: READ, cost: 1 }, ({ req }) => {
    onlyOptions(req, '$filter', '$select', '$top', '$skiptoken');
    const select = req.query.get('$select');
    const all = state.principals.map((one) => ({ ...rowOf(one), id: one.id, tags: one.tags }));
    return page(req, 'servicePrincipals', filtered(req, all), (row) => shown(row, select));
  });
  on('GET', '/servicePrincipals/:id', { needs: READ, cost: 1 }, ({ req }) => {
    onlyOptions(req, '$select');
    const row = rowOf(find(tenant, req.params['id'] ?? ''));
    return single('servicePrincipals', shown(row, req.query.get('$select')));
  });
  on('GET', '/servicePrincipals/:id/appRoleAssignedTo', { needs: READ, cost: 1 }, (call) => {
    const { req, asOf } = call;
    onlyOptions(req, '$select', '$top', '$skiptoken');
    const one = find(tenant, req.params['id'] ?? '');
    const select = req.query.get('$select');
    const groups = one.groups.flatMap((id) => state.groups.get(id, asOf) ?? []);
    // Somebody is always assigned by hand as well, and a group may stand there once for each role.
    const [somebody] = state.users.values(asOf);
    const rows = [
      ...groups.flatMap((group) => [group, group].map((g, role) => ['Group', g, role] as const)),
      ...(somebody ? [['User', somebody, 0] as const] : []),
    ].map(([principalType, { id, displayName }, role]) => ({
      id: guid(`assigned:${one.id}:${id}:${role}`),
      deletedDateTime: null,
      appRoleId: guid(`role:${one.id}:${role}`),
      createdDateTime: FOUNDED,
      principalDisplayName: displayName,
      principalId: id,
      principalType,
      resourceDisplayName: one.displayName,
      resourceId: one.id,
    }));
    return page(req, 'appRoleAssignments', rows, (row) => shown(row, select));
  });
}

function find(tenant: Tenant, id: string): EntraPrincipal {
  const found = tenant.state.principals.find((one) => one.id === id);
  if (!found) throw missing(id);
  return found;
}

const rowOf = ({ groups: _, ...known }: EntraPrincipal): Row => ({
  ...known,
  servicePrincipalType: 'Application',
});

const shown = (row: Row, select: string | null): Row =>
  select === null ? row : pick(row, select.split(','), 'servicePrincipal');
