/** Groups of the org and who is in them. */
import { empty, json, type Req, type Routes } from '../../kit/routes';
import { oktaId } from '../../world/ids';
import { randomText } from '../tokens';
import { badCriteria, forbidden, invalid, notFound, wrongStatus } from './errors';
import { matches, parseExpression, properties } from './filter';
import { bodyOf, type Caller, guarded, iso, mayAdministerOrg, type Org } from './org';
import { page } from './paging';
import { showGroup, showRule, showUser } from './shapes';
import type { OktaGroup } from './state';
import { findUser, readingAsOf } from './users';

const READ = 'okta.groups.read';
const MANAGE = 'okta.groups.manage';
/** A rule keeps at most this many people out. */
const MOST_EXCLUDED = 100;

export function addGroups(org: Org, routes: Routes): void {
  const on = guarded(org, routes);
  on('GET', '/api/v1/groups', { scope: READ, bucket: 'groups' }, (req, caller) =>
    list(org, req, caller),
  );
  on('POST', '/api/v1/groups', { scope: MANAGE, bucket: 'groups' }, (req, caller) => {
    mayAdministerOrg(caller);
    return json(200, showGroup(org.host, create(org, req)));
  });
  on('GET', '/api/v1/groups/rules', { scope: READ, bucket: 'groups' }, (req) =>
    page(org.host, req, [...org.state.rules], { standard: 50, most: 200 }, showRule),
  );
  on('GET', '/api/v1/groups/:gid', { scope: READ, bucket: 'group' }, (req) => {
    const group = findGroup(org, req.params['gid'] ?? '');
    return json(200, showGroup(org.host, group, countIfAsked(org, req, group)));
  });
  on('PUT', '/api/v1/groups/:gid', { scope: MANAGE, bucket: 'group' }, (req, caller) => {
    mayAdministerOrg(caller);
    const group = findGroup(org, req.params['gid'] ?? '');
    if (group.type !== 'OKTA_GROUP') throw forbidden();
    const { name = group.name, description = null } = bodyOf(req)['profile'] as Partial<OktaGroup>;
    const after = { ...group, name, description, lastUpdated: iso(org) };
    org.state.groups.set(group.id, after, org.clock.now());
    return json(200, showGroup(org.host, after));
  });
  on('DELETE', '/api/v1/groups/:gid', { scope: MANAGE, bucket: 'group' }, (req, caller) => {
    mayAdministerOrg(caller);
    const group = findGroup(org, req.params['gid'] ?? '');
    if (group.type !== 'OKTA_GROUP') throw forbidden();
    const now = org.clock.now();
    org.state.memberships.removeAllOf({ group: group.id }, now);
    org.state.groups.delete(group.id, now);
    org.state.rules = org.state.rules.filter((rule) => rule.group !== group.id);
    return empty();
  });
  on('GET', '/api/v1/groups/:gid/users', { scope: READ, bucket: 'group' }, (req) => {
    const group = findGroup(org, req.params['gid'] ?? '');
    const asOf = readingAsOf(org);
    const users = org.state.memberships
      .of(group.id, asOf)
      .flatMap(([id]) => org.state.users.get(id, asOf) ?? []);
    return page(org.host, req, users, { standard: 1000, most: 1000 }, (user) =>
      showUser(org.host, user),
    );
  });
  on('PUT', '/api/v1/groups/:gid/users/:uid', { scope: MANAGE, bucket: 'group' }, (req, caller) => {
    const { group, user } = ends(org, req, caller);
    if (user.status === 'DEPROVISIONED') throw wrongStatus();
    if (!org.state.memberships.get(group.id, user.id)) {
      org.state.memberships.add(group.id, user.id, true, org.clock.now());
      touch(org, group);
    }
    return empty();
  });
  on(
    'DELETE',
    '/api/v1/groups/:gid/users/:uid',
    { scope: MANAGE, bucket: 'group' },
    (req, caller) => {
      const { group, user } = ends(org, req, caller);
      if (org.state.memberships.get(group.id, user.id)) {
        excludeFromRules(org, group.id, user.id, user.profile['department'] ?? undefined);
        org.state.memberships.remove(group.id, user.id, org.clock.now());
        touch(org, group);
      }
      return empty();
    },
  );
}

export function findGroup(org: Org, id: string): OktaGroup {
  const group = org.state.groups.get(id, readingAsOf(org));
  if (!group) throw notFound(id, 'UserGroup');
  return group;
}

