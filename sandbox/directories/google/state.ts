/** What the Workspace holds, and how it begins from the world. */
import { createHash } from 'node:crypto';
import type { World, WorldAccount, WorldGroup, WorldPerson } from '../../world/world';
import { type KeyPair, makeKeyPair } from '../keys';
import { LaggingMap } from '../lagging';
import { Memberships } from '../memberships';
import { Tokens } from '../tokens';
import { Windows } from '../windows';

export interface GoogleUser {
  readonly id: string;
  readonly primaryEmail: string;
  readonly aliases: readonly string[];
  readonly givenName: string;
  readonly familyName: string;
  readonly suspended: boolean;
  readonly isAdmin: boolean;
  readonly creationTime: string;
  readonly department: string | null;
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
  readonly security: boolean;
  readonly createTime: string;
}

export type Role = 'MEMBER' | 'MANAGER' | 'OWNER';

export interface GoogleMember {
  readonly role: Role;
  /** Only for somebody outside the company; others are named by their account. */
  readonly externalEmail?: string;
}

const FOUNDED = '2024-03-04T09:00:00.000Z';

export class GoogleState {
  readonly users = new LaggingMap<GoogleUser>();
  readonly groups = new LaggingMap<GoogleGroup>();
  readonly memberships = new Memberships<GoogleMember>();
  readonly tokens = new Tokens();
  readonly windows = new Windows();
  #keys: KeyPair | undefined;

  constructor(world: World) {
    const emails = new Map(world.people.map((person) => [person.key, person.email]));
    for (const person of world.people) {
      for (const account of person.accounts) {
        if (account.directory !== 'google') continue;
        const manager = (person.manager && emails.get(person.manager)) || null;
        this.users.set(account.id, userFrom(person, account, manager), 0);
      }
    }
    for (const group of world.groups) {
      if (group.directory !== 'google') continue;
      this.groups.set(group.id, groupFrom(group), 0);
      for (const [i, id] of group.members.entries()) {
        // In every longer list somebody owns the group rather than being a plain member.
        const role: Role = i === 0 && group.members.length > 2 ? 'OWNER' : 'MEMBER';
        this.memberships.add(group.id, id, { role }, 0);
      }
    }
  }

  get keys(): KeyPair {
    this.#keys ??= makeKeyPair(createHash('sha1').update('latchkey-service-account').digest('hex'));
    return this.#keys;
  }

  snapshot() {
    return {
      users: this.users.snapshot(),
      groups: this.groups.snapshot(),
      memberships: this.memberships.snapshot(),
      tokens: this.tokens.snapshot(),
      windows: this.windows.snapshot(),
      keys: this.#keys,
    };
  }

  restore(state: ReturnType<GoogleState['snapshot']>): void {
    this.users.restore(state.users);
    this.groups.restore(state.groups);
    this.memberships.restore(state.memberships);
    this.tokens.restore(state.tokens);
    this.windows.restore(state.windows);
    this.#keys = state.keys;
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
    isAdmin: person.key === 'admin',
    creationTime: FOUNDED,
    department: person.department,
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

export function kindOf(kind: WorldGroup['kind']): Pick<GoogleGroup, 'dynamic' | 'security'> {
  return { dynamic: kind === 'dynamic' || kind === 'rule', security: kind === 'privileged' };
}
