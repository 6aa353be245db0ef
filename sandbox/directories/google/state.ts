/** What the Workspace holds, and how it begins from the world. */
import { createHash } from 'node:crypto';
import type { World, WorldAccount, WorldGroup, WorldPerson } from '../../world/world';
import { type KeyPair, makeKeyPair } from '../keys';
import { LaggingMap } from '../lagging';
import { Memberships } from '../memberships';
import { Tokens } from '../tokens';
import { Windows } from '../windows';
import { ACCOUNTS, ROLES, type Role } from './accounts';

export interface GoogleUser {
  readonly id: string;
  readonly primaryEmail: string;
  readonly aliases: readonly string[];
  readonly givenName: string;
  readonly familyName: string;
  readonly suspended: boolean;
  /** Left, and kept for what they wrote. */
  readonly archived: boolean;
  /** `null`: never. */
  readonly lastLogin: string | null;
  /** Atlassian account id, in a custom schema; not everybody has it. */
  readonly accountId: string | null;
  readonly creationTime: string;
  readonly department: string | null;
  readonly employment: string | null;
  readonly title: string | null;
  /** Free text, by habit an e-mail. */
  readonly manager: string | null;
}

export interface GoogleGroup {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly description: string;
  readonly dynamic: boolean;
  readonly locked: boolean;
  readonly security: boolean;
  readonly createTime: string;
}

export type MemberRole = 'MEMBER' | 'MANAGER' | 'OWNER';

export interface GoogleMember {
  readonly role: MemberRole;
  /** Only for somebody outside the company; others are named by their account. */
  readonly externalEmail?: string;
}

export interface RoleAssignment {
  readonly id: string;
  readonly roleId: string;
  /** A person's id, a group's, or the client id of a service account. */
  readonly assignedTo: string;
}

const FOUNDED = '2024-03-04T09:00:00.000Z';

export class GoogleState {
  readonly users = new LaggingMap<GoogleUser>();
  readonly groups = new LaggingMap<GoogleGroup>();
  readonly memberships = new Memberships<GoogleMember>();
  readonly tokens = new Tokens();
  readonly windows = new Windows();
  readonly assignments = new LaggingMap<RoleAssignment>();
  /** Memberships that end by themselves: `group person` and virtual epoch ms. */
  ends = new Map<string, number>();
  /** Google's edition can end memberships by itself. */
  endsMemberships = true;
  #keys: readonly KeyPair[] = [];

  constructor(world: World) {
    const emails = new Map(world.people.map((person) => [person.key, person.email]));
    for (const person of world.people) {
      for (const account of person.accounts) {
        if (account.directory !== 'google') continue;
        const manager = (person.manager && emails.get(person.manager)) || null;
        this.users.set(account.id, userFrom(person, account, manager), 0);
        if (person.key === 'admin') this.assign(ROLES.super, account.id, 0);
        if (person.key === 'second-admin') this.assign(ROLES.latchkey, account.id, 0);
      }
    }
    for (const { clientId } of [ACCOUNTS.normal, ACCOUNTS.powerful])
      this.assign(ROLES.latchkey, clientId, 0);
    for (const group of world.groups) {
      if (group.directory !== 'google') continue;
      this.groups.set(group.id, groupFrom(group), 0);
      if (group.kind === 'privileged') this.assign(ROLES.groups, group.id, 0);
      for (const [i, id] of group.members.entries()) {
        // In every longer list somebody owns the group rather than being a plain member.
        const role: MemberRole = i === 0 && group.members.length > 2 ? 'OWNER' : 'MEMBER';
        this.memberships.add(group.id, id, { role }, 0);
      }
    }
  }

