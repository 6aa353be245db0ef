/** What a connection asks Okta for; a scope works only together with an administrator role that covers it. */
export const PEOPLE = 'okta.users.read';
export const GROUPS = 'okta.groups.read';
export const MEMBERS = 'okta.groups.manage';
export const APPS = 'okta.apps.read';
export const LOGS = 'okta.logs.read';
export const SESSIONS = 'okta.users.manage';

/** What the grant path needs. */
export const NEEDED = [PEOPLE, GROUPS, MEMBERS] as const;

/** Never needed: what each would let a thief of the key do. */
export const TOO_MUCH: Readonly<Record<string, string>> = {
  'okta.roles.manage': 'make anybody an administrator',
  'okta.apps.manage': 'change every application',
  'okta.policies.manage': 'change how people sign in',
};
export const MORE_THAN_NEEDED: Readonly<Record<string, string>> = {
  [SESSIONS]: 'change and deactivate people; needed only to sign people out when a role ends',
};
