/** Search finds candidates: its index lags behind, so a missing issue proves nothing. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import type { JiraClient } from './client';

/** What Jira gives is given in so many pages at most; a token that repeats ends there too. */
const MOST_PAGES = 10;

const pageOf = <T>(issue: z.ZodMiniType<T>) =>
  z.object({ issues: z.array(issue), nextPageToken: z.nullish(z.string()) });
const bare = pageOf(z.object({ id: z.string() }));
const named = pageOf(
  z.object({ id: z.string(), fields: z.object({ summary: z.nullish(z.string()) }) }),
);

interface Ask<T> {
  readonly jql: string;
  readonly limit: number;
  readonly fields: readonly string[];
  readonly page: z.ZodMiniType<{ issues: T[]; nextPageToken?: string | null | undefined }>;
}

export async function searchIssues(
  client: JiraClient,
  jql: string,
  limit: number,
): Promise<Result<readonly string[], Failure>> {
  const found = await readPages(client, { jql, limit, fields: ['id'], page: bare });
  return found.ok ? ok([...new Set(found.value.map(({ id }) => id))].slice(0, limit)) : found;
}

/** Jira gives at most a hundred a page when more than ids are asked for. */
export async function searchSummaries(
  client: JiraClient,
  jql: string,
  limit: number,
): Promise<Result<readonly { id: string; summary: string }[], Failure>> {
  const found = await readPages(client, { jql, limit, fields: ['summary'], page: named });
  if (!found.ok) return found;
  const byId = new Map(found.value.map(({ id, fields }) => [id, fields.summary ?? '']));
  return ok([...byId].slice(0, limit).map(([id, summary]) => ({ id, summary })));
}

/** Jira gives fewer than it is asked for as it likes, so the pages are followed up to the limit. */
async function readPages<T>(
  client: JiraClient,
  { jql, limit, fields, page: answer }: Ask<T>,
): Promise<Result<readonly T[], Failure>> {
  const found: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await client.ask({
      method: 'POST',
      path: route`/rest/api/3/search/jql`,
      body: {
        jql,
        fields,
        maxResults: limit - found.length,
        ...(token !== undefined && { nextPageToken: token }),
      },
      reads: true,
      answer,
    });
    if (!read.ok) return read;
    found.push(...read.value.issues);
    token = read.value.nextPageToken ?? undefined;
    if (token === undefined || found.length >= limit) break;
  }
  return ok(found);
}
