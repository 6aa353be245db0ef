/** Jira's issue events: parse, ask whether the project is bound or holds tickets, enqueue. Nothing else happens here. */
import { settingsFrom } from '../catalog/settings';
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
  // One read of the store, whoever edits whatever.
  const [settingsRow, waitsForIt] = await forgeStore.getMany([
    { entity: 'config', key: 'settings:site' },
    { entity: 'config', key: `until:${issue.id}` },
  ]);
  const settings = settingsFrom(settingsRow);
  const projectId = issue.fields?.project?.id;
  const binding = settings.bindings.find(
    (b) => projectId === undefined || b.projectId === projectId,
  );
  const queues = openQueues({ log: forgeLog });
  const deleted = eventType === 'avi:jira:deleted:issue' ? { deleted: true } : {};
  const ticket =
    waitsForIt && mayHaveClosed(event.data, settings.ticketProjects ?? [])
      ? await queues.push('revoke', [{ body: { kind: 'ticket', issueId: issue.id, ...deleted } }])
      : [];
  if (!binding) return ticket.length > 0 ? tryAgainAfter(RETRY_SECONDS, 'queue') : undefined;
  const statusId = issue.fields?.status?.id;
  const approved = settings.bindings.some((b) => b.statuses.approved === statusId);
  const isUpdate = eventType === 'avi:jira:updated:issue';
  const answer =
    comment?.author && eventType === 'avi:jira:commented:issue'
      ? { comment: { by: comment.author.accountId, text: textOf(comment.body).slice(0, 2000) } }
      : {};
  // The event's status is only a hint for the shorter way; the consumer reads the issue again.
  const untaken =
    isUpdate && approved
      ? await queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }])
      : await queues.push('intake', [
          { body: { kind: 'intake', issueId: issue.id, attempt: 0, ...deleted, ...answer } },
        ]);
  return untaken.length + ticket.length > 0 ? tryAgainAfter(RETRY_SECONDS, 'queue') : undefined;
}

/**
 * Of a ticket project only what can close a ticket is passed on, and only when access waits for it: whoever
 * closes two thousand at once must not stand before the revocations. What is missed here the hour finds.
 */
function mayHaveClosed(
  { eventType, issue, changelog }: IssueEvent,
  ticketProjects: readonly string[],
): boolean {
  const projectId = issue.fields?.project?.id;
  if (projectId !== undefined && !ticketProjects.includes(projectId)) return false;
  if (ticketProjects.length === 0) return false;
  if (eventType === 'avi:jira:deleted:issue') return true;
  const category = issue.fields?.status?.statusCategory?.key;
  if (category !== undefined && category !== 'done') return false;
  return (
    eventType === 'avi:jira:updated:issue' &&
    (changelog?.items.some(({ field }) => field === 'status' || field === 'resolution') ?? true)
  );
}
