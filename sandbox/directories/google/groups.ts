/** Groups of the Workspace in the Directory API; their kind is in Cloud Identity. */
import { empty, json, type Routes } from '../../kit/routes';
import { googleGroupId } from '../../world/ids';
import { NOW } from '../lagging';
import { randomText } from '../tokens';
import { NEEDS } from './accounts';
import { GoogleError, invalid, notFound } from './errors';
import { mustNameCustomer, page, parseQuery } from './lists';
import { groupBy, userBy } from './lookup';
import { showGroup } from './shapes';
import type { GoogleGroup } from './state';
import { bodyOf, guarded, type Workspace } from './workspace';

const GROUPS = '/admin/directory/v1/groups';

export function addGroups(workspace: Workspace, routes: Routes): void {
  const { state } = workspace;
  const on = guarded(workspace, routes);
  const shown = (group: GoogleGroup, asOf: number) =>
    showGroup(group, state.memberships.of(group.id, asOf).length);
  on('GET', GROUPS, NEEDS.readGroups, ({ req, asOf }) => {
    const userKey = req.query.get('userKey');
    const query = req.query.get('query');
    if (userKey === null) mustNameCustomer(workspace, req);
    let groups = [...state.groups.values(asOf)];
    if (userKey !== null) {
      const user = userBy(workspace, userKey, asOf);
      if (!user) throw notFound('userKey');
      const direct = new Set(state.memberships.groupsOf(user.id, asOf));
      groups = groups.filter((group) => direct.has(group.id));
    }
    if (query !== null) groups = groups.filter(asked(query));
    const size = { standard: 200, most: 200, orderBy: (group: GoogleGroup) => group.email };
    return page(req, 'groups', groups, size, (group) => shown(group, asOf));
  });
  on('POST', GROUPS, NEEDS.writeGroups, ({ req }) => {
    const group = create(workspace, bodyOf(req));
    state.groups.set(group.id, group, workspace.clock.now());
    return json(200, shown(group, NOW));
  });
  on('GET', `${GROUPS}/:groupKey`, NEEDS.readGroups, ({ req, asOf }) =>
    json(200, shown(groupBy(workspace, req.params['groupKey'] ?? '', asOf), asOf)),
  );
  on('PUT', `${GROUPS}/:groupKey`, NEEDS.writeGroups, ({ req, asOf }) => {
    const group = groupBy(workspace, req.params['groupKey'] ?? '', asOf);
    const { name, description } = bodyOf(req);
    const changed = {
      ...group,
      ...(typeof name === 'string' && { name }),
      ...(typeof description === 'string' && { description }),
    };
    state.groups.set(group.id, changed, workspace.clock.now());
    return json(200, shown(changed, NOW));
  });
  on('DELETE', `${GROUPS}/:groupKey`, NEEDS.writeGroups, ({ req, asOf }) => {
    const group = groupBy(workspace, req.params['groupKey'] ?? '', asOf);
    const now = workspace.clock.now();
    state.memberships.removeAllOf({ group: group.id }, now);
    state.groups.delete(group.id, now);
    state.unassign(group.id, now);
    return empty();
  });
}

function asked(query: string): (group: GoogleGroup) => boolean {
  const { field, fits } = parseQuery(query);
  if (field === 'email') return (group) => fits(group.email);
  if (field === 'name') return (group) => fits(group.name);
  throw invalid('Invalid Input: query');
}

function create(workspace: Workspace, body: Record<string, unknown>): GoogleGroup {
  const { email, name, description } = body;
  if (typeof email !== 'string' || !email.toLowerCase().endsWith(`@${workspace.domain}`)) {
    throw invalid('Invalid Input: email');
  }
  for (const group of workspace.state.groups.values()) {
    if (group.email.toLowerCase() === email.toLowerCase()) {
      throw new GoogleError(409, 'duplicate', 'Entity already exists.');
    }
  }
  return {
    id: googleGroupId(randomText(workspace.random, 20)),
    email: email.toLowerCase(),
    name: typeof name === 'string' ? name : email,
    description: typeof description === 'string' ? description : '',
    dynamic: false,
    locked: false,
    security: false,
    createTime: workspace.clock.iso(),
  };
}
