/**
 * A service project in memory: one workflow, its issues, comments, approvals and accounts. What it
 * does not need to know it does not know; the whole site is in the sandbox.
 */
import type {
  Account,
  Approval,
  Change,
  Issue,
  IssueMore,
  IssueWants,
  Jira,
  NewRequest,
  OwnPart,
  Text,
} from '../../src/jira/port';
import type { Instant } from '../../src/shared/instant';
import { type Failure, no, ok, type Result } from '../../src/shared/result';

export interface MemoryIssue {
  id: string;
  key: string;
  projectId: string;
  requestTypeId: string | undefined;
  statusId: string;
  summary: string;
  /** What people wrote. */
  words: string;
  /** The app's own part. */
  own: string;
  creator: string;
  reporter: string;
  created: Instant;
  panel: unknown;
  property: unknown;
  fields: Record<string, unknown>;
  changes: Change[];
  approvals: Approval[];
  participants: string[];
}
export interface Posted {
  readonly issueId: string;
  readonly audience: 'public' | 'internal';
  readonly marker: string;
  readonly text: string;
}
/** `lost`: done, and nobody heard of it. */
export type JiraTrouble = 'lost' | Failure | undefined;

const MISSING: Failure = {
  class: 'permanent',
  code: 'not-found',
  detail: 'Jira has no such issue.',
};
const NO_ANSWER: Failure = {
  class: 'retryable',
  code: 'timeout',
  detail: 'Jira did not answer in time.',
  outcomeUnknown: true,
};
const LONGEST_TEXT = 32_767;

export class MemoryJira implements Jira {
  readonly issues = new Map<string, MemoryIssue>();
  readonly people = new Map<string, Account & { email: string | null }>();
  readonly posted: Posted[] = [];
  /** From which status the app may move an issue where. */
  readonly workflow = new Map<string, readonly string[]>();
  administrator = true;
  /** As whom the app acts when it acts as the person who calls. */
  caller = 'approver';
  readonly links: [string, string][] = [];
  readonly mails: { issueId: string; to: string[]; text: string }[] = [];
  readonly groups = new Map<string, readonly { id: string; name: string }[]>();
  /** An id is never given twice, also when its issue was deleted. */
  #last = 0;
  trouble: (call: keyof Jira, id: string) => JiraTrouble = () => undefined;

  async issue(id: string, wants: IssueWants = {}): Promise<Result<Issue, Failure>> {
    return this.#on('issue', id, (issue) => ok(this.#shown(issue, wants)));
  }

  async approvals(id: string) {
    return this.#on('approvals', id, (issue) => ok([...issue.approvals]));
  }