/** Only groups of Okta itself take members by hand, even from a super administrator. */
function ends(org: Org, req: Req, caller: Caller) {
  const group = findGroup(org, req.params['gid'] ?? '');
  const user = findUser(org, req.params['uid'] ?? '');
  if (group.type !== 'OKTA_GROUP') throw forbidden();
  if (group.privileged) mayAdministerOrg(caller);
  return { group, user };
}

/**
 * Taking somebody out of a group that a rule filled makes Okta leave that person out of the rule
 * from then on, silently.
 */
function excludeFromRules(
  org: Org,
  group: string,
  user: string,
  department: string | undefined,
): void {
  org.state.rules = org.state.rules.map((rule) => {
    if (rule.group !== group || rule.department !== department) return rule;
    if (rule.excluded.length >= MOST_EXCLUDED) {
      throw invalid('exclude', `The rule ${rule.name} excludes ${MOST_EXCLUDED} users already.`);
    }
    return { ...rule, excluded: [...rule.excluded, user] };
  });
}

function touch(org: Org, group: OktaGroup): void {
  org.state.groups.set(group.id, { ...group, lastMembershipUpdated: iso(org) }, org.clock.now());
}

const FILTERABLE = new Set(['id', 'type', 'lastUpdated', 'lastMembershipUpdated']);

function list(org: Org, req: Req, caller: Caller) {
  const search = req.query.get('search');
  const filter = req.query.get('filter');
  const q = req.query.get('q')?.toLowerCase();
  const lag = search !== null ? org.profile.oktaSearchLagMs : org.profile.oktaReadLagMs;
  let groups = [...org.state.groups.values(org.clock.now() - lag)];
  // An administrator of some groups is not shown the one that holds everybody.
  if (caller.client.role !== 'super') groups = groups.filter((group) => group.name !== 'Everyone');
  const criteria = search ?? filter;
  if (criteria !== null) {
    const expression = parseExpression(criteria);
    const unknown = properties(expression).find((name) => search === null && !FILTERABLE.has(name));
    if (unknown !== undefined) throw badCriteria(`filter: ${unknown} is not filterable`);
    groups = groups.filter((group) =>
      matches(expression, { ignoreCase: true, read: (name) => property(group, name) }),
    );
  }
  if (q !== undefined) {
    // A list by name prefix has one page and no more.
    const named = groups.filter((group) => group.name.toLowerCase().startsWith(q)).slice(0, 300);
    return json(
      200,
      named.map((group) => showGroup(org.host, group, countIfAsked(org, req, group))),
    );
  }
  return page(org.host, req, groups, { standard: 10_000, most: 10_000 }, (group) =>
    showGroup(org.host, group, countIfAsked(org, req, group)),
  );
}

function property(group: OktaGroup, name: string): string | undefined {
  const fields: Record<string, string | null> = {
    id: group.id,
    type: group.type,
    created: group.created,
    lastUpdated: group.lastUpdated,
    lastMembershipUpdated: group.lastMembershipUpdated,
    'profile.name': group.name,
    'profile.description': group.description,
  };
  return fields[name] ?? undefined;
}

/** https://github.com/okta/okta-sdk-nodejs/issues/429 shows what is counted. */
function countIfAsked(org: Org, req: Req, group: OktaGroup): number | undefined {
  const wanted = req.query.get('expand')?.split(',').includes('stats');
  return wanted ? org.state.memberships.of(group.id, readingAsOf(org)).length : undefined;
}

function create(org: Org, req: Req): OktaGroup {
  const profile = bodyOf(req)['profile'] as Record<string, unknown> | undefined;
  const name = profile?.['name'];
  const description = profile?.['description'];
  if (typeof name !== 'string' || name === '') {
    throw invalid('name', 'name: The field cannot be left blank');
  }
  if ([...org.state.groups.values()].some((group) => group.name === name)) {
    throw invalid(
      'name',
      'name: An object with this field already exists in the current organization',
    );
  }
  const now = iso(org);
  const group: OktaGroup = {
    id: oktaId('00g', randomText(org.random, 20)),
    type: 'OKTA_GROUP',
    privileged: false,
    created: now,
    lastUpdated: now,
    lastMembershipUpdated: now,
    name,
    description: typeof description === 'string' ? description : null,
  };
  org.state.groups.set(group.id, group, org.clock.now());
  return group;
}
