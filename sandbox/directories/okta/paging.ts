/** Okta's pages: `limit`, an opaque `after`, and a `Link` header that names the next one. */
import { json, type Reply, type Req } from '../../kit/routes';
import { invalid } from './errors';

export function page<T extends { id: string }>(
  host: string,
  req: Req,
  rows: T[],
  size: { standard: number; most: number },
  show: (row: T) => unknown,
): Reply {
  const limit = limitOf(req, size);
  const sorted = rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const after = readCursor(req.query.get('after'));
  const start = after === undefined ? 0 : sorted.findIndex((row) => row.id > after);
  const shown = start === -1 ? [] : sorted.slice(start, start + limit);
  const last = shown.at(-1);
  const links = [`<${url(host, req)}>; rel="self"`];
  if (last && start + limit < sorted.length) {
    links.push(`<${url(host, req, writeCursor(last.id), limit)}>; rel="next"`);
  }
  return json(200, shown.map(show), { link: links.join(', ') });
}

function limitOf(req: Req, size: { standard: number; most: number }): number {
  const asked = req.query.get('limit');
  if (asked === null) return size.standard;
  const limit = Number(asked);
  if (!Number.isInteger(limit) || limit < 1)
    throw invalid('limit', 'limit: must be a positive number');
  return Math.min(limit, size.most);
}

function url(host: string, req: Req, after?: string, limit?: number): string {
  const query = new URLSearchParams(req.query);
  if (after !== undefined) query.set('after', after);
  if (limit !== undefined) query.set('limit', String(limit));
  const text = query.toString();
  return `https://${host}${req.rawPath}${text ? `?${text}` : ''}`;
}

const writeCursor = (id: string) => Buffer.from(`c1:${id}`).toString('base64url');

function readCursor(after: string | null): string | undefined {
  if (after === null) return undefined;
  const [version, id] = Buffer.from(after, 'base64url').toString('utf8').split(':');
  if (version !== 'c1' || !id) throw invalid('after', 'after: the cursor is not valid');
  return id;
}
