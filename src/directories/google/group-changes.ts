/**
 * All groups, page by page. Google has no list of changes, but gives each page an etag: the mark
 * keeps it with the ids of the page, so that a page that is as it was costs a call and no reading,
 * and whoever is on no page any more is known to be gone.
 *
 * That the list honours `If-None-Match`, and that its page tokens live from one run to the next, is
 * unverified. If it does not, each page is read; a token that is refused ends the mark.
 */
import * as z from 'zod/mini';
import { no, ok } from '../../shared/result';
import { failure } from '../classify';
import type { Directory, GroupListing } from '../directory';
import type { DirectoryApi, Through } from './client';
import { asListing } from './groups';
import { groupsOrSame } from './schemas';

const PAGE = 200;
/** Ids of some 7,000 groups. Beyond that no mark is kept, and each run reads everything. */
const LONGEST_MARK = 120_000;

/** One page as it was last read: its etag, the token of the page after it, the ids on it. */
const leaf = z.strictObject({ e: z.string(), n: z.string(), i: z.string() });
type Leaf = z.infer<typeof leaf>;
const markSchema = z.strictObject({ v: z.literal(1), pages: z.array(leaf) });
const runSchema = z.strictObject({
  v: z.literal(1),
  /** Absent in a run that began without a mark. */
  before: z.optional(z.array(leaf)),
  done: z.array(leaf),
});
type Run = z.infer<typeof runSchema>;

export function changedThrough(
  { api, door }: Through<DirectoryApi>,
  customer: string,
): Directory['changedGroups'] {
  const readPage = (token: string, etag: string) =>
    door.run(async () => {
      const answer = await api.groups.list(
        { customer, maxResults: PAGE, orderBy: 'email', ...(token !== '' && { pageToken: token }) },
        {
          ...(etag !== '' && { headers: { 'If-None-Match': etag } }),
          validateStatus: (status: number) => status === 304 || (status >= 200 && status < 300),
        },
      );
      return answer.status === 304 ? null : answer.data;
    }, groupsOrSame);

  return async (ask) => {
    const run = ask.cursor === undefined ? begin(ask.mark) : resume(ask.cursor);
    if (!run) return no(failure('mark-expired', 'Where the last reading ended cannot be read.'));
    const at = run.done.length;
    const token = run.done.at(-1)?.n ?? '';
    const old = run.before?.[at];
    const sameToken = at === 0 || run.before?.[at - 1]?.n === token;
    const read = await readPage(token, old && sameToken ? old.e : '');
    if (!read.ok) {
      const why = read.error.failure;
      const stale = why.code === 'invalid' && run.before !== undefined && token !== '' && sameToken;
      return no(stale ? failure('mark-expired', why.detail) : why);
    }
    const page = read.value.value;
    if (page === null && !old)
      throw new Error('Google called a page unchanged that was never read');
    const found = (page?.groups ?? []).map(asListing);
    const now = page === null && old ? old : leafOf(page?.etag, page?.nextPageToken, found);
    if (now.n !== '' && run.done.some(({ n }) => n === now.n)) {
      return no(failure('too-large', 'Google Workspace gave a list of groups that never ends.'));
    }
    return ok({ changed: found, ...close({ ...run, done: [...run.done, now] }) });
  };
}

const begin = (mark: string | undefined): Run | undefined => {
  if (mark === undefined) return { v: 1, done: [] };
  const kept = markSchema.safeParse(parsed(mark));
  return kept.success ? { v: 1, before: kept.data.pages, done: [] } : undefined;
};

const resume = (cursor: string): Run | undefined => runSchema.safeParse(parsed(cursor)).data;

function close(run: Run) {
  const { before, done } = run;
  const whole = before === undefined;
  if (done.at(-1)?.n !== '') return { deleted: [], whole, cursor: JSON.stringify(run) };
  const there = new Set(done.flatMap(idsOf));
  const deleted = (before ?? []).flatMap(idsOf).filter((id) => !there.has(id));
  const mark = JSON.stringify({ v: 1, pages: done });
  return { deleted, whole, ...(mark.length <= LONGEST_MARK && { mark }) };
}

const leafOf = (
  etag: string | null | undefined,
  next: string | null | undefined,
  found: readonly GroupListing[],
): Leaf => ({ e: etag ?? '', n: next ?? '', i: found.map(({ id }) => id).join(' ') });

const idsOf = ({ i }: Leaf) => (i === '' ? [] : i.split(' '));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
