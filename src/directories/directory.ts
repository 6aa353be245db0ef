/**
 * The directory port: what Okta, Microsoft Entra ID and Google Workspace are to the product.
 * An adapter maps; it does not decide. No policy, no retry loop, no waiting, no logging of bodies.
 */
import type { Instant } from '../shared/instant';
import type { Failure, Result } from '../shared/result';

export type DirectoryKind = 'okta' | 'entra' | 'google';

/** Opaque ids of the directory itself, never e-mails or names. */
export type PersonId = string;
export type GroupId = string;

/** `pending`: made and never usable so far; `suspended` can come back as it was; `deactivated` left. */
export type PersonStatus = 'active' | 'pending' | 'suspended' | 'deactivated';

export interface DirectoryPerson {
  readonly id: PersonId;
  /** Primary e-mail, lower case. */
  readonly email: string;
  /** Every address and login that belongs to this person, lower case. */
  readonly addresses: readonly string[];
  readonly displayName: string;
  readonly status: PersonStatus;
  /** `status` is `active`: can sign in, if need be after a new password. */
  readonly active: boolean;
  readonly title?: string;
  readonly department?: string;
  /** Employee, contractor, … in the directory's own word: Okta `userType`, Entra `employeeType`, Google's organization type. */
  readonly employment?: string;
}

export interface GroupDescription {
  readonly id: GroupId;
  readonly name: string;
  /** Why the app may not change members by hand, or `true`. */
  readonly writable: true | { readonly no: GroupUnwritable; readonly sentence: string };
  /** Carries administrator rights in the directory; `unseen` of an inspection says if nobody could tell. */
  readonly privileged: boolean;
}

/** What a mapping is judged by; takes more calls than a description. */
export interface GroupInspection extends GroupDescription {
  /** Why it counts as privileged; present exactly when it does. */
  readonly privilegedBecause?: string;
  /** What could not be looked at, one sentence each; a mapping shows them to the administrator. */
  readonly unseen: readonly string[];
}

/** A group as a list of many tells it: what costs further calls per group is left out. */
export interface GroupListing extends GroupDescription {
  readonly description: string;
  /** The directory's own word for the kind, as its console shows it. */
  readonly kind: string;
  /** Direct members, where the list tells it without a further call. */
  readonly size?: number;
}

export type GroupUnwritable =
  | 'rule-managed'
  | 'dynamic'
  | 'synced'
  | 'app-owned'
  | 'built-in'
  | 'mail-list'
  | 'privileged';

/** One page. `cursor` asks for the next; it lives for minutes, inside one run of a job. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

export interface GroupChanges {
  readonly changed: readonly GroupListing[];
  /** Told to be deleted; see `Capabilities.tellsDeletedGroups`. */
  readonly deleted: readonly GroupId[];
  /** More of the same run. */
  readonly cursor?: string;
  /** With the last page: where the next run may begin. Opaque, may be kept for weeks. */
  readonly mark?: string;
  /** This run names every group, so one that it does not name no longer exists. */
  readonly whole: boolean;
}

export interface GroupMember {
  readonly id: string;
  /** Groups within groups and devices are members too, and nobody's access. */
  readonly kind: 'person' | 'group' | 'other';
  /** Where the list of members tells it; see `Capabilities.membersTellDepartment`. */
  readonly department?: string;
}

export interface DirectoryApp {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

/** When somebody was last seen, as one source tells it. Nothing known is never "inactive". */
export type Activity =
  | {
      readonly kind: 'seen';
      readonly at: Instant;
      /** As that directory calls it: "Okta System Log", "lastSuccessfulSignInDateTime". */
      readonly source: string;
      readonly readAt: Instant;
    }
  | {
      readonly kind: 'no-data';
      /** One sentence: never signed in, not kept that long, no permission, no licence. */
      readonly why: string;
      readonly source: string;
      readonly readAt: Instant;
    };

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
  /** The directory can end a membership by itself at a given time, and this connection has that switched on. */
  readonly nativeExpiry: boolean;
  /** A read right after an accepted write may not show it. */
  readonly readsLag: boolean;
  /** Applications are known, with the groups assigned to them. */
  readonly apps: boolean;
  /** `lastActivity` can be asked for one application. */
  readonly activityPerApp: boolean;
  /** `changedGroups` with a mark reads less than everything. */
  readonly incremental: boolean;
  /** An incremental run names deleted groups; otherwise only a whole one shows that they are gone. */
  readonly tellsDeletedGroups: boolean;
  readonly membersTellDepartment: boolean;
  /** Somebody who was deleted can be restored for some weeks, and then is in the same groups again. */
  readonly restoresDeleted: boolean;
}

export interface CheckLine {
  /** Stable within one kind of directory: `token`, `clock`, `read-people`, `change-members`. */
  readonly id: string;
  /** As it is called in that directory's own console. */
  readonly name: string;
  /** `refused`: it works, and the connection may not be used like this (far too powerful). */
  readonly state: 'passed' | 'failed' | 'warning' | 'refused' | 'not-tested';
  /** What was found, or what failed. */
  readonly sentence: string;
  /** How to mend it, as steps in that directory's console. */
  readonly mend?: string;
  /** The directory's own error, code and words. Administrators only: never on an issue, never logged. */
  readonly said?: string;
  readonly requestId?: string;
  /** Nothing to mend: the directory was busy or did not answer, so this says nothing about the credential. */
  readonly passing?: true;
}

