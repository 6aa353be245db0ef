/** `/rest/api/3/search/jql` and the approximate count. */
import { z } from 'zod';
import { json } from '../../kit/routes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { runQuery } from '../jql/match';
import { parseJql } from '../jql/parse';
import { digest } from '../people';
import { worksHere } from '../permissions';
import { issueJson } from './issue-json';

const MOST_RECONCILED = 50;
const MOST_PROPERTIES = 5;
/** Only ids and keys come in pages this long; with other fields Jira gives fewer. */
const LONGEST_PAGE = 5000;
const LONGEST_FULL_PAGE = 100;

const searchSchema = z.looseObject({
  jql: z.string().default(''),
  fields: z.array(z.string()).default(['id']),
  properties: z.array(z.string()).default([]),
  maxResults: z.number().default(50),
  nextPageToken: z.string().nullish(),
  expand: z.string().default(''),
  reconcileIssues: z.array(z.number()).default([]),
});
type Search = z.infer<typeof searchSchema>;

export function searchRoutes(door: Door): void {
  door.platform('POST', '/rest/api/3/search/jql', (call) => search(call, call.body(searchSchema)));
  door.platform('GET', '/rest/api/3/search/jql', (call) => {
    const { query } = call.req;
    const list = (name: string) => query.getAll(name).flatMap((part) => part.split(','));
    return search(call, {
      jql: query.get('jql') ?? '',
      fields: query.has('fields') ? list('fields') : ['id'],
      properties: list('properties'),
      maxResults: Number(query.get('maxResults') ?? 50),
      nextPageToken: query.get('nextPageToken'),
      expand: query.get('expand') ?? '',
      reconcileIssues: list('reconcileIssues').map(Number),
    });
  });
  door.platform('POST', '/rest/api/3/search/approximate-count', (call) => {
    const { jql } = call.body(z.looseObject({ jql: z.string().default('') }));
    return json(200, { count: found(call, jql, []).length });
  });
}

function found(call: SiteCall, jql: string, reconcile: readonly string[]) {
  const { accountId } = call.actor();
  const issues = runQuery(call.site, parseJql(jql), { accountId, reconcile });
  // Customers may ask, and find nothing.
  return worksHere(call.caller) ? issues : [];
}

function search(call: SiteCall, input: Search) {
  if (input.reconcileIssues.length > MOST_RECONCILED) {
    throw new SiteError(400, `At most ${MOST_RECONCILED} issues can be reconciled.`);
  }
  if (input.properties.length > MOST_PROPERTIES) {
    throw new SiteError(400, `At most ${MOST_PROPERTIES} properties can be requested.`);
  }
  const start = startOf(input);
  const light = input.fields.every((field) => field === 'id' || field === 'key');
  const size = Math.min(Math.max(1, input.maxResults), light ? LONGEST_PAGE : LONGEST_FULL_PAGE);
  const all = found(call, input.jql, input.reconcileIssues.map(String));
  const page = all.slice(start, start + size);
  const isLast = start + size >= all.length;
  call.cost(page.length);
  return json(200, {
    issues: page.map((issue) => {
      const full = issueJson(call.site, call.caller, issue, {
        fields: input.fields,
        properties: input.properties,
        expand: input.expand.split(','),
      });
      if (!light) return full;
      // Nothing but the id is given unless more is asked for.
      return {
        id: full.id,
        ...(input.fields.includes('key') && { key: full.key, self: full.self }),
      };
    }),
    isLast,
    ...(!isLast && { nextPageToken: tokenFor(input.jql, start + size) }),
  });
}

/** A token is good for its own query only. */
const tokenFor = (jql: string, start: number): string =>
  Buffer.from(`${start}.${digest(jql).slice(0, 12)}`).toString('base64url');

function startOf({ jql, nextPageToken }: Search): number {
  if (!nextPageToken) return 0;
  const start = Number(Buffer.from(nextPageToken, 'base64url').toString('utf8').split('.')[0]);
  if (!(start >= 0) || tokenFor(jql, start) !== nextPageToken) {
    throw new SiteError(400, 'The provided next page token is invalid or expired.');
  }
  return start;
}
