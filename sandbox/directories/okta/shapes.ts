/** State as Okta's API shows it. */
import type { OktaGroup, OktaRule, OktaUser } from './state';

const USER_TYPE = 'otyLatchkeyDefault01';

export function showUser(host: string, user: OktaUser) {
  const self = `https://${host}/api/v1/users/${user.id}`;
  return {
    id: user.id,
    status: user.status,
    created: user.created,
    activated: user.activated,
    statusChanged: user.statusChanged,
    lastLogin: user.lastLogin,
    lastUpdated: user.lastUpdated,
    passwordChanged: null,
    type: { id: USER_TYPE },
    profile: user.profile,
    credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: self } },
  };
}

export function showGroup(host: string, group: OktaGroup, usersCount?: number) {
  const self = `https://${host}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: group.created,
    lastUpdated: group.lastUpdated,
    lastMembershipUpdated: group.lastMembershipUpdated,
    objectClass: [
      group.type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group',
    ],
    type: group.type,
    profile: { name: group.name, description: group.description },
    ...(usersCount !== undefined && {
      _embedded: {
        stats: {
          usersCount,
          appsCount: 0,
          groupPushMappingsCount: 0,
          hasAdminPrivilege: group.privileged,
          _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
        },
      },
    }),
    _links: {
      self: { href: self },
      logo: [
        {
          name: 'medium',
          href: `https://${host}/img/logos/groups/okta-medium.png`,
          type: 'image/png',
        },
      ],
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
    },
  };
}

export function showRule(rule: OktaRule) {
  return {
    type: 'group_rule',
    id: rule.id,
    status: 'ACTIVE',
    name: rule.name,
    created: rule.created,
    lastUpdated: rule.created,
    conditions: {
      people: { users: { exclude: rule.excluded }, groups: { exclude: [] } },
      expression: {
        value: `user.department=="${rule.department}"`,
        type: 'urn:okta:expression:1.0',
      },
    },
    actions: { assignUserToGroups: { groupIds: [rule.group] } },
  };
}
