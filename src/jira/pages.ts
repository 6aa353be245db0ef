/** Jira's paged lists, read to the end or not at all: half a list of approvals decides wrongly. */
import type { Route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, no, ok, type Result } from '../shared/result';
import type { JiraClient } from './client';
import { badAnswer } from './failures';

/** A list that goes on for longer repeats itself. */
const MOST_PAGES = 40;

interface Page<T> {
  readonly items: readonly T[];
  readonly last: boolean;
}

/** `pathOf` gets the number of items read so far. */
export async function readAll<T>(
  client: JiraClient,
  pathOf: (start: number) => Route,
  answer: z.ZodMiniType<Page<T>>,
): Promise<Result<readonly T[], Failure>> {
  const all: T[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await client.ask({ path: pathOf(all.length), answer });
    if (!read.ok) return read;
    all.push(...read.value.items);
    if (read.value.last) return ok(all);
    if (read.value.items.length === 0) break;
  }
  return no(badAnswer('A list in Jira does not come to its end.', 'read'));
}

/** Jira Service Management: `values` with `isLastPage`. */
export const servicePage = <T>(item: z.ZodMiniType<T>): z.ZodMiniType<Page<T>> =>
  z.pipe(
    z.object({ values: z.array(item), isLastPage: z.boolean() }),
    z.transform(({ values, isLastPage }) => ({ items: values, last: isLastPage })),
  );

/** Jira platform: `startAt` and `total` around a list that each resource names in its own way. */
export const platformPage = <T>(member: string, item: z.ZodMiniType<T>): z.ZodMiniType<Page<T>> =>
  z.pipe(
    z.intersection(
      z.object({ startAt: z.number(), total: z.number() }),
      z.object({ [member]: z.array(item) }),
    ),
    z.transform((page) => {
      const items = (page as Record<string, unknown>)[member] as T[];
      return { items, last: page.startAt + items.length >= page.total };
    }),
  );