  async comment(
    id: string,
    { text, audience, marker }: { text: Text; audience: 'public' | 'internal'; marker: string },
  ) {
    return this.#on('comment', id, () => {
      this.posted.push({ issueId: id, audience, marker, text: plain(text) });
      return ok(String(this.posted.length));
    });
  }

  async commentMarkers(id: string) {
    return this.#on('commentMarkers', id, () =>
      ok(this.posted.filter((p) => p.issueId === id).map((p) => p.marker)),
    );
  }

  async edit(
    id: string,
    { description, fields }: { description?: OwnPart; fields?: Readonly<Record<string, unknown>> },
  ): Promise<Result<{ readonly description: unknown }, Failure>> {
    return this.#on('edit', id, (issue) => {
      const own = description ? `${description.heading}\n${plain(description.text)}` : issue.own;
      if (issue.words.length + own.length > LONGEST_TEXT)
        return no({ class: 'permanent', code: 'too-large', detail: 'The text is too long.' });
      issue.own = own;
      Object.assign(issue.fields, fields);
      return ok({ description: shownText(issue) });
    });
  }

  async transition(id: string, transitionId: string, property?: unknown) {
    return this.#on('transition', id, (issue) => {
      if (!this.workflow.get(issue.statusId)?.includes(transitionId))
        return no({ class: 'permanent', code: 'invalid', detail: 'No such transition.' } as const);
      issue.statusId = transitionId;
      issue.property = property ?? issue.property;
      return ok(undefined);
    });
  }

  async setProperty(id: string, value: unknown) {
    return this.#on('setProperty', id, (issue) => {
      issue.property = value;
      return ok(undefined);
    });
  }

  async createIssue(
    projectId: string,
    summary: string,
    lines: readonly string[],
    { parentId, assignee }: IssueMore = {},
  ): Promise<Result<string, Failure>> {
    const trouble = this.trouble('createIssue', parentId ?? projectId);
    if (typeof trouble === 'object') return no(trouble);
    const issue = this.add({
      projectId,
      summary,
      requestTypeId: undefined,
      words: lines.join('\n'),
    });
    const parent = parentId === undefined ? undefined : this.issues.get(parentId);
    if (parent)
      parent.fields['subtasks'] = [
        ...((parent.fields['subtasks'] as unknown[]) ?? []),
        { id: issue.id, fields: { summary } },
      ];
    if (assignee !== undefined) issue.fields['assignee'] = assignee;
    return trouble === 'lost' ? no(NO_ANSWER) : ok(issue.id);
  }

  async fileRequest(request: NewRequest) {
    return this.#ask('fileRequest', request.onBehalfOf, () => {
      const { id, key } = this.add({
        requestTypeId: request.requestTypeId,
        summary: request.summary,
        words: request.description,
        creator: 'the-app',
        reporter: request.onBehalfOf,
        fields: { ...request.fields },
      });
      return { id, key };
    });
  }

  async setPanel(id: string, value: unknown) {
    return this.#on('setPanel', id, (issue) => {
      issue.panel = value;
      return ok(undefined);
    });
  }

  async link(fromId: string, toId: string) {
    return this.#on('link', fromId, () => {
      this.links.push([fromId, toId]);
      return ok(undefined);
    });
  }

  async notify(
    id: string,
    accountIds: readonly string[],
    {
      subject,
      lines,
      groupIds = [],
    }: { subject: string; lines: readonly string[]; groupIds?: readonly string[] },
  ) {
    return this.#on('notify', id, () => {
      const inside = [...this.groups].flatMap(([accountId, groups]) =>
        groups.some((group) => groupIds.includes(group.id)) ? [accountId] : [],
      );
      const to = [...new Set([...accountIds, ...inside])];
      this.mails.push({ issueId: id, to, text: [subject, ...lines].join('\n') });
      return ok(undefined);
    });
  }

  /** Who calls is `caller`; Jira takes the answer of an approver and of nobody else. */
  async answerApproval(id: string, approvalId: string, decision: 'approve' | 'decline') {
    return this.#on('answerApproval', id, (issue) => {
      const mine = issue.approvals
        .find((a) => a.id === approvalId)
        ?.answers.find((a) => a.accountId === this.caller);
      if (!mine)
        return no({ class: 'needs-human', code: 'forbidden', detail: 'Not an approver.' } as const);
      Object.assign(mine, { decision: decision === 'approve' ? 'approved' : 'declined' });
      return ok(undefined);
    });
  }

  async groupsOf(accountId: string) {
    return this.#ask('groupsOf', accountId, () => this.groups.get(accountId) ?? []);
  }

  async addParticipants(id: string, accountIds: readonly string[]) {
    return this.#on('addParticipants', id, (issue) => {
      issue.participants.push(...accountIds);
      return ok(undefined);
    });
  }

  async accounts(ids: readonly string[]) {
    return this.#ask('accounts', ids.join(), () =>
      ids.map(
        (accountId): Account =>
          this.people.get(accountId) ?? {
            accountId,
            type: 'unknown',
            active: false,
            displayName: '',
          },
      ),
    );
  }

  async email(accountId: string) {
    return this.#ask('email', accountId, () => this.people.get(accountId)?.email ?? null);
  }

  async accountsByEmail(email: string) {
    return this.#ask('accountsByEmail', email, () =>
      [...this.people.values()].filter((p) => p.active && p.email === email),
    );
  }

  async search(jql: string, limit: number) {
    const ids = /^id in \(([\d, ]+)\) AND statusCategory != Done$/.exec(jql)?.[1]?.split(', ');
    if (!ids)
      return this.#ask('search', jql, () => [...this.issues.keys()].reverse().slice(0, limit));
    // As Jira does: a query that names an issue which is gone finds nothing at all.
    if (ids.some((id) => !this.issues.has(id)))
      return no<Failure>({ class: 'permanent', code: 'invalid', detail: 'No such issue.' });
    return this.#ask('search', jql, () =>
      ids.filter((id) => categoryOf(this.issues.get(id)?.statusId ?? '') !== 'done'),
    );
  }

  async summaries(jql: string, limit: number) {
    return this.#ask('summaries', jql, () =>
      [...this.issues.values()].slice(-limit).map(({ id, summary }) => ({ id, summary })),
    );
  }

  async fields() {
    return this.#ask('fields', '', () => []);
  }

  async statuses(projectId: string) {
    return this.#ask('statuses', projectId, () => []);
  }

  async project(idOrKey: string) {
    return this.#ask('project', idOrKey, () => ({ id: '10000', key: 'IT', name: 'IT' }));
  }

  async requestTypes(projectKey: string) {
    return this.#ask('requestTypes', projectKey, () => [
      { id: '11', name: 'Access', serviceDeskId: '1' },
    ]);
  }

  async callerIsAdministrator() {
    return this.#ask('callerIsAdministrator', '', () => this.administrator);
  }

  add(over: Partial<MemoryIssue> = {}): MemoryIssue {
    const number = ++this.#last;
    const issue: MemoryIssue = {
      id: String(500 + number),
      key: `IT-${number}`,
      projectId: '10000',
      requestTypeId: '11',
      statusId: '1',
      summary: 'Access to Figma',
      words: 'Drawing the new logo',
      own: '',
      creator: 'requester',
      reporter: 'requester',
      created: '2026-03-02T09:00:00.000Z' as Instant,
      panel: undefined,
      property: undefined,
      fields: {},
      changes: [],
      approvals: [],
      participants: [],
      ...over,
    };
    this.issues.set(issue.id, issue);
    return issue;
  }

  person(accountId: string, over: Partial<Account & { email: string | null }> = {}): void {
    this.people.set(accountId, {
      accountId,
      type: 'atlassian',
      active: true,
      displayName: `Name of ${accountId}`,
      email: `${accountId}@latchkey-demo.example`,
      ...over,
    });
  }

  #shown(issue: MemoryIssue, wants: IssueWants): Issue {
    const {
      statusId,
      words,
      own,
      fields,
      changes,
      approvals: _,
      participants: __,
      ...rest
    } = issue;
    const text = shownText(issue);
    return {
      ...rest,
      description: text,
      descriptionText: text,
      status: { id: statusId, name: `Status ${statusId}`, category: categoryOf(statusId) },
      fields: Object.fromEntries((wants.fields ?? []).map((id) => [id, fields[id] ?? null])),
      changes: wants.changes ? [...changes] : [],
      transitions: wants.transitions
        ? (this.workflow.get(statusId) ?? []).map((to) => ({ id: to, name: to, toStatusId: to }))
        : [],
    };
  }

  #on<T>(
    call: keyof Jira,
    id: string,
    act: (issue: MemoryIssue) => Result<T, Failure>,
  ): Result<T, Failure> {
    const trouble = this.trouble(call, id);
    if (typeof trouble === 'object') return no(trouble);
    const issue = this.issues.get(id);
    if (!issue) return no(MISSING);
    const done = act(issue);
    return trouble === 'lost' ? no(NO_ANSWER) : done;
  }

  #ask<T>(call: keyof Jira, about: string, value: () => T): Result<T, Failure> {
    const trouble = this.trouble(call, about);
    if (trouble !== undefined) return no(typeof trouble === 'object' ? trouble : NO_ANSWER);
    return ok(value());
  }
}

const shownText = ({ words, own }: MemoryIssue) => (own === '' ? words : `${words}\n${own}`);
const categoryOf = (statusId: string) =>
  statusId === '1' ? 'new' : ['4', '5', '6'].includes(statusId) ? 'done' : 'indeterminate';

const plain = (text: Text): string =>
  text.blocks
    .map((b) => (b.kind === 'list' ? b.items.map((i) => `* ${i}`).join('\n') : b.text))
    .join('\n');
