/**
 * All groups, page by page. Google has no list of changes, but gives each page an etag: the mark
 * keeps it with the ids on the page and a print of each group. So a page that is as it was costs a
 * call and no reading, of another only what differs is told, and whoever is on no page any more is
 * known to be gone.
 *
 * That the list honours `If-None-Match`, and that its page tokens live from one run to the next, is
 * unverified. If it does not, each page is read; a token that is refused ends the mark.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { no, ok } from '../../shared/result';
import { failure } from '../classify';
import type { Directory, GroupListing } from '../directory';
import type { DirectoryApi, Through } from './client';
import { asListing } from './groups';
import { groupsOrSame } from './schemas';

const PAGE = 200;
/** Some 7,000 groups, and half of what one record of a job can hold. Beyond that no mark is kept. */
const LONGEST_MARK = 140_000;
/** Of a cursor: with it the record of the job still holds less than Forge's 240 KiB. */
const LONGEST_CURSOR = 180_000;

/** One page as it was last read: its etag, the token of the page after it, `id:print` of its groups. */
const leaf = z.strictObject({ e: z.string(), n: z.string(), g: z.string() });
type Leaf = z.infer<typeof leaf>;
const markSchema = z.strictObject({ v: z.literal(1), pages: z.array(leaf) });
const runSchema = z.strictObject({
  v: z.literal(1),
  done: z.array(leaf),
  /** Too many groups to remember: of the pages only where the next one is, and no mark at the end. */
  bare: z.optional(z.literal(true)),
  /** Of a run that began with a mark: what it has not come to yet. */
  before: z.optional(
    z.strictObject({
      pages: z.array(leaf),
      /** Of the first of these pages. */
      token: z.string(),
      /** `id:print` of groups that are no longer where they were. */
      astray: z.string(),
    }),
  ),
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
    const token = run.done.at(-1)?.n ?? '';
    const kept = run.before?.token === token ? run.before.pages[0] : undefined;
    const read = await readPage(token, kept?.e ?? '');
    if (!read.ok) {
      const why = read.error.failure;
      const stale = why.code === 'invalid' && kept !== undefined && token !== '';
      return no(stale ? failure('mark-expired', why.detail) : why);
    }
    const page = read.value.value;
    if (page === null && !kept)
      throw new Error('Google called a page the same that was never read');
    const found = (page?.groups ?? []).map(asListing);
    const now = page === null && kept ? kept : leafOf(page?.etag, page?.nextPageToken, found);
    if (now.n !== '' && run.done.some(({ n }) => n === now.n)) {
      return no(failure('too-large', 'Google Workspace gave a list of groups that never ends.'));
    }
    const known = new Set(run.before ? printsIn(run.before) : []);
    const changed = found.filter((group) => !known.has(printOf(group)));
    const after = advance(run, now);
    if (JSON.stringify(after).length > LONGEST_CURSOR && now.n !== '') {
      // What is gone is told by the pages of before: without room for them everything is read.
      if (after.before) return no(failure('mark-expired', 'There are too many groups to compare.'));
      return ok({ changed, ...close({ v: 1, done: [{ ...now, g: '' }], bare: true }) });
    }
    return ok({ changed, ...close(after) });
  };
}

const begin = (mark: string | undefined): Run | undefined => {
  if (mark === undefined) return { v: 1, done: [] };
  const kept = markSchema.safeParse(parsed(mark));
  if (!kept.success) return undefined;
  return { v: 1, done: [], before: { pages: kept.data.pages, token: '', astray: '' } };
};

const resume = (cursor: string): Run | undefined => runSchema.safeParse(parsed(cursor)).data;

function advance({ v, done, before, bare }: Run, now: Leaf): Run {
  if (bare) return { v, done: [{ ...now, g: '' }], bare };
  if (!before) return { v, done: [...done, now] };
  const [old, ...pages] = before.pages;
  const there = new Set(idsOf(now.g));
  const astray = [before.astray, old?.g ?? '']
    .flatMap((prints) => prints.split(' '))
    .filter((print) => print !== '' && !there.has(idIn(print)));
  return {
    v,
    done: [...done, now],
    before: { pages, token: old?.n ?? '', astray: astray.join(' ') },
  };
}

function close(run: Run) {
  const { before, done } = run;
  const whole = before === undefined;
  if (done.at(-1)?.n !== '') return { deleted: [], whole, cursor: JSON.stringify(run) };
  const there = new Set(done.flatMap(({ g }) => idsOf(g)));
  const missed = before ? [...before.pages.map(({ g }) => g), before.astray].flatMap(idsOf) : [];
  const deleted = missed.filter((id) => !there.has(id));
  const mark = JSON.stringify({ v: 1, pages: done });
  return { deleted, whole, ...(!run.bare && mark.length <= LONGEST_MARK && { mark }) };
}

const leafOf = (
  etag: string | null | undefined,
  next: string | null | undefined,
  found: readonly GroupListing[],
): Leaf => ({ e: etag ?? '', n: next ?? '', g: found.map(printOf).join(' ') });

/** Four characters tell two states of one group apart; a change is overlooked once in 16 million. */
function printOf(group: GroupListing): string {
  const print = createHash('sha256').update(JSON.stringify(group)).digest('base64url').slice(0, 4);
  return `${group.id}:${print}`;
}

const idIn = (print: string) => print.slice(0, print.indexOf(':'));
const idsOf = (prints: string) =>
  prints
    .split(' ')
    .filter((print) => print !== '')
    .map(idIn);
const printsIn = ({ pages, astray }: NonNullable<Run['before']>) =>
  [astray, ...pages.map(({ g }) => g)].flatMap((prints) => prints.split(' '));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
