/** Who has an account on the site, and what Jira tells whom about them. */
import { createHash } from 'node:crypto';
import { JIRA_GROUPS } from '../world/jira-groups';
import type { World } from '../world/world';
import type { SiteState } from './state';

export type Principal =
  | { readonly kind: 'app'; readonly appId: string; readonly accountId: string }
  | { readonly kind: 'user'; readonly accountId: string; readonly viaApp?: string }
  | { readonly kind: 'anonymous' };

/** Who did something; `appId` when an app made the call, as itself or as a person. */
export interface Actor {
  readonly accountId: string;
  readonly appId?: string;
}

export interface Account {
  readonly accountId: string;
  readonly accountType: 'atlassian' | 'customer' | 'app';
  readonly displayName: string;
  readonly email?: string;
  /** Some people let everyone see their e-mail; Jira's default for managed accounts hides it. */
  readonly emailShown: boolean;
  readonly active: boolean;
  readonly licensed: boolean;
  readonly roles: readonly ('agent' | 'jira-admin' | 'project-admin')[];
  readonly timeZone: string;
  readonly locale: string;
  /** The person's key in the world; apps have none. */
  readonly key?: string;
}

export const GROUPS = {
  licensed: 'jira-servicemanagement-users',
  admins: 'jira-admins',
} as const;

export class People {
  readonly #people = new Map<string, Account>();
  readonly #byLogin = new Map<string, Account>();
  readonly #state: () => SiteState;

  constructor(world: World, state: () => SiteState) {
    this.#state = state;
    for (const person of world.people) {
      if (!person.jira) continue;
      const { accountId } = person.jira;
      const account: Account = {
        ...person.jira,
        displayName: `${person.given} ${person.family}`,
        emailShown: digest(accountId).charCodeAt(0) % 4 === 0,
        key: person.key,
      };
      this.#people.set(accountId, account);
      this.#byLogin.set(person.key, account);
      this.#byLogin.set(person.jira.email.toLowerCase(), account);
    }
  }

  find(accountId: string): Account | undefined {
    const person = this.#people.get(accountId);
    return person ? this.#asOfNow(person) : this.#app(accountId);
  }

  /** By person key or e-mail. */
  login(name: string): Account | undefined {
    return this.#byLogin.get(name) ?? this.#byLogin.get(name.toLowerCase());
  }

  name(accountId: string): string {
    return this.find(accountId)?.displayName ?? 'Former user';
  }

  /** Everybody with a login of their own, in the world's order. */
  all(): Account[] {
    return [...this.#people.values()].map((account) => this.#asOfNow(account));
  }

  /**
   * The search behind pickers: the start of any word of the name, or the start of the e-mail.
   * Fuzzy on purpose; an exact e-mail finds longer ones too.
   */
  search(query: string): Account[] {
    const wanted = query.trim().toLowerCase();
    return [...this.all(), ...this.#apps()].filter(
      (account) =>
        account.active &&
        (account.displayName
          .toLowerCase()
          .split(/\s+/)
          .some((word) => word.startsWith(wanted)) ||
          account.displayName.toLowerCase().startsWith(wanted) ||
          account.email?.toLowerCase().startsWith(wanted)),
    );
  }

  /** Names of all groups, sorted. */
  groups(): string[] {
    return [...Object.values(GROUPS), ...Object.keys(JIRA_GROUPS)].sort();
  }

  /** The group's members, inactive ones too; nobody when there is no such group. */
  group(name: string): Account[] {
    if (name === GROUPS.licensed) return this.all().filter((account) => account.licensed);
    if (name === GROUPS.admins) return this.all().filter((a) => a.roles.includes('jira-admin'));
    return (JIRA_GROUPS[name] ?? []).flatMap((key) => {
      const account = this.login(key);
      return account ? [this.#asOfNow(account)] : [];
    });
  }

  groupsOf(accountId: string): string[] {
    return this.groups().filter((name) => this.group(name).some((a) => a.accountId === accountId));
  }

  #asOfNow(account: Account): Account {
    return this.#state().inactive.includes(account.accountId)
      ? { ...account, active: false }
      : account;
  }

  #app(accountId: string): Account | undefined {
    return this.#apps().find((account) => account.accountId === accountId);
  }

  #apps(): Account[] {
    return this.#state().apps.map((app) => ({
      accountId: app.accountId,
      accountType: 'app',
      displayName: app.name,
      emailShown: false,
      active: !app.removed,
      licensed: false,
      roles: [],
      timeZone: 'Etc/UTC',
      locale: 'en_US',
    }));
  }
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A UUID that is the same for the same text. */
export function uuidOf(text: string): string {
  const hex = digest(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
