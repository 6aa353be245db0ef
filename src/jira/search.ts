/** Search finds candidates: its index lags behind, so a missing issue proves nothing. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import type { JiraClient } from './client';

/** What Jira gives is given in so many pages at most; a token that repeats ends there too. */
const MOST_PAGES = 10;

const pageSchema = z.object({
  issues: z.array(z.object({ id: z.string() })),
  nextPageToken: z.nullish(z.string()),
});

/** Jira gives fewer than it is asked for as it likes, so the pages are followed up to the limit. */
export async function searchIssues(
  client: JiraClient,
  jql: string,
  limit: number,
): Promise<Result<readonly string[], Failure>> {
  const found: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await client.ask({
      method: 'POST',
      path: route`/rest/api/3/search/jql`,
      body: {
        jql,
        fields: ['id'],
        maxResults: limit - found.length,
        ...(token !== undefined && { nextPageToken: token }),
      },
      reads: true,
      answer: pageSchema,
    });
    if (!read.ok) return read;
    found.push(...read.value.issues.map(({ id }) => id));
    token = read.value.nextPageToken ?? undefined;
    if (token === undefined || found.length >= limit) break;
  }
  return ok([...new Set(found)].slice(0, limit));
}
