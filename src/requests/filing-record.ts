/** What the app files for people, under a key made of facts: asking twice files once. */
import * as z from 'zod/mini';
import { MINUTE } from '../shared/instant';
import type { RecordType } from '../shared/record';
import { type Filed, filedSchema } from './model/request';

export const filingSchema = z.strictObject({
  v: z.literal(1),
  key: z.string(),
  /** When the run began that files it, or that filed it. */
  at: z.string(),
  /** When the first run began, if that one died. */
  since: z.optional(z.string()),
  /** What the request is filed for, known before Jira makes it: whoever reads it first finds this. */
  order: z.optional(
    z.strictObject({
      filed: filedSchema,
      onBehalfOf: z.string(),
      bindingId: z.string(),
      summary: z.string(),
      relatesTo: z.optional(z.string()),
    }),
  ),
  /** The request that came of it, which says from then on how it goes. Absent: nobody knows whether Jira made one. */
  filed: z.optional(z.strictObject({ issueId: z.string(), issueKey: z.string() })),
});
export type Filing = z.infer<typeof filingSchema>;
export type Ordered = NonNullable<Filing['order']>;

export const filings: RecordType<Filing> = {
  entity: 'config',
  schema: filingSchema,
  key: (filing) => `filed:${filing.key}`,
  attributes: (filing) => ({
    kind: 'filed',
    status: filing.filed ? 'live' : 'open',
    sortName: filing.filed ? 'filed' : filing.at,
  }),
};

/** A run that has not answered by then is dead. */
export const LIVING_RUN = 2 * MINUTE;

/** With these begins what the app files; whoever else begins so is only looked at more closely. */
const PREFIX = { renewal: 'Renewal', again: 'Again', together: 'Access' } as const;
export const filedSummary = (why: Filed['why'], what: string) => `${PREFIX[why]}: ${what}`;

export const mayBeFiled = (summary: string): boolean =>
  Object.values(PREFIX).some((prefix) => summary.startsWith(`${prefix}: `));

/** Jira keeps so many characters of a summary, and none that cannot be seen. */
const SURELY_CUT = 250;
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

/** Whether that is how Jira would keep it. */
export function isSummary(kept: string, asked: string): boolean {
  const [a, b] = [letters(kept), letters(asked)];
  return a === b || (kept.length >= SURELY_CUT && a.length > 0 && b.startsWith(a));
}