/** What a self-test may change: it adds this person to this group and takes them out again. */
export interface TestMembership {
  readonly group: GroupId;
  readonly person: PersonId;
}

export interface Directory {
  readonly kind: DirectoryKind;
  readonly can: Capabilities;
  /** Everyone this exact address belongs to, active or not; more than one is the caller's problem. */
  findPeople(email: string): Promise<Result<readonly DirectoryPerson[], Failure>>;
  /** Whose attribute (`ConnectionAddress.accountAttribute`) holds this Atlassian account id; nobody without one. */
  findByAccount(accountId: string): Promise<Result<readonly DirectoryPerson[], Failure>>;
  /** `null`: no such person (deleted, or never there). */
  person(id: PersonId): Promise<Result<DirectoryPerson | null, Failure>>;
  /**
   * Many at once, at most 50, in as few calls as the directory allows. Who is missing in the answer is
   * not proven to be gone: ask for that person alone.
   */
  peopleById(ids: readonly PersonId[]): Promise<Result<readonly DirectoryPerson[], Failure>>;
  listPeople(cursor?: string): Promise<Result<Page<DirectoryPerson>, Failure>>;
  /** The person the directory names as manager, `null` when it names none or nobody it knows. */
  managerOf(id: PersonId): Promise<Result<DirectoryPerson | null, Failure>>;
  /** `app`: an id of `listApps`, only with `Capabilities.activityPerApp`. */
  lastActivity(id: PersonId, app?: string): Promise<Result<Activity, Failure>>;
  /** Ids of all groups the person is a direct member of. Fails with `person-not-found`. */
  groupsOf(id: PersonId): Promise<Result<readonly GroupId[], Failure>>;
  /** `null`: no such group. One call: what the grant path looks at right before a change. */
  describeGroup(id: GroupId): Promise<Result<GroupDescription | null, Failure>>;
  /** As `describeGroup`, plus what costs several calls: rules that fill it, administrator rights. For mapping, not for grants. */
  inspectGroup(id: GroupId): Promise<Result<GroupInspection | null, Failure>>;
  /** Groups whose name begins with this text, whatever its case; one page of at most 50. */
  searchGroups(text: string): Promise<Result<readonly GroupListing[], Failure>>;
  /** Without a mark every group; a mark that the directory no longer takes fails with `mark-expired`. */
  changedGroups(ask: { mark?: string; cursor?: string }): Promise<Result<GroupChanges, Failure>>;
  /** Direct members. Fails with `group-not-found`. */
  membersOf(group: GroupId, cursor?: string): Promise<Result<Page<GroupMember>, Failure>>;
  listApps(cursor?: string): Promise<Result<Page<DirectoryApp>, Failure>>;
  groupsOfApp(app: string, cursor?: string): Promise<Result<Page<GroupId>, Failure>>;
  /** Direct membership, read from the directory. */
  isMember(m: Membership): Promise<Result<boolean, Failure>>;
  /**
   * Fails with `group-not-found` or `person-not-found` when an end is missing. `until`: the directory
   * itself ends a membership that this call makes; only with `Capabilities.nativeExpiry`.
   */
  ensureMember(m: Membership, until?: Instant): Promise<Result<Receipt, Failure>>;
  /** Moves the directory's own end of a membership that `ensureMember` made with one; `null`: no end. */
  moveNativeEnd(m: Membership, until: Instant | null): Promise<Result<Receipt, Failure>>;
  /** Gone person or gone group is success: there is nothing left to remove. */
  ensureNotMember(m: Membership): Promise<Result<Receipt, Failure>>;
  /** Signs the person out of the directory; sessions inside applications go on until they end there. */
  endSessions(id: PersonId): Promise<Result<Receipt, Failure>>;
  /** Without a test membership nothing is changed, and the line about changing says so. */
  selfTest(test?: TestMembership): Promise<readonly CheckLine[]>;
}

/**
 * Entra only has a second: an app registration of its own for what reaches beyond memberships, so
 * that the first one can never delete or disable anybody.
 */
export interface Credentials {
  readonly membership: Credential;
  readonly lifecycle?: Credential;
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
  /** Name of the person attribute that holds the Atlassian account id, as the directory calls it. */
  readonly accountAttribute?: string;
  /** An administrator switched the directory's own expiry on. */
  readonly nativeExpiry?: boolean;
}

/** What an answer told about one family of calls, as the directory counts them. */
export interface Headroom {
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

export type Spent = Readonly<Record<string, Headroom>>;

export interface SpentKeeping {
  /** What other invocations learned; an empty record where that cannot be read. */
  load(): Promise<Spent>;
  /** Never throws. */
  save(spent: Spent): Promise<void>;
}

/** Made by the app, so that the private half never passes through a clipboard. */
export interface KeyPair {
  readonly keyId: string;
  readonly privateKeyPem: string;
  /** As Okta's "Add key" takes it. */
  readonly publicJwk: Readonly<Record<string, string>>;
}

export interface CertificatePair {
  /** SHA-256 of the certificate, hexadecimal: what Entra lists it by. */
  readonly thumbprint: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** Epoch milliseconds. */
  readonly endsAtMs: number;
}

export interface KeyMaking {
  keyPair(): Promise<KeyPair>;
  certificate(nowMs: number): Promise<CertificatePair>;
}
