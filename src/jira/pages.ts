/** Jira's paged lists, read to the end or not at all: half a list of approvals decides wrongly. */
import type { Route } from '@forge/api';
import { z } from 'zod';
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
  answer: z.ZodType<Page<T>>,
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
export const servicePage = <T>(item: z.ZodType<T>): z.ZodType<Page<T>> =>
  z
    .object({ values: z.array(item), isLastPage: z.boolean() })
    .transform(({ values, isLastPage }) => ({ items: values, last: isLastPage }));

/** Jira platform: `startAt` and `total` around a list that each resource names in its own way. */
export const platformPage = <T>(member: string, item: z.ZodType<T>): z.ZodType<Page<T>> =>
  z
    .object({ startAt: z.number(), total: z.number() })
    .and(z.object({ [member]: z.array(item) }))
    .transform((page) => {
      const items = (page as Record<string, unknown>)[member] as T[];
      return { items, last: page.startAt + items.length >= page.total };
    });
