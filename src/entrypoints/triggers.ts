/** Jira's issue events: parse, ask whether the project is bound or holds tickets, enqueue. Nothing else happens here. */
import { loadSettings } from '../catalog/settings';
import { forgeLog } from '../forge/log';
import { openQueues } from '../forge/queues';
import { forgeStore } from '../forge/store';
import { textOf } from '../jira/adf';
import { type IssueEvent, issueEventSchema } from './issue-event';
import { tryAgainAfter } from './retry';

/** A product event comes back at most four times, and this soon. */
const RETRY_SECONDS = 30;

export async function onIssue(payload: unknown): Promise<unknown> {
  const event = issueEventSchema.safeParse(payload);
  if (!event.success) {
    forgeLog.warn('event.unreadable', {
      problems: event.error.issues.slice(0, 3).map((i) => i.path.join('.')),
    });
    return undefined;
  }
  const { issue, comment, eventType } = event.data;
  const settings = (await loadSettings(forgeStore)).value;
  const projectId = issue.fields?.project?.id;
  const binding = settings.bindings.find(
    (b) => projectId === undefined || b.projectId === projectId,
  );
  const queues = openQueues({ log: forgeLog });
  const ticket = mayHaveClosed(event.data, settings.ticketProjects ?? [])
    ? await queues.push('revoke', [{ body: { kind: 'ticket', issueId: issue.id } }])
    : [];
  if (!binding) return ticket.length > 0 ? tryAgainAfter(RETRY_SECONDS, 'queue') : undefined;
  const statusId = issue.fields?.status?.id;
  const approved = settings.bindings.some((b) => b.statuses.approved === statusId);
  const isUpdate = eventType === 'avi:jira:updated:issue';
  const answer =
    comment?.author && eventType === 'avi:jira:commented:issue'
      ? { comment: { by: comment.author.accountId, text: textOf(comment.body).slice(0, 2000) } }
      : {};
  const deleted = eventType === 'avi:jira:deleted:issue' ? { deleted: true } : {};
  // The event's status is only a hint for the shorter way; the consumer reads the issue again.
  const untaken =
    isUpdate && approved
      ? await queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }])
      : await queues.push('intake', [
          { body: { kind: 'intake', issueId: issue.id, attempt: 0, ...deleted, ...answer } },
        ]);
  return untaken.length + ticket.length > 0 ? tryAgainAfter(RETRY_SECONDS, 'queue') : undefined;
}

/** Of a ticket project only what can close a ticket is looked at: whoever waits for it is in the ledger. */
function mayHaveClosed(
  { eventType, issue, changelog }: IssueEvent,
  ticketProjects: readonly string[],
): boolean {
  const projectId = issue.fields?.project?.id;
  if (projectId !== undefined && !ticketProjects.includes(projectId)) return false;
  if (ticketProjects.length === 0) return false;
  if (eventType === 'avi:jira:deleted:issue') return true;
  return (
    eventType === 'avi:jira:updated:issue' &&
    (changelog?.items.some(({ field }) => field === 'status' || field === 'resolution') ?? true)
  );
}
