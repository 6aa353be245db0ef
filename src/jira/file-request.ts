/** Requests that the app makes for people, links between issues, and Jira's own mails. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import { visible } from './adf';
import type { JiraClient } from './client';
import type { IssueKeys } from './issues';
import type { AccountId, NewRequest } from './port';

const LONGEST_SUMMARY = 255;

export async function fileRequest(
  client: JiraClient,
  request: NewRequest,
): Promise<Result<{ id: string; key: string }, Failure>> {
  const made = await client.ask({
    method: 'POST',
    path: route`/rest/servicedeskapi/request`,
    body: {
      serviceDeskId: request.serviceDeskId,
      requestTypeId: request.requestTypeId,
      raiseOnBehalfOf: request.onBehalfOf,
      requestFieldValues: {
        summary: visible(request.summary).replaceAll('\n', ' ').slice(0, LONGEST_SUMMARY),
        description: request.description,
        ...request.fields,
      },
    },
    answer: z.object({ issueId: z.string(), issueKey: z.string() }),
  });
  return made.ok ? ok({ id: made.value.issueId, key: made.value.issueKey }) : made;
}

export function setPanel(
  client: JiraClient,
  { panelKey }: IssueKeys,
  issueId: string,
  value: unknown,
): Promise<Result<void, Failure>> {
  return client.change({
    method: 'PUT',
    path: route`/rest/api/3/issue/${issueId}/properties/${panelKey}`,
    body: value,
  });
}

export function linkIssues(
  client: JiraClient,
  fromId: string,
  toId: string,
): Promise<Result<void, Failure>> {
  return client.change({
    method: 'POST',
    path: route`/rest/api/3/issueLink`,
    body: { type: { name: 'Relates' }, inwardIssue: { id: fromId }, outwardIssue: { id: toId } },
  });
}

export function notifyPeople(
  client: JiraClient,
  issueId: string,
  accountIds: readonly AccountId[],
  {
    subject,
    lines,
    groupIds = [],
  }: {
    readonly subject: string;
    readonly lines: readonly string[];
    readonly groupIds?: readonly string[];
  },
): Promise<Result<void, Failure>> {
  return client.change({
    method: 'POST',
    path: route`/rest/api/3/issue/${issueId}/notify`,
    body: {
      subject: visible(subject).slice(0, LONGEST_SUMMARY),
      textBody: lines.map(visible).join('\n\n'),
      to: {
        users: accountIds.map((accountId) => ({ accountId })),
        ...(groupIds.length > 0 && { groupIds: [...groupIds] }),
      },
    },
  });
}
