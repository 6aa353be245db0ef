/** What the Okta org holds, and how it begins from the world. */

import { createHash } from 'node:crypto';
import { departmentOf } from '../../world/create-world';
import { oktaId } from '../../world/ids';
import type { World, WorldAccount, WorldGroup, WorldPerson } from '../../world/world';
import { type KeyPair, makeKeyPair } from '../keys';
import { LaggingMap } from '../lagging';
import { Memberships } from '../memberships';
import { Tokens } from '../tokens';
import { Windows } from '../windows';
import type { ClientChange } from './clients';

export type UserStatus = 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED' | 'STAGED' | 'PROVISIONED';

export interface OktaUser {
  readonly id: string;
  readonly status: UserStatus;
  /** ISO-8601. */
  readonly created: string;
  readonly activated: string | null;
  readonly statusChanged: string | null;
  readonly lastUpdated: string;
  /** `null`: never, or by a way that Okta does not see. */
  readonly lastLogin: string | null;
  readonly profile: Readonly<Record<string, string | null>> & {
    readonly login: string;
    readonly email: string;
  };
}

export interface OktaGroup {
  readonly id: string;
  readonly type: 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN';
  /** Carries an administrator role. */
  readonly privileged: boolean;
  readonly created: string;
  readonly lastUpdated: string;
  readonly lastMembershipUpdated: string;
  readonly name: string;
  readonly description: string | null;
}

/** An application that people sign in to through Okta, with the groups assigned to it. */
export interface OktaApp {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  readonly groups: readonly string[];
}

/** Fills one group with everyone of one department. */
export interface OktaRule {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly department: string;
  /** People the rule leaves out because someone took them out of the group by hand. */
  readonly excluded: readonly string[];
  readonly created: string;
}

/** The org was set up at this hour; nothing in it is older. */
const FOUNDED = '2024-03-04T09:00:00.000Z';

export class OktaState {
  readonly users = new LaggingMap<OktaUser>();
  readonly groups = new LaggingMap<OktaGroup>();
  readonly memberships = new Memberships<true>();
  readonly tokens = new Tokens();
  readonly windows = new Windows();
  rules: OktaRule[] = [];
  readonly apps: OktaApp[];
  clients = new Map<string, ClientChange>();
  #keys: KeyPair | undefined;

  /** When this org's history ends, epoch milliseconds: what was used before is counted back from here. */
  readonly startedAt: number;
  /** Whoever made the API token. */
  readonly adminId: string;

  constructor(world: World, startedAt: number) {
    this.startedAt = startedAt;
    const account = world.people.find(({ key }) => key === 'admin')?.accounts;
    this.adminId = account?.find(({ directory }) => directory === 'okta')?.id ?? '';
    const people = new Map(world.people.map((person) => [person.key, person]));
    for (const person of world.people) {
      for (const account of person.accounts) {
        if (account.directory === 'okta') this.#seedUser(person, account, people);
      }
    }
    for (const group of world.groups) if (group.directory === 'okta') this.#seedGroup(group);
    this.apps = world.apps.flatMap((app) => {
      const keys = app.roles.flatMap((role) => role.groups);
      const groups = world.groups.filter((g) => g.directory === 'okta' && keys.includes(g.key));
      const id = oktaId('0oa', app.key);
      return groups.length
        ? [{ id, key: app.key, label: app.name, groups: groups.map((g) => g.id) }]
        : [];
    });
  }

  get keys(): KeyPair {
    this.#keys ??= makeKeyPair('latchkey-key-1');
    return this.#keys;
  }

  snapshot() {
    return {
      users: this.users.snapshot(),
      groups: this.groups.snapshot(),
      memberships: this.memberships.snapshot(),
      tokens: this.tokens.snapshot(),
      windows: this.windows.snapshot(),
      rules: this.rules,
      clients: [...this.clients],
      keys: this.#keys,
    };
  }

  restore(state: ReturnType<OktaState['snapshot']>): void {
    this.users.restore(state.users);
    this.groups.restore(state.groups);
    this.memberships.restore(state.memberships);
    this.tokens.restore(state.tokens);
    this.windows.restore(state.windows);
    this.rules = state.rules;
    this.clients = new Map(state.clients);
    this.#keys = state.keys;
  }

  #seedUser(person: WorldPerson, account: WorldAccount, people: Map<string, WorldPerson>): void {
    const manager = person.manager ? people.get(person.manager) : undefined;
    const status = account.active ? 'ACTIVE' : 'SUSPENDED';
    this.users.set(
      account.id,
      {
        id: account.id,
        status,
        created: FOUNDED,
        activated: FOUNDED,
        statusChanged: FOUNDED,
        lastUpdated: FOUNDED,
        lastLogin: this.#lastLogin(account),
        profile: {
          firstName: person.given,
          lastName: person.family,
          mobilePhone: null,
          secondEmail: null,
          login: account.login,
          email: account.email,
          department: person.department,
          title: person.title,
          userType: person.employment,
          // An attribute of this company's own, kept for whoever has another address in Jira.
          ...(person.jira && person.jira.email !== account.email
            ? { atlassianAccountId: person.jira.accountId }
            : {}),
          ...managerFields(person, manager),
        },
      },
      0,
    );
  }

  /** One in eleven has not signed in yet; who left has not for a while. */
  #lastLogin({ id, active }: WorldAccount): string | null {
    const drawn = createHash('sha256').update(id).digest().readUInt32BE(0);
    const hours = active ? drawn % 500 : 1500 + (drawn % 5000);
    if (active && drawn % 11 === 0) return null;
    return new Date(this.startedAt - hours * 3_600_000).toISOString();
  }

  #seedGroup(group: WorldGroup): void {
    this.groups.set(
      group.id,
      {
        id: group.id,
        ...typeOf(group.kind),
        created: FOUNDED,
        lastUpdated: FOUNDED,
        lastMembershipUpdated: FOUNDED,
        name: group.name,
        description: group.description,
      },
      0,
    );
    const department = departmentOf(group);
    if (department !== undefined) this.rules.push(makeRule(group.id, group.name, department));
    for (const id of group.members) this.memberships.add(group.id, id, true, 0);
  }
}

export function typeOf(kind: WorldGroup['kind']): Pick<OktaGroup, 'type' | 'privileged'> {
  const types: Partial<Record<WorldGroup['kind'], OktaGroup['type']>> = {
    app: 'APP_GROUP',
    'built-in': 'BUILT_IN',
  };
  return { type: types[kind] ?? 'OKTA_GROUP', privileged: kind === 'privileged' };
}

export function makeRule(group: string, name: string, department: string): OktaRule {
  return {
    id: oktaId('0pr', group),
    name: `Fill ${name}`.slice(0, 50),
    group,
    department,
    excluded: [],
    created: FOUNDED,
  };
}

/** Both fields are free text in Okta; some companies keep only a name there, which finds nobody. */
function managerFields(person: WorldPerson, manager: WorldPerson | undefined) {
  if (!manager) return {};
  const name = `${manager.given} ${manager.family}`;
  const nameOnly = /^p\d*7$/.test(person.key);
  return nameOnly ? { manager: name } : { manager: name, managerId: manager.email };
}
