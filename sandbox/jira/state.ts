/** What changes on the site. Plain JSON, so that it can be saved and put back. */

/** A node of an Atlassian document. */
export interface AdfNode {
  type: string;
  version?: number;
  text?: string;
  attrs?: Record<string, unknown>;
  marks?: { type: string; attrs?: Record<string, unknown> }[];
  content?: AdfNode[];
}

export interface ChangeItem {
  field: string;
  fieldtype: 'jira' | 'custom';
  fieldId: string;
  from: string | null;
  fromString: string | null;
  to: string | null;
  toString: string | null;
}

export interface HistoryEntry {
  id: string;
  author: string;
  /** Virtual epoch milliseconds, as every time here. */
  at: number;
  items: ChangeItem[];
}

export interface CommentState {
  id: string;
  author: string;
  updateAuthor: string;
  body: AdfNode;
  public: boolean;
  at: number;
  updatedAt: number;
  properties: Record<string, unknown>;
}

export type Decision = 'approved' | 'declined' | 'pending';

export interface ApprovalState {
  id: string;
  statusId: string;
  name: string;
  openedAt: number;
  completedAt?: number;
  finalDecision: Decision;
  /** The issue left the status by another way: nobody can answer any more. */
  abandoned?: boolean;
  /** Who has answered, in order. */
  answers: { accountId: string; decision: 'approved' | 'declined'; at: number }[];
  /** The approvers as they stood when it ended; while it is open the list follows the field. */
  finalApprovers?: string[];
}

/** What the search index knew about an issue from a moment on. */
export interface IndexedIssue {
  visibleFrom: number;
  projectKey: string;
  key: string;
  statusId: string;
  issueTypeId: string;
  requestTypeId?: string;
  reporter: string;
  created: number;
  updated: number;
  properties: Record<string, unknown>;
}

export interface IssueState {
  id: string;
  key: string;
  previousKeys: string[];
  projectKey: string;
  issueTypeId: string;
  statusId: string;
  statusSince: number;
  summary: string;
  description: AdfNode | null;
  /** Account ids. */
  creator: string;
  reporter: string;
  assignee?: string;
  /** `2026-03-05`. */
  duedate?: string;
  /** A sub-task's parent. */
  parentId?: string;
  /** Ids of its sub-tasks, where it ever had one. */
  subtaskIds?: string[];
  resolution?: string;
  resolvedAt?: number;
  created: number;
  updated: number;
  requestTypeId?: string;
  participants: string[];
  /** By custom field id: account ids, group names or text. */
  values: Record<string, string | string[]>;
  properties: Record<string, unknown>;
  comments: CommentState[];
  history: HistoryEntry[];
  statuses: { statusId: string; at: number }[];
  approvals: ApprovalState[];
  /** Newest last. */
  indexed: IndexedIssue[];
}

export interface InstalledApp {
  appId: string;
  name: string;
  accountId: string;
  /** What the app's `jira:entityProperty` modules declare; only these can be searched. */
  searchable: SearchableProperty[];
  removed?: boolean;
}

export interface SearchableProperty {
  propertyKey: string;
  path: string;
  type: 'string' | 'text' | 'number' | 'date' | 'user';
  alias?: string;
}

/** Reads from its source as the type's outward words, from its destination as the inward ones. */
export interface IssueLink {
  id: string;
  typeId: string;
  sourceId: string;
  destinationId: string;
}

export interface Mail {
  at: number;
  issueId: string;
  issueKey: string;
  /** Account id of who asked for it. */
  from: string;
  subject: string;
  text: string;
  /** Account ids of those it reached. */
  to: string[];
  /** Asked for and left out without a word. */
  leftOut: { accountId: string; why: 'inactive' | 'cannot-see' }[];
}

export interface SiteState {
  nextId: number;
  lastNumber: Record<string, number>;
  deletedProjects: string[];
  issues: Record<string, IssueState>;
  apps: InstalledApp[];
  links: IssueLink[];
  mails: Mail[];
  /** Account ids that were taken away; the world says who is inactive from the start. */
  inactive: string[];
  /** Panel properties of requests that the portal has created but not yet stored. */
  onTheirWay: { issueId: string; key: string; value: unknown; at: number }[];
}

export function freshState(): SiteState {
  return {
    nextId: 10_000,
    lastNumber: {},
    deletedProjects: [],
    issues: {},
    apps: [],
    links: [],
    mails: [],
    inactive: [],
    onTheirWay: [],
  };
}
