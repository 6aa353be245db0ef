/**
 * The company that the sandbox plays: people, groups and apps, generated from a seed. Jira and the
 * three directories are built from it; nobody and nothing in it exists.
 */
export type DirectoryName = 'okta' | 'entra' | 'google';
export type WorldName = 'default' | 'empty' | 'large';

export interface WorldPerson {
  /** Stable handle, also used by stories: `p001`, or a role's name (see `cast.ts`). */
  readonly key: string;
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly department: string;
  readonly title: string;
  readonly employment: 'employee' | 'contractor';
  /** Key of the manager; absent at the top. */
  readonly manager?: string;
  readonly jira?: {
    readonly accountId: string;
    /** `atlassian`: with a login of its own; `customer`: portal only, its id starts with `qm:`. */
    readonly accountType: 'atlassian' | 'customer';
    /** May differ from the company e-mail. */
    readonly email: string;
    readonly active: boolean;
    readonly licensed: boolean;
    readonly roles: readonly ('agent' | 'jira-admin' | 'project-admin')[];
    readonly timeZone: string;
    readonly locale: string;
  };
  /** Accounts per directory; two entries of one directory are name or e-mail twins. */
  readonly accounts: readonly WorldAccount[];
}

export interface WorldAccount {
  readonly directory: DirectoryName;
  /** The directory's own id: `00u…` (Okta), a GUID (Entra), digits (Google). */
  readonly id: string;
  /** Okta login, Entra userPrincipalName, Google primaryEmail. */
  readonly login: string;
  readonly email: string;
  readonly active: boolean;
}

export interface WorldGroup {
  readonly key: string;
  readonly directory: DirectoryName;
  /** `00g…` (Okta), a GUID (Entra), an alphanumeric id (Google). */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Google only. */
  readonly email?: string;
  readonly kind:
    | 'plain'
    | 'rule' // Okta group rule fills it
    | 'app' // Okta APP_GROUP
    | 'built-in'
    | 'dynamic'
    | 'synced' // from on-premises
    | 'mail' // mail-enabled security group or distribution list
    | 'm365'
    | 'privileged'; // carries an admin role
  /** Account ids. */
  readonly members: readonly string[];
}

export interface WorldRole {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly risk: 'routine' | 'sensitive' | 'privileged';
  readonly approver: 'manager' | 'owner' | { readonly person: string };
  /** Keys of groups. */
  readonly groups: readonly string[];
  /** Seconds; empty means permanent only. */
  readonly durations: readonly number[];
  readonly permanent: boolean;
}

export interface WorldApp {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** Key of a person. */
  readonly owner: string;
  readonly roles: readonly WorldRole[];
}

export interface World {
  readonly name: WorldName;
  readonly seed: number;
  readonly domain: string;
  readonly okta: { readonly host: string };
  readonly entra: { readonly tenantId: string; readonly domain: string };
  readonly google: { readonly customerId: string; readonly domain: string };
  readonly people: readonly WorldPerson[];
  readonly groups: readonly WorldGroup[];
  readonly apps: readonly WorldApp[];
}
