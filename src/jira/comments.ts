/**
 * Comments of the app. Each carries a marker in a property of its own, written in the same request,
 * so that after a lost answer it can be found again instead of being posted twice.
 */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import { toAdf } from './adf';
import type { JiraClient } from './client';
import { platformPage, readAll } from './pages';
import type { Text } from './port';

/** Jira Service Management's own property; without it a comment goes to the customer. */
const INTERNAL = { key: 'sd.public.comment', value: { internal: true } };
/** Jira's limit for comments asked for by id. */
const MOST_IDS = 1000;

export async function postComment(
  client: JiraClient,
  issueId: string,
  comment: { text: Text; audience: 'public' | 'internal'; marker: string; property: string },
): Promise<Result<string, Failure>> {
  const marked = { key: comment.property, value: { marker: comment.marker } };
  const posted = await client.ask({
    method: 'POST',
    path: route`/rest/api/3/issue/${issueId}/comment`,
    body: {
      body: toAdf(comment.text),
      properties: comment.audience === 'internal' ? [INTERNAL, marked] : [marked],
    },
    answer: z.object({ id: z.string() }),
  });
  return posted.ok ? ok(posted.value.id) : posted;
}

const authoredComment = z.object({
  id: z.string(),
  author: z.nullish(z.object({ accountType: z.nullish(z.string()) })),
});
const property = z.object({ key: z.string(), value: z.unknown() });
const markedComment = z.object({ properties: z.nullish(z.array(property)) });
const markerValue = z.object({ marker: z.string() });

/**
 * Two requests, because the comments of an issue come without their properties. People may write a
 * property as well as we do, so only comments of apps are looked at.
 */
export async function readMarkers(
  client: JiraClient,
  issueId: string,
  propertyKey: string,
): Promise<Result<readonly string[], Failure>> {
  const comments = await readAll(
    client,
    (start) => route`/rest/api/3/issue/${issueId}/comment?startAt=${start}&maxResults=${100}`,
    platformPage('comments', authoredComment),
  );
  if (!comments.ok) return comments;
  const ids = comments.value
    .filter((c) => c.author?.accountType === 'app')
    .map((c) => Number(c.id));
  const markers: string[] = [];
  for (let at = 0; at < ids.length; at += MOST_IDS) {
    const some = await client.ask({
      method: 'POST',
      path: route`/rest/api/3/comment/list?expand=properties`,
      body: { ids: ids.slice(at, at + MOST_IDS) },
      reads: true,
      answer: z.object({ values: z.array(markedComment) }),
    });
    if (!some.ok) return some;
    markers.push(
      ...some.value.values.flatMap(({ properties }) => markersIn(properties, propertyKey)),
    );
  }
  return ok(markers);
}

function markersIn(properties: z.infer<typeof property>[] | null | undefined, key: string) {
  return (properties ?? []).flatMap((p) => {
    const marker = p.key === key ? markerValue.safeParse(p.value).data?.marker : undefined;
    return marker === undefined ? [] : [marker];
  });
}
