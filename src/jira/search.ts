/** Search finds candidates: its index lags behind, so a missing issue proves nothing. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import type { JiraClient } from './client';

export async function searchIssues(
  client: JiraClient,
  jql: string,
  limit: number,
): Promise<Result<readonly string[], Failure>> {
  const page = await client.ask({
    method: 'POST',
    path: route`/rest/api/3/search/jql`,
    body: { jql, fields: ['id'], maxResults: limit },
    reads: true,
    answer: z.object({ issues: z.array(z.object({ id: z.string() })) }),
  });
  return page.ok ? ok(page.value.issues.map(({ id }) => id)) : page;
}
