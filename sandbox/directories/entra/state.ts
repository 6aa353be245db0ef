/** What the Entra tenant holds, and how it begins from the world. */
import { departmentOf } from '../../world/create-world';
import { guid } from '../../world/ids';
import { slug } from '../../world/person';
import type { World, WorldAccount, WorldGroup, WorldPerson } from '../../world/world';
import { type KeyPair, makeKeyPair } from '../keys';
import { LaggingMap } from '../lagging';
import { Memberships } from '../memberships';
import { Tokens } from '../tokens';
import { Windows } from '../windows';
import { APPS, EXPIRED_SECRET } from './apps';
import { makeCertificate } from './certificate';
import type { Schedule } from './ends';
import { type EntraPrincipal, principalsOf } from './enterprise-apps';
import { lastSignInOf } from './sign-ins';

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
  readonly employeeType: string | null;
  readonly jobTitle: string | null;
  readonly createdDateTime: string;
  readonly usageLocation: string | null;
  readonly employeeId: string | null;
  readonly onPremisesExtensionAttributes: Readonly<Record<string, string | null>>;
  readonly signInSessionsValidFromDateTime: string;
  /** When somebody last got in; `null`: never. */
  readonly lastSignIn: string | null;
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

export interface AppPassword {
  readonly clientId: string;
  readonly secret: string;
  readonly endsAt: number;
}

/** Sign-ins are shown from P1 on, memberships that end by themselves need P2. */
export type Licence = 'free' | 'p1' | 'p2';

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
  readonly passwords = new LaggingMap<AppPassword>();
  /** Certificates (PEM) that replaced the first one, by client id. */
  readonly certificates = new LaggingMap<readonly string[]>();
  readonly schedules = new LaggingMap<Schedule>();
  readonly principals: readonly EntraPrincipal[];
  licence: Licence = 'p2';
  #keys: { pair: KeyPair; certificatePem: string } | undefined;

  constructor(world: World, now: number) {
    this.principals = principalsOf(world);
    for (const { clientId, secret } of Object.values(APPS)) {
      const endsAt = Number.MAX_SAFE_INTEGER;
      this.passwords.set(guid(`password:${clientId}`), { clientId, secret, endsAt }, 0);
    }
    const { clientId } = APPS.normal;
    const ranOut = { clientId, secret: EXPIRED_SECRET, endsAt: 0 };
    this.passwords.set(guid(`password:${EXPIRED_SECRET}`), ranOut, 0);
    const idOf = new Map<string, string>();
    for (const person of world.people) {
      const account = person.accounts.find((a) => a.directory === 'entra');
      if (account) idOf.set(person.key, account.id);
    }
    for (const person of world.people) {
      for (const account of person.accounts) {
        if (account.directory !== 'entra') continue;
        const managerId = (person.manager && idOf.get(person.manager)) || null;
        this.users.set(account.id, userFrom(person, account, managerId, now), 0);
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
      passwords: this.passwords.snapshot(),
      certificates: this.certificates.snapshot(),
      schedules: this.schedules.snapshot(),
      licence: this.licence,
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
    this.passwords.restore(state.passwords);
    this.certificates.restore(state.certificates);
    this.schedules.restore(state.schedules);
    this.licence = state.licence;
    this.#keys = state.keys;
  }
}

function userFrom(
  person: WorldPerson,
  account: WorldAccount,
  managerId: string | null,
  now: number,
): EntraUser {
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
    employeeType: person.employment,
    jobTitle: person.title,
    createdDateTime: FOUNDED,
    usageLocation: null,
    employeeId: null,
    onPremisesExtensionAttributes: extensionAttributes(person.jira?.accountId ?? null),
    signInSessionsValidFromDateTime: FOUNDED,
    lastSignIn: lastSignInOf(account.id, account.active, now),
    managerId,
  };
}

/** The company keeps the Atlassian account id in the first of the fifteen. */
export function extensionAttributes(first: string | null): Record<string, string | null> {
  const names = Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, null] as const);
  return { ...Object.fromEntries(names), extensionAttribute1: first };
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
