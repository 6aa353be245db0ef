/**
 * A finding: something that a person should look at and that the app will not settle by itself.
 * One record per fact, so that finding it again is not another finding.
 */
import * as z from 'zod/mini';
import { hashOf } from '../../shared/canonical';

export const findingKinds = [
  'group-renamed',
  'group-gone',
  'group-unwritable',
  'group-privileged',
  'role-red',
  'sign-off-due',
  'person-mismatch',
  'mover',
  'native-end-failed',
  'leavers-unseen',
  'person-may-return',
  'giving-overdue',
  'removal-overdue',
  'job-failed',
  'decider-gone',
  'decider-group-empty',
  'approval-nobody',
  'break-glass-unreviewed',
  'break-glass-frequent',
] as const;
export type FindingKind = (typeof findingKinds)[number];

const ids = z.array(z.string());

const told = {
  /** A fact, without names: `group-renamed:main:00g1`. */
  key: z.string().check(z.regex(/^[a-zA-Z0-9:._#-]{1,400}$/)),
  kind: z.enum(findingKinds),
  /** What was found. Group and app names at most: no names or e-mails of people. */
  sentence: z.string().check(z.maxLength(1000)),
  nextStep: z.string().check(z.maxLength(1000)),
  connectionId: z.optional(z.string()),
  groupId: z.optional(z.string()),
  roleIds: z.optional(ids),
  accountId: z.optional(z.string()),
  /** The directory's id. */
  personId: z.optional(z.string()),
  grantIds: z.optional(ids),
  /** What it rests on. A dismissed finding comes back when this or the sentence is another. */
  facts: z.optional(z.record(z.string(), z.unknown())),
};

export const findingSchema = z.strictObject({
  v: z.literal(1),
  ...told,
  status: z.enum(['open', 'resolved']),
  /** When it was found, the last time anew. */
  openedAt: z.string(),
  changedAt: z.string(),
  resolved: z.optional(
    z.strictObject({
      /** `healed`: what was found is no longer so. `dismissed`: somebody looked at it and leaves it so. */
      how: z.enum(['healed', 'dismissed']),
      at: z.string(),
      by: z.optional(z.string()),
      reason: z.string(),
    }),
  ),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a feature tells; the rest is kept by the store. */
export type Found = Omit<Finding, 'v' | 'status' | 'openedAt' | 'changedAt' | 'resolved'>;

export type Opening = 'opened' | 'refreshed' | 'known' | 'dismissed';

/** What finding this makes of the record that stands. */
export function opening(
  before: Finding | undefined,
  found: Found,
  now: string,
): { readonly outcome: Opening; readonly after?: Finding } {
  const after: Finding = { v: 1, ...found, status: 'open', openedAt: now, changedAt: now };
  if (!before) return { outcome: 'opened', after };
  const same = hashOf(toldOf(before)) === hashOf(toldOf(after));
  if (before.status === 'open')
    return same
      ? { outcome: 'known' }
      : { outcome: 'refreshed', after: { ...after, openedAt: before.openedAt } };
  if (before.resolved?.how === 'dismissed' && same) return { outcome: 'dismissed' };
  return { outcome: 'opened', after };
}

export function settled(
  before: Finding,
  resolved: NonNullable<Finding['resolved']>,
): Finding | undefined {
  if (before.status === 'resolved') return undefined;
  return { ...before, status: 'resolved', changedAt: resolved.at, resolved };
}

function toldOf({ v: _, status: __, openedAt: ___, changedAt: ____, resolved, ...told }: Finding) {
  return told;
}
