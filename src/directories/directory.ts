/**
 * The directory port: what Okta, Microsoft Entra ID and Google Workspace are to the product.
 * An adapter maps; it does not decide. No policy, no retry loop, no waiting, no logging of bodies.
 */
import type { Failure, Result } from '../shared/result';

export type DirectoryKind = 'okta' | 'entra' | 'google';

/** Opaque ids of the directory itself, never e-mails or names. */
export type PersonId = string;
export type GroupId = string;

export interface DirectoryPerson {
  readonly id: PersonId;
  /** Primary e-mail, lower case. */
  readonly email: string;
  /** Every address and login that belongs to this person, lower case. */
  readonly addresses: readonly string[];
  readonly displayName: string;
  readonly active: boolean;
}

export interface GroupDescription {
  readonly id: GroupId;
  readonly name: string;
  /** Why the app may not change members by hand, or `true`. */
  readonly writable: true | { readonly no: GroupUnwritable; readonly sentence: string };
  /** Carries administrator rights in the directory. */
  readonly privileged: boolean;
}

/** What a mapping is judged by; takes more calls than a description. */
export interface GroupInspection extends GroupDescription {
  /** What could not be looked at, one sentence each; a mapping shows them to the administrator. */
  readonly unseen: readonly string[];
}

export type GroupUnwritable =
  | 'rule-managed'
  | 'dynamic'
  | 'synced'
  | 'app-owned'
  | 'built-in'
  | 'mail-list'
  | 'privileged';

export interface Membership {
  readonly group: GroupId;
  readonly person: PersonId;
}

/** What the directory answered to a change. */
export interface Receipt {
  /**
   * What the answer itself proves. `accepted`: Okta answers the same for a new and an old member,
   * so nothing is known but that it holds now. Origin is never inferred from this; see the hold.
   */
  readonly outcome: 'changed' | 'already-so' | 'accepted' | 'person-gone' | 'group-gone';
  /** The directory's request id, so that its own log can be asked. */
  readonly requestId?: string;
  readonly status: number;
}

export interface Capabilities {
  /** The directory can end a membership by itself at a given time. */
  readonly nativeExpiry: boolean;
  /** A read right after an accepted write may not show it. */
  readonly readsLag: boolean;
}

export interface CheckLine {
  /** As it is called in that directory's own console. */
  readonly name: string;
  readonly ok: boolean;
  /** What failed and how to mend it, or what was found. */
  readonly sentence: string;
  readonly requestId?: string;
}

export interface Directory {
  readonly kind: DirectoryKind;
  readonly can: Capabilities;
  /** Everyone this exact address belongs to, active or not; more than one is the caller's problem. */
  findPeople(email: string): Promise<Result<readonly DirectoryPerson[], Failure>>;
  /** `null`: no such person (deleted, or never there). */
  person(id: PersonId): Promise<Result<DirectoryPerson | null, Failure>>;
  /** The person the directory names as manager, `null` when it names none or nobody it knows. */
  managerOf(id: PersonId): Promise<Result<DirectoryPerson | null, Failure>>;
  /** Ids of all groups the person is a direct member of. Fails with `person-not-found`. */
  groupsOf(id: PersonId): Promise<Result<readonly GroupId[], Failure>>;
  /** `null`: no such group. One call: what the grant path looks at right before a change. */
  describeGroup(id: GroupId): Promise<Result<GroupDescription | null, Failure>>;
  /** As `describeGroup`, plus what costs several calls: rules that fill it, administrator rights. For mapping, not for grants. */
  inspectGroup(id: GroupId): Promise<Result<GroupInspection | null, Failure>>;
  /** Direct membership, read from the directory. */
  isMember(m: Membership): Promise<Result<boolean, Failure>>;
  /** Fails with `group-not-found` or `person-not-found` when an end is missing. */
  ensureMember(m: Membership): Promise<Result<Receipt, Failure>>;
  /** Gone person or gone group is success: there is nothing left to remove. */
  ensureNotMember(m: Membership): Promise<Result<Receipt, Failure>>;
  selfTest(): Promise<readonly CheckLine[]>;
}

/** How a connection proves itself; stored in Forge's secret storage, one per connection. */
export type Credential =
  | {
      readonly kind: 'okta-key';
      readonly clientId: string;
      readonly privateKeyPem: string;
      readonly keyId: string;
    }
  | { readonly kind: 'okta-token'; readonly token: string }
  | { readonly kind: 'entra-secret'; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: 'entra-certificate';
      readonly clientId: string;
      readonly privateKeyPem: string;
      readonly certificatePem: string;
    }
  | {
      readonly kind: 'google-service-account';
      readonly clientEmail: string;
      readonly privateKeyPem: string;
      readonly keyId: string;
      /** Administrator to act as (domain-wide delegation); absent: a role assigned to the account itself. */
      readonly subject?: string;
    };

export interface ConnectionAddress {
  readonly id: string;
  readonly kind: DirectoryKind;
  /** Okta: the org's host. Entra: the tenant id. Google: the customer id (`C…` or `my_customer`). */
  readonly tenant: string;
}
