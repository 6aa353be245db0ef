/** What the Entra tenant holds, and how it begins from the world. */
import { departmentOf } from '../../world/create-world';
import { slug } from '../../world/person';
import type { World, WorldAccount, WorldGroup, WorldPerson } from '../../world/world';
import { type KeyPair, makeKeyPair } from '../keys';
import { LaggingMap } from '../lagging';
import { Memberships } from '../memberships';
import { Tokens } from '../tokens';
import { Windows } from '../windows';
import { makeCertificate } from './certificate';

export interface EntraUser {
  readonly id: string;
  readonly accountEnabled: boolean;
  readonly displayName: string;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly mail: string | null;
  readonly mailNickname: string;
  readonly userPrincipalName: string;
  readonly proxyAddresses: readonly string[];
  readonly otherMails: readonly string[];
  readonly userType: 'Member' | 'Guest';
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly createdDateTime: string;
  readonly usageLocation: string | null;
  /** Id of the manager. */
  readonly managerId: string | null;
}

export interface EntraGroup {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly createdDateTime: string;
  readonly mail: string | null;
  readonly mailNickname: string;
  readonly mailEnabled: boolean;
  readonly securityEnabled: boolean;
  readonly groupTypes: readonly string[];
  readonly membershipRule: string | null;
  readonly onPremisesSyncEnabled: boolean | null;
  readonly isAssignableToRole: boolean | null;
}

export type Deleted = { kind: 'user'; object: EntraUser } | { kind: 'group'; object: EntraGroup };

/** Graph shows whole seconds. */
const FOUNDED = '2024-03-04T09:00:00Z';

export class EntraState {
  readonly users = new LaggingMap<EntraUser>();
  readonly groups = new LaggingMap<EntraGroup>();
  /** Kept for thirty days and can be put back, memberships and all. */
  readonly deleted = new LaggingMap<Deleted>();
  readonly memberships = new Memberships<true>();
  readonly tokens = new Tokens();
  readonly windows = new Windows();
  #keys: { pair: KeyPair; certificatePem: string } | undefined;

  constructor(world: World) {
    const idOf = new Map<string, string>();
    for (const person of world.people) {
      const account = person.accounts.find((a) => a.directory === 'entra');
      if (account) idOf.set(person.key, account.id);
    }
    for (const person of world.people) {
      for (const account of person.accounts) {
        if (account.directory !== 'entra') continue;
        const managerId = (person.manager && idOf.get(person.manager)) || null;
        this.users.set(account.id, userFrom(person, account, managerId), 0);
      }
    }
    for (const group of world.groups) {
      if (group.directory !== 'entra') continue;
      this.groups.set(group.id, groupFrom(group, world.entra.domain), 0);
      for (const id of group.members) this.memberships.add(group.id, id, true, 0);
    }
  }

  get keys(): { pair: KeyPair; certificatePem: string } {
    if (!this.#keys) {
      const pair = makeKeyPair('latchkey-certificate');
      this.#keys = { pair, certificatePem: makeCertificate(pair, 'Latchkey') };
    }
    return this.#keys;
  }

  snapshot() {
    return {
      users: this.users.snapshot(),
      groups: this.groups.snapshot(),
      deleted: this.deleted.snapshot(),
      memberships: this.memberships.snapshot(),
      tokens: this.tokens.snapshot(),
      windows: this.windows.snapshot(),
      keys: this.#keys,
    };
  }

  restore(state: ReturnType<EntraState['snapshot']>): void {
    this.users.restore(state.users);
    this.groups.restore(state.groups);
    this.deleted.restore(state.deleted);
    this.memberships.restore(state.memberships);
    this.tokens.restore(state.tokens);
    this.windows.restore(state.windows);
    this.#keys = state.keys;
  }
}

function userFrom(person: WorldPerson, account: WorldAccount, managerId: string | null): EntraUser {
  const guest = account.login.includes('#EXT#');
  // Some of those who use another address in Jira have it as an alias here, and some do not.
  const jiraEmail = person.jira?.email;
  const alias = jiraEmail !== account.email && /[02468]$/.test(person.key) ? jiraEmail : undefined;
  return {
    id: account.id,
    accountEnabled: account.active,
    displayName: `${person.given} ${person.family}`,
    givenName: person.given,
    surname: person.family,
    mail: account.email,
    mailNickname: slug(account.login.split('@')[0] ?? person.key),
    userPrincipalName: account.login,
    proxyAddresses: [`SMTP:${account.email}`, ...(alias ? [`smtp:${alias}`] : [])],
    otherMails: guest ? [account.email] : [],
    userType: guest ? 'Guest' : 'Member',
    department: person.department,
    jobTitle: person.title,
    createdDateTime: FOUNDED,
    usageLocation: null,
    managerId,
  };
}

function groupFrom(group: WorldGroup, domain: string): EntraGroup {
  const nickname = slug(group.name);
  return {
    id: group.id,
    displayName: group.name,
    description: group.description,
    createdDateTime: FOUNDED,
    mailNickname: nickname,
    ...kindOf(group.kind, `${nickname}@${domain}`, departmentOf(group)),
  };
}

type KindFields = Pick<
  EntraGroup,
  | 'mail'
  | 'mailEnabled'
  | 'securityEnabled'
  | 'groupTypes'
  | 'membershipRule'
  | 'onPremisesSyncEnabled'
  | 'isAssignableToRole'
>;

export function kindOf(kind: WorldGroup['kind'], mail: string, department = ''): KindFields {
  const plain: KindFields = {
    mail: null,
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
    membershipRule: null,
    onPremisesSyncEnabled: null,
    isAssignableToRole: null,
  };
  switch (kind) {
    case 'dynamic':
    case 'rule': {
      const membershipRule = `user.department -eq "${department}"`;
      return { ...plain, groupTypes: ['DynamicMembership'], membershipRule };
    }
    case 'synced':
      return { ...plain, onPremisesSyncEnabled: true };
    case 'mail':
      return { ...plain, mail, mailEnabled: true };
    case 'm365':
      return { ...plain, mail, mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] };
    case 'privileged':
      return { ...plain, isAssignableToRole: true };
    case 'plain':
    case 'app':
    case 'built-in':
      return plain;
  }
}
