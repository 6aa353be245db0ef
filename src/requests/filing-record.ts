/** What the app files for people, under a key made of facts: asking twice files once. */
import * as z from 'zod/mini';
import type { RecordType } from '../shared/record';

export const filingSchema = z.strictObject({
  v: z.literal(1),
  key: z.string(),
  /** When the run began that files it, or that filed it. */
  at: z.string(),
  /** The request that came of it, which says from then on how it goes. Absent: nobody knows whether Jira made one. */
  filed: z.optional(z.strictObject({ issueId: z.string(), issueKey: z.string() })),
});
export type Filing = z.infer<typeof filingSchema>;

export const filings: RecordType<Filing> = {
  entity: 'config',
  schema: filingSchema,
  key: (filing) => `filed:${filing.key}`,
  attributes: () => ({ kind: 'filed', status: 'live', sortName: 'filed' }),
};