  /** Two keys, as while one is replaced by the other. */
  get keys(): readonly KeyPair[] {
    if (this.#keys.length === 0) {
      this.#keys = ['latchkey-service-account', 'latchkey-next-key'].map((name) =>
        makeKeyPair(createHash('sha1').update(name).digest('hex')),
      );
    }
    return this.#keys;
  }

  /** Scopes by client id, where an administrator changed what was allowed at first. */
  delegations = new Map<string, readonly string[]>();

  /** Key ids that were deleted. */
  readonly deletedKeys = new Set<string>();

  assign(role: Role, assignedTo: string, at: number): RoleAssignment {
    const id = createHash('sha1').update(`${role.id}:${assignedTo}`).digest('hex');
    const made = { id: String(Number.parseInt(id.slice(0, 12), 16)), roleId: role.id, assignedTo };
    this.assignments.set(made.id, made, at);
    return made;
  }

  unassign(assignedTo: string, at: number): void {
    for (const one of this.assignments.values())
      if (one.assignedTo === assignedTo) this.assignments.delete(one.id, at);
  }

  rolesOf(assignee: string): Role[] {
    const held = [...this.assignments.values()].filter((one) => one.assignedTo === assignee);
    return held.flatMap(({ roleId }) => Object.values(ROLES).filter(({ id }) => id === roleId));
  }

  /** Ends what is due, as of when it was due. */
  endDue(now: number): void {
    for (const [key, at] of this.ends) {
      if (at > now) continue;
      const [group = '', person = ''] = key.split(' ');
      this.memberships.remove(group, person, at);
      this.ends.delete(key);
    }
  }

  snapshot() {
    return {
      users: this.users.snapshot(),
      groups: this.groups.snapshot(),
      memberships: this.memberships.snapshot(),
      tokens: this.tokens.snapshot(),
      windows: this.windows.snapshot(),
      assignments: this.assignments.snapshot(),
      ends: [...this.ends],
      endsMemberships: this.endsMemberships,
      keys: this.#keys,
      delegations: [...this.delegations],
      deletedKeys: [...this.deletedKeys],
    };
  }

  restore(state: ReturnType<GoogleState['snapshot']>): void {
    this.users.restore(state.users);
    this.groups.restore(state.groups);
    this.memberships.restore(state.memberships);
    this.tokens.restore(state.tokens);
    this.windows.restore(state.windows);
    this.assignments.restore(state.assignments);
    this.ends = new Map(state.ends);
    this.endsMemberships = state.endsMemberships;
    this.#keys = state.keys;
    this.delegations = new Map(state.delegations);
    this.deletedKeys.clear();
    for (const kid of state.deletedKeys) this.deletedKeys.add(kid);
  }
}

function userFrom(person: WorldPerson, account: WorldAccount, manager: string | null): GoogleUser {
  // Some of those who use another address in Jira have it as an alias here, and some do not.
  const jiraEmail = person.jira?.email;
  const alias = jiraEmail !== account.email && /[13579]$/.test(person.key) ? jiraEmail : undefined;
  return {
    id: account.id,
    primaryEmail: account.login,
    aliases: alias ? [alias] : [],
    givenName: person.given,
    familyName: person.family,
    suspended: !account.active,
    archived: false,
    lastLogin: account.id.endsWith('0') ? null : `2025-12-0${account.id.at(-1)}T07:30:00.000Z`,
    accountId: /[13579]$/.test(person.key) ? null : (person.jira?.accountId ?? null),
    creationTime: FOUNDED,
    department: person.department,
    employment: person.employment,
    title: person.title,
    manager,
  };
}

function groupFrom(group: WorldGroup): GoogleGroup {
  return {
    id: group.id,
    email: group.email ?? '',
    name: group.name,
    description: group.description,
    createTime: FOUNDED,
    ...kindOf(group.kind),
  };
}

export function kindOf(
  kind: WorldGroup['kind'],
): Pick<GoogleGroup, 'dynamic' | 'locked' | 'security'> {
  return {
    dynamic: kind === 'dynamic' || kind === 'rule',
    locked: kind === 'synced',
    security: kind === 'privileged',
  };
}
