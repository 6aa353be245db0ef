/** Graph's client with our door as its only middleware: no retries, no redirects, no telemetry. */
import { Client, type Context, type Middleware } from '@microsoft/microsoft-graph-client';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { Membership } from '../directory';
import type { Door } from '../door';

const GRAPH = 'https://graph.microsoft.com/';
const V1 = `${GRAPH}v1.0`;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MEMBER_REFERENCE =
  /^https:\/\/graph\.microsoft\.com\/v1\.0\/groups\/[^/?]+\/members\/[^/?]+\/\$ref$/;

class ThroughTheDoor implements Middleware {
  readonly #door: Door;
  constructor(door: Door) {
    this.#door = door;
  }

  async execute(context: Context): Promise<void> {
    const url = String(context.request);
    const { method = 'GET', headers, body } = context.options ?? {};
    if (!url.startsWith(GRAPH)) throw new Error('A Graph answer leads to another host');
    // Without `/$ref` the same address deletes the person, where the app has the right to.
    if (method === 'DELETE' && !MEMBER_REFERENCE.test(url)) {
      throw new Error('The only thing ever deleted in Entra ID is a reference to a member');
    }
    context.response = await this.#door.send(url, {
      method,
      headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
      ...(typeof body === 'string' && { body }),
    });
  }
}

export function graphClient(door: Door): Client {
  return Client.initWithMiddleware({
    middleware: new ThroughTheDoor(door),
    defaultVersion: 'v1.0',
  });
}

/** The one place where the address of a membership is built. */
export function memberReference({ group, person }: Membership): string {
  const path = `/groups/${guid(group)}/members/${guid(person)}/$ref`;
  if (!path.endsWith('/$ref')) throw new Error('A member address must end in a reference');
  return path;
}

/** Ids come from the directory; anything else in a path would address something else. */
export function guid(id: string): string {
  if (!GUID.test(id)) throw new Error(`Not an object id of Entra ID: ${id}`);
  return id;
}

export const isGuid = (id: string): boolean => GUID.test(id);

/**
 * An OData literal, quotes doubled. The client does not encode filters, so `#`, `+` and `&` in an
 * address would cut it short and match someone else: encode the whole expression.
 */
export const literal = (value: string) => `'${value.replace(/'/g, "''")}'`;
export const expression = (filter: string) => encodeURIComponent(filter);

/** The most values that Graph takes in one `in`: https://learn.microsoft.com/graph/filter-query-parameter */
export const MOST_IN = 15;
export const among = (ids: readonly string[]) =>
  expression(`id in (${ids.map((id) => literal(guid(id))).join(',')})`);

/** Pages are asked for by Graph's own links, which must stay within the list that they belong to. */
export function within(path: string, link: string): Result<string, Failure> {
  const inside = link.startsWith(`${V1}/`) && URL.canParse(link);
  if (inside && plain(new URL(link).pathname) === plain(`/v1.0${path}`)) return ok(link);
  return no(failure('bad-answer', 'Entra ID gave a next page that leads somewhere else.'));
}

/** Graph may write a function's full name, brackets and all, and other capitals than it was asked with. */
const plain = (path: string) =>
  path.toLowerCase().replace('/microsoft.graph.', '/').replace(/\(\)$/, '');
