/** Lists of Graph: options, filters, pages with absolute links on the production host. */
import { json, type Reply, type Req } from '../../kit/routes';
import { badQuery, GraphError, needsEventual } from './errors';
import { fields, parseFilter, passes } from './odata';
import type { Row } from './shapes';
import { GRAPH_HOST } from './tenant';

export const METADATA = `https://${GRAPH_HOST}/v1.0/$metadata#`;
const MOST = 999;
const STANDARD = 100;

/** Refuses loudly any option that is not modelled here. */
export function onlyOptions(req: Req, ...known: string[]): void {
  for (const name of req.query.keys()) {
    if (name.startsWith('$') && !known.includes(name)) {
      throw new GraphError(501, 'NotModelled', `sandbox: entra: ${name} is not modelled here`);
    }
  }
}

export const isEventual = (req: Req) =>
  req.headers['consistencylevel']?.toLowerCase() === 'eventual';

export function filtered<T extends Row>(
  req: Req,
  rows: T[],
  advanced: readonly string[] = [],
): T[] {
  if (req.query.has('$search') && !isEventual(req)) throw needsEventual('$search');
  if (req.query.has('$count') && !isEventual(req)) throw needsEventual('$count');
  const text = req.query.get('$filter');
  let kept = rows;
  if (text !== null) {
    const filter = parseFilter(text);
    const used = fields(filter);
    const unknown = used.find((name) => rows[0] && !(top(name) in rows[0]));
    if (unknown !== undefined) throw badQuery(`Invalid filter clause: no property ${unknown}`);
    const plain = isEventual(req) && req.query.get('$count') === 'true';
    if (used.some((name) => advanced.includes(top(name))) && !plain) {
      throw new GraphError(400, 'Request_UnsupportedQuery', 'Unsupported Query.');
    }
    kept = kept.filter((row) => passes(filter, row));
  }
  const search = req.query.get('$search');
  return search === null ? kept : kept.filter((row) => found(row, search));
}

/** A path into a property begins with the property's name. */
const top = (field: string) => field.split('/')[0] ?? field;

/** `"displayName:fig"`: a word of the property begins with the text. */
function found(row: Row, search: string): boolean {
  const [, field = '', text = ''] = /^"(\w+):(.*)"$/s.exec(search) ?? [];
  if (field === '') throw badQuery('Syntax error: the search expression must be in double quotes.');
  const value = row[field];
  return (
    typeof value === 'string' &&
    value
      .toLowerCase()
      .split(/[\s-]+/)
      .some((word) => word.startsWith(text.toLowerCase()))
  );
}

export function page<T extends { id: string }>(
  req: Req,
  context: string,
  rows: readonly T[],
  show: (row: T) => Row,
  order?: (a: T, b: T) => number,
): Reply {
  const size = sizeOf(req);
  const sorted = [...rows].sort(order ?? ((a, b) => (a.id < b.id ? -1 : 1)));
  const after = readSkip(req.query.get('$skiptoken'));
  const start =
    after === undefined
      ? 0
      : order
        ? sorted.findIndex((row) => row.id === after) + 1
        : sorted.findIndex((row) => row.id > after);
  const shown = start === -1 ? [] : sorted.slice(start, start + size);
  const last = shown.at(-1);
  const more = last && start + size < sorted.length;
  return json(200, {
    '@odata.context': `${METADATA}${context}`,
    ...(req.query.get('$count') === 'true' && { '@odata.count': rows.length }),
    ...(more && { '@odata.nextLink': nextLink(req, last.id) }),
    value: shown.map(show),
  });
}

export function single(context: string, row: Row): Reply {
  return json(200, { '@odata.context': `${METADATA}${context}/$entity`, ...row });
}

function sizeOf(req: Req): number {
  const top = req.query.get('$top');
  if (top === null) return STANDARD;
  const size = Number(top);
  if (!Number.isInteger(size) || size < 1 || size > MOST) {
    throw badQuery(
      `Invalid page size specified: '${top}'. Must be between 1 and ${MOST} inclusive.`,
    );
  }
  return size;
}

function nextLink(req: Req, last: string): string {
  const query = [...req.query]
    .filter(([name]) => name !== '$skiptoken')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  query.push(`$skiptoken=${Buffer.from(`RFNwdAIAAQ:${last}`).toString('base64url')}`);
  return `https://${GRAPH_HOST}${req.rawPath}?${query.join('&')}`;
}

function readSkip(token: string | null): string | undefined {
  if (token === null) return undefined;
  const [mark, id] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  if (mark !== 'RFNwdAIAAQ' || !id) {
    throw new GraphError(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired.',
    );
  }
  return id;
}
