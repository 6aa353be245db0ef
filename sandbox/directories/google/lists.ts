/** Pages of the Directory API: `maxResults`, `pageToken`, and no list at all when it is empty. */
import { json, type Reply, type Req } from '../../kit/routes';
import { invalid } from './errors';
import type { Workspace } from './workspace';

export function page<T extends { id: string }>(
  req: Req,
  name: 'users' | 'groups' | 'members',
  rows: readonly T[],
  size: { standard: number; most: number },
  show: (row: T) => unknown,
): Reply {
  const asked = req.query.get('maxResults');
  const limit = Math.min(asked === null ? size.standard : Number(asked), size.most);
  if (!Number.isInteger(limit) || limit < 1) throw invalid('Invalid Input: maxResults');
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const after = readToken(req.query.get('pageToken'));
  const start = after === undefined ? 0 : sorted.findIndex((row) => row.id > after);
  const shown = start === -1 ? [] : sorted.slice(start, start + limit);
  const last = shown.at(-1);
  const more = last && start + limit < sorted.length;
  return json(200, {
    kind: `admin#directory#${name}`,
    etag: `"${name}"`,
    ...(shown.length > 0 && { [name]: shown.map(show) }),
    ...(more && { nextPageToken: Buffer.from(`next:${last.id}`).toString('base64url') }),
  });
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

/** `email:ada*`, `name='Ada'`: field, whether the text is only the beginning, the text. */
export function parseQuery(query: string) {
  const [, field, text = ''] = /^(\w+)\s*[:=]\s*(.+)$/.exec(query.trim()) ?? [];
  if (!field) throw invalid('Invalid Input: query');
  const bare = text.replace(/^(['"])(.*)\1$/, '$2').toLowerCase();
  const prefix = bare.endsWith('*');
  const wanted = prefix ? bare.slice(0, -1) : bare;
  const fits = (value: string) => {
    const found = value.toLowerCase();
    return prefix ? found.startsWith(wanted) : found === wanted;
  };
  return { field, fits };
}
