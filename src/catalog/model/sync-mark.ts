/** Where a sync of a connection stands between two of its steps. */
import * as z from 'zod/mini';

const count = z.int();
const text = z.string();

export const phases = [
  'groups',
  'gone-groups',
  'apps',
  'gone-apps',
  'assignments',
  'review',
  'rank',
  'finish',
] as const;
export type Phase = (typeof phases)[number];

export const syncMarkSchema = z.strictObject({
  v: z.literal(1),
  startedAt: text,
  /**
   * Reads every group and every assignment, whatever is known. Otherwise from the mark that the last
   * run kept (`SyncState`): it may be large, and with a cursor beside it too large for one record.
   */
  full: z.boolean(),
  phase: z.enum(phases),
  /** What it gave this time. */
  next: z.optional(text),
  /** Next page, within this run only. */
  cursor: z.optional(text),
  /** Of the list that `cursor` is of. */
  pages: z.optional(z.strictObject({ n: count, print: text })),
  /** Every page so far was one of a reading that names every group. */
  whole: z.boolean(),
  /** How many lists of ids the run has written down (`sync-run.ts`). */
  lists: z.strictObject({ groups: count, apps: count, used: count }),
  /** Apps whose groups are read. */
  at: count,
  restarts: count,
  groups: count,
  apps: count,
  changed: count,
  gone: count,
  /** An administrator said that what is missing is gone. */
  confirmed: z.optional(z.literal(true)),
  /** Missing in a reading, and too many to believe it. */
  withheld: count,
  found: count,
  /** Why apps, or the groups assigned to them, could not be read. */
  appsUnread: z.optional(text),
  /** Groups that roles use and that could not be looked at. */
  unseen: z.optional(z.array(z.strictObject({ group: text, sentence: text }))),
  counted: z.optional(
    z.strictObject({ from: text, to: text, issues: count, newestOnly: z.boolean() }),
  ),
});
export type SyncMark = z.infer<typeof syncMarkSchema>;

export const firstMark = (startedAt: string, full: boolean): SyncMark => ({
  v: 1,
  startedAt,
  full,
  phase: 'groups',
  whole: true,
  lists: { groups: 0, apps: 0, used: 0 },
  at: 0,
  restarts: 0,
  groups: 0,
  apps: 0,
  changed: 0,
  gone: 0,
  withheld: 0,
  found: 0,
});

/**
 * What a directory asked us to begin again for. Groups in use stay known; the other lists are written
 * over, and what is left of them goes when the run ends.
 */
export const restarted = (mark: SyncMark, now: string): SyncMark => ({
  ...firstMark(now, true),
  lists: { groups: 0, apps: 0, used: mark.lists.used },
  restarts: mark.restarts + 1,
  ...(mark.confirmed && { confirmed: true as const }),
});

const FEW = 10;

/**
 * A credential that lost its rights sees an almost empty directory and says so without an error.
 * Half of what was known is not believed to have gone in one night.
 */
export const unbelievable = (missing: number, known: number): boolean =>
  missing >= FEW && missing * 2 > known;
