/** Status moves. The status itself is never written; Jira's workflow decides where one leads. */
import { route } from '@forge/api';
import { type Failure, no, type Result } from '../shared/result';
import type { JiraClient } from './client';
import { type IssueKeys, propertyFailure } from './issues';

/** No comment and no field travels along: without a screen on the transition Jira refuses or drops them. */
export async function moveIssue(
  client: JiraClient,
  { ownPropertyKey }: IssueKeys,
  issueId: string,
  { transitionId, property }: { transitionId: string; property: unknown },
): Promise<Result<void, Failure>> {
  const refused = property === undefined ? undefined : propertyFailure(property);
  if (refused) return no(refused);
  return client.change({
    method: 'POST',
    path: route`/rest/api/3/issue/${issueId}/transitions`,
    body: {
      transition: { id: transitionId },
      ...(property !== undefined && { properties: [{ key: ownPropertyKey, value: property }] }),
    },
  });
}
