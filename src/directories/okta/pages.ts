/** Okta's lists: a page, and the link to the next one, which Okta wants followed and not read. */
import type * as z from 'zod/mini';
import { no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { Door, Refused } from '../door';

/** What the SDK gives for every list. It asks for nothing until a page is wanted. */
interface Listed {
  nextUri: string;
  getNextPage(): Promise<unknown>;
}

export interface OktaPage<T> {
  readonly value: T;
  readonly cursor?: string;
}

/** The cursor is the path and query of Okta's own link, so a changed host is never dialled. */
export async function readPage<T>(
  door: Door,
  { list, cursor }: { readonly list: Promise<Listed>; readonly cursor: string | undefined },
  schema: z.ZodMiniType<T>,
): Promise<Result<OktaPage<T>, Refused>> {
  const pages = await list;
  const start = new URL(pages.nextUri);
  if (cursor !== undefined) {
    const next = cursor.startsWith('/') ? new URL(cursor, start) : undefined;
    if (next?.origin !== start.origin || next.pathname !== start.pathname) {
      return no({ failure: failure('invalid', 'This is no place in a list of Okta.') });
    }
    pages.nextUri = next.href;
  }
  // The SDK drops members that it does not know, such as the counts of a group.
  const read = await door.run(() => pages.getNextPage(), schema, 'answer');
  if (!read.ok) return read;
  const { value, answer } = read.value;
  const link = nextLink(answer.headers);
  if (link === undefined) return ok({ value });
  const next = URL.canParse(link) ? new URL(link) : undefined;
  const onward = next && `${next.pathname}${next.search}`;
  // A link that leads nowhere new would be followed for ever.
  if (next?.pathname !== start.pathname || onward === undefined || onward === cursor) {
    const detail = 'Okta gave a list whose next page cannot be found.';
    return no({ failure: failure('bad-answer', detail), answer });
  }
  return ok({ value, cursor: onward });
}

function nextLink(headers: Headers): string | undefined {
  return /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
}

/** The SDK's collections yield `null` for an empty page. */
export async function gather(pages: AsyncIterable<unknown>): Promise<unknown[]> {
  return gatherUpTo(Number.POSITIVE_INFINITY, pages);
}

export async function gatherUpTo(most: number, pages: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of pages) {
    if (item !== null && item !== undefined) items.push(item);
    if (items.length >= most) break;
  }
  return items;
}

/** A text inside a filter or search expression. */
export const literal = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
