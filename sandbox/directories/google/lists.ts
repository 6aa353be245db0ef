/**
 * Pages of the Directory API: `maxResults`, `pageToken`, an etag, and no list at all when it is empty.
 * That `If-None-Match` is honoured for lists is unverified.
 */
import { createHash } from 'node:crypto';
import { json, type Reply, type Req } from '../../kit/routes';
import { invalid } from './errors';
import type { Workspace } from './workspace';

export function page<T extends { id: string }>(
  req: Req,
  name: 'users' | 'groups' | 'members',
  rows: readonly T[],
  size: { standard: number; most: number; orderBy?: (row: T) => string },
  show: (row: T) => unknown,
): Reply {
  const key = (req.query.get('orderBy') === 'email' && size.orderBy) || ((row: T) => row.id);
  const asked = req.query.get('maxResults');
  const limit = Math.min(asked === null ? size.standard : Number(asked), size.most);
  if (!Number.isInteger(limit) || limit < 1) throw invalid('Invalid Input: maxResults');
  const sorted = [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const after = readToken(req.query.get('pageToken'));
  const start = after === undefined ? 0 : sorted.findIndex((row) => key(row) > after);
  const shown = start === -1 ? [] : sorted.slice(start, start + limit);
  const last = shown.at(-1);
  const more = last && start + limit < sorted.length;
  const body = {
    kind: `admin#directory#${name}`,
    ...(shown.length > 0 && { [name]: shown.map(show) }),
    ...(more && { nextPageToken: Buffer.from(`next:${key(last)}`).toString('base64url') }),
  };
  const etag = `"${createHash('sha1').update(JSON.stringify(body)).digest('base64url')}"`;
  if (req.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return json(200, { ...body, etag });
}

function readToken(token: string | null): string | undefined {
  if (token === null) return undefined;
  const [mark, id] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  if (mark !== 'next' || !id) throw invalid('Invalid Input: pageToken');
  return id;
}

/** Lists of people and groups must say whose: the customer's or one domain's. */
export function mustNameCustomer(workspace: Workspace, req: Req): void {
  const customer = req.query.get('customer');
  const ours = customer === 'my_customer' || customer === workspace.customerId;
  if (ours || req.query.get('domain') === workspace.domain) return;
  throw invalid('Invalid Input: Bad request for customer');
}

/** `email:ada*`, `name='Ada'`, `Schema.field='x'`: field, whether the text is only the beginning, the text. */
export function parseQuery(query: string) {
  const [, field, text = ''] = /^([\w.]+)\s*[:=]\s*(.+)$/.exec(query.trim()) ?? [];
  if (!field) throw invalid('Invalid Input: query');
  const bare = text
    .replace(/^(['"])(.*)\1$/, '$2')
    .replace(/\\(['\\])/g, '$1')
    .toLowerCase();
  const prefix = bare.endsWith('*');
  const wanted = prefix ? bare.slice(0, -1) : bare;
  const fits = (value: string) => {
    const found = value.toLowerCase();
    return prefix ? found.startsWith(wanted) : found === wanted;
  };
  return { field, fits };
}
