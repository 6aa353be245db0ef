/** Jira and Jira Service Management as the features see them. All calls are made as the app. */
import type { Instant } from '../shared/instant';
import type { Failure, Result } from '../shared/result';

export type AccountId = string;

export interface Issue {
  readonly id: string;
  readonly key: string;
  readonly projectId: string;
  readonly requestTypeId: string | undefined;
  readonly status: {
    readonly id: string;
    readonly name: string;
    readonly category: 'new' | 'indeterminate' | 'done';
  };
  readonly summary: string;
  /** As Jira holds it (ADF), `null` when empty. */
  readonly description: unknown;
  /** Line breaks kept, marks dropped. */
  readonly descriptionText: string;
  readonly creator: AccountId | undefined;
  readonly reporter: AccountId | undefined;
  readonly created: Instant;
  /** The create panel's property, `undefined` when there is none. */
  readonly panel: unknown;
  /** The app's own property as it stands. */
  readonly property: unknown;
  /** Values of the fields asked for, by field id. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Newest last; empty unless asked for. */
  readonly changes: readonly Change[];
  /** What the app itself may do now; empty unless asked for. */
  readonly transitions: readonly Transition[];
}
export interface Change {
  readonly id: string;
  readonly at: Instant;
  readonly by: AccountId | undefined;
  /** `request-type` for the request type, whose field has another id on every site. */
  readonly fieldId: string;
  readonly from: string | null;
  readonly to: string | null;
}
export interface Transition {
  readonly id: string;
  readonly name: string;
  readonly toStatusId: string;
}

export interface Approval {
  readonly id: string;
  readonly name: string;
  readonly finalDecision: 'approved' | 'declined' | 'pending';
  readonly created: Instant;
  readonly completed: Instant | undefined;
  readonly answers: readonly {
    readonly accountId: AccountId;
    readonly decision: 'approved' | 'declined' | 'pending';
  }[];
}

export interface Account {
  readonly accountId: AccountId;
  readonly type: 'atlassian' | 'customer' | 'app' | 'unknown';
  readonly active: boolean;
  readonly displayName: string;
}

/** Plain paragraphs and lists; the adapter makes Atlassian Document Format of it. */
export interface Text {
  readonly blocks: readonly Block[];
}
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string; readonly strong?: boolean }
  | { readonly kind: 'list'; readonly items: readonly string[] };

/** The app's part of a description: replaces everything from the heading on, keeps all before it. */
export interface OwnPart {
  /** As read from the issue (ADF). */
  readonly before: unknown;
  readonly heading: string;
  readonly text: Text;
}

export interface IssueWants {
  readonly fields?: readonly string[];
  readonly changes?: boolean;
  readonly transitions?: boolean;
}

export interface IssueMore {
  /** Makes it a sub-task of that issue. */
  readonly parentId?: string;
  readonly assignee?: AccountId;
  /** `2026-01-31` */
  readonly due?: string;
}

export interface NewRequest {
  readonly serviceDeskId: string;
  readonly requestTypeId: string;
  readonly onBehalfOf: AccountId;
  readonly summary: string;
  readonly description: string;
  /** Values by field id. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `not-found` stands for absent and for not allowed to see: Jira answers both alike. */
export interface Jira {
  issue(idOrKey: string, wants?: IssueWants): Promise<Result<Issue, Failure>>;
  approvals(issueId: string): Promise<Result<readonly Approval[], Failure>>;
  /** `marker` makes the comment findable again, so that a lost answer cannot post it twice. */
  comment(
    issueId: string,
    comment: { text: Text; audience: 'public' | 'internal'; marker: string },
  ): Promise<Result<string, Failure>>;
  /** Markers of the comments of ours that stand on the issue. */
  commentMarkers(issueId: string): Promise<Result<readonly string[], Failure>>;
  /**
   * One write. Of the description, what the people wrote stays as it is (see `OwnPart`). Answers the
   * description that was sent, `null` without one.
   */
  edit(
    issueId: string,
    edit: { description?: OwnPart; fields?: Readonly<Record<string, unknown>> },
  ): Promise<Result<{ readonly description: unknown }, Failure>>;
  /** The property travels in the same request. */
  transition(
    issueId: string,
    transitionId: string,
    property?: unknown,
  ): Promise<Result<void, Failure>>;
  setProperty(issueId: string, value: unknown): Promise<Result<void, Failure>>;
  /** A plain task of the project, without request type: customers do not see it. Answers its id. */
  createIssue(
    projectId: string,
    summary: string,
    lines: readonly string[],
    more?: IssueMore,
  ): Promise<Result<string, Failure>>;
  /** A request of that type as the app, on behalf of somebody: reporter is that person. */
  fileRequest(request: NewRequest): Promise<Result<{ id: string; key: string }, Failure>>;
  /** The create panel's property, which the portal writes for requests that people file. */
  setPanel(issueId: string, value: unknown): Promise<Result<void, Failure>>;
  /** "relates to"; linking twice is no error. */
  link(fromId: string, toId: string): Promise<Result<void, Failure>>;
  /** Jira's own mail to these people about the issue; who may not see the issue gets none. */
  notify(
    issueId: string,
    accountIds: readonly AccountId[],
    /** `groupIds`: everybody in these Jira groups besides. */
    message: { subject: string; lines: readonly string[]; groupIds?: readonly string[] },
  ): Promise<Result<void, Failure>>;
  /** Answers an approval as the person who calls; fails where the platform lets no app act as them. */
  answerApproval(
    issueId: string,
    approvalId: string,
    decision: 'approve' | 'decline',
  ): Promise<Result<void, Failure>>;
  /** Ids and names of the Jira groups the account is in. */
  groupsOf(accountId: AccountId): Promise<Result<readonly { id: string; name: string }[], Failure>>;
  addParticipants(
    issueId: string,
    accountIds: readonly AccountId[],
  ): Promise<Result<void, Failure>>;
  accounts(ids: readonly AccountId[]): Promise<Result<readonly Account[], Failure>>;
  /** `null` when Jira holds none for this account. */
  email(accountId: AccountId): Promise<Result<string | null, Failure>>;
  /** Accounts whose e-mail is exactly this one, active only. */
  accountsByEmail(email: string): Promise<Result<readonly Account[], Failure>>;
  /** Ids of so many issues, in the query's order. The index lags: a missing issue proves nothing. */
  search(jql: string, limit: number): Promise<Result<readonly string[], Failure>>;
  /** The same with summaries, a hundred issues a call and a thousand at most. People wrote them: to be counted, not kept. */
  summaries(
    jql: string,
    limit: number,
  ): Promise<Result<readonly { id: string; summary: string }[], Failure>>;
  fields(): Promise<
    Result<
      readonly { id: string; name: string; custom: string | undefined; description?: string }[],
      Failure
    >
  >;
  statuses(
    projectId: string,
  ): Promise<Result<readonly { id: string; name: string; category?: string }[], Failure>>;
  project(idOrKey: string): Promise<Result<{ id: string; key: string; name: string }, Failure>>;
  requestTypes(
    projectKey: string,
  ): Promise<Result<readonly { id: string; name: string; serviceDeskId: string }[], Failure>>;
  /** Global permission of the person whom the platform named as calling. */
  callerIsAdministrator(): Promise<Result<boolean, Failure>>;
}
