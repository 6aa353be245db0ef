/**
 * What a directory offers for the catalog: its groups and its apps as the last sync saw them. Nothing
 * of it can be asked for until an administrator makes a role of it.
 */
import * as z from 'zod/mini';
import { canonical } from '../../shared/canonical';

const text = z.string();
/** `taken`: a live role uses it. `ignored`: an administrator does not want to see it. */
export const candidateStatuses = ['unassigned', 'taken', 'ignored', 'gone'] as const;
const status = z.enum(candidateStatuses);
export type CandidateStatus = z.infer<typeof status>;
const unwritable = z.enum([
  'rule-managed',
  'dynamic',
  'synced',
  'app-owned',
  'built-in',
  'mail-list',
  'privileged',
]);

export const groupCandidateSchema = z.strictObject({
  v: z.literal(1),
  connectionId: text,
  /** In the directory. */
  id: text,
  name: text,
  description: text,
  /** The directory's own word. */
  kind: text,
  writable: z.union([z.literal(true), z.strictObject({ no: unwritable, sentence: text })]),
  privileged: z.boolean(),
  size: z.optional(z.int()),
  status,
  /** When it last changed for us. */
  changedAt: text,
});
export type GroupCandidate = z.infer<typeof groupCandidateSchema>;

export const appCandidateSchema = z.strictObject({
  v: z.literal(1),
  connectionId: text,
  id: text,
  name: text,
  status,
  /** Ids of groups assigned to it; absent until they were read. */
  groups: z.optional(z.array(text)),
  /** It has more groups than are kept here. */
  moreGroups: z.optional(z.literal(true)),
  /** Requests of the counted period; see `SyncState.counted` for where from. */
  requests: z.int(),
  changedAt: text,
});
export type AppCandidate = z.infer<typeof appCandidateSchema>;

/** As a directory lists it. */
export type ListedGroup = Omit<GroupCandidate, 'v' | 'connectionId' | 'status' | 'changedAt'>;

const LONGEST_NAME = 256;
const LONGEST_DESCRIPTION = 300;
export const MOST_GROUPS_OF_APP = 200;

interface Circumstance {
  readonly connectionId: string;
  readonly taken: boolean;
  readonly now: string;
}

/** `undefined`: nothing changed, so nothing is written. */
export function groupSeen(
  before: GroupCandidate | undefined,
  seen: ListedGroup,
  { connectionId, taken, now }: Circumstance,
): GroupCandidate | undefined {
  const { id, name, description, kind, writable, privileged, size } = seen;
  const after: GroupCandidate = {
    v: 1,
    connectionId,
    id,
    name: name.slice(0, LONGEST_NAME),
    description: withoutAddresses(description).slice(0, LONGEST_DESCRIPTION),
    kind,
    writable,
    privileged,
    ...(size !== undefined && { size }),
    status: statusAfter(before?.status, taken),
    changedAt: now,
  };
  return before && sameBut(before, after) ? undefined : after;
}

export function appSeen(
  before: AppCandidate | undefined,
  seen: { readonly id: string; readonly name: string },
  { connectionId, now }: Pick<Circumstance, 'connectionId' | 'now'>,
): AppCandidate | undefined {
  const after: AppCandidate = {
    v: 1,
    connectionId,
    id: seen.id,
    name: seen.name.slice(0, LONGEST_NAME),
    status: before === undefined || before.status === 'gone' ? 'unassigned' : before.status,
    ...(before?.groups !== undefined && { groups: before.groups }),
    ...(before?.moreGroups && { moreGroups: true }),
    requests: before?.requests ?? 0,
    changedAt: now,
  };
  return before && sameBut(before, after) ? undefined : after;
}

export function withGroups(
  before: AppCandidate,
  groups: readonly string[],
  now: string,
): AppCandidate {
  const { moreGroups: _, ...rest } = before;
  const kept = [...new Set(groups)].sort();
  return {
    ...rest,
    groups: kept.slice(0, MOST_GROUPS_OF_APP),
    ...(kept.length > MOST_GROUPS_OF_APP && { moreGroups: true }),
    changedAt: now,
  };
}

export function statusAfter(before: CandidateStatus | undefined, taken: boolean): CandidateStatus {
  if (taken) return 'taken';
  return before === 'ignored' ? 'ignored' : 'unassigned';
}

/** The hour alone is no change. */
export const sameBut = (a: { changedAt: string }, b: { changedAt: string }): boolean =>
  canonical({ ...a, changedAt: '' }) === canonical({ ...b, changedAt: '' });

/** Descriptions in a directory tend to name whom to ask; the app keeps no addresses of people. */
const withoutAddresses = (words: string) => words.replace(/[^\s<>()]+@[^\s<>()]+/g, '…');
