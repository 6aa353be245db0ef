/** Jira's groups. Names can change and ids do not, but the Approver groups field takes names. */
import { json } from '../../kit/routes';
import type { SiteContext } from '../context';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { demandJiraAdmin, worksHere } from '../permissions';
import { groupJson } from '../shapes';
import { userJson } from '../user-shapes';

export function groupRoutes(door: Door): void {
  door.platform('GET', '/rest/api/3/user/groups', groupsOfUser);
  door.platform('GET', '/rest/api/3/groups/picker', pick);
  door.platform('GET', '/rest/api/3/group/member', members);
}

const idOf = (site: SiteContext, name: string): string => groupJson(site, name).groupId;

function groupsOfUser(call: SiteCall) {
  if (!worksHere(call.caller)) {
    throw new SiteError(403, 'You are not authorized to perform this operation.');
  }
  const accountId = call.req.query.get('accountId') ?? '';
  if (!call.site.people.find(accountId)) {
    throw new SiteError(404, `The user with accountId ${accountId} does not exist`);
  }
  const names = call.site.people.groupsOf(accountId);
  call.cost(2 * names.length);
  return json(
    200,
    names.map((name) => groupJson(call.site, name)),
  );
}

function pick(call: SiteCall) {
  const query = (call.req.query.get('query') ?? '').toLowerCase();
  const most = Math.max(1, Number(call.req.query.get('maxResults') ?? 20) || 20);
  // Who may not browse groups is told that there are none.
  const found = worksHere(call.caller)
    ? call.site.people.groups().filter((name) => name.toLowerCase().includes(query))
    : [];
  const names = found.slice(0, most);
  call.cost(2 * names.length);
  return json(200, {
    header: `Showing ${names.length} of ${found.length} matching groups`,
    total: found.length,
    groups: names.map((name) => ({
      name,
      html: name,
      labels: [],
      groupId: idOf(call.site, name),
    })),
  });
}

function members(call: SiteCall) {
  demandJiraAdmin(call.caller);
  const { site } = call;
  const { query } = call.req;
  const groupId = query.get('groupId');
  const name = site.people.groups().find((candidate) => idOf(site, candidate) === groupId);
  if (name === undefined) throw new SiteError(404, 'The group was not found.');
  const startAt = Number(query.get('startAt') ?? 0);
  const maxResults = Math.min(50, Number(query.get('maxResults') ?? 50));
  const all = query.get('includeInactiveUsers') === 'true';
  const everyone = site.people.group(name).filter((account) => all || account.active);
  const values = everyone.slice(startAt, startAt + maxResults);
  call.cost(2 * values.length);
  return json(200, {
    self: `${site.baseUrl}/rest/api/3/group/member?groupId=${groupId}`,
    maxResults,
    startAt,
    total: everyone.length,
    isLast: startAt + maxResults >= everyone.length,
    values: values.map(({ accountId }) => userJson(site, call.caller, accountId)),
  });
}
