/**
 * Evidence records: append-only facts about who decided what, when and why, chained per issue by
 * SHA-256. The chain shows edits, deletions and reordering in the middle; it does not show a whole
 * chain rewritten by somebody with storage access (anchors outside do that).
 */
import * as z from 'zod/mini';
import { hashOf } from '../../shared/canonical';

export const eventNames = [
  'request.received',
  'request.filed',
  'request.pinned',
  'request.asked',
  'request.attention',
  'request.withdrawn',
  'request.declined',
  'request.issue-gone',
  'request.question',
  'request.answered',
  'request.lapsing',
  'request.lapsed',
  'request.triaged',
  'policy.shadowed',
  'approver.reminded',
  'approver.escalated',
  'approver.covered',
  'approver.replaced',
  'cover.set',
  'cover.ended',
  'card.answered',
  'card.taken-back',
  'decision.recorded',
  'stage.asked',
  'gate.passed',
  'gate.refused',
  'grant.provisioning',
  'grant.active',
  'grant.verified',
  'grant.unverified',
  'grant.warned',
  'grant.ending',
  'grant.revoked',
  'grant.stuck',
  'grant.blocked',
  'grant.cancelled',
  'grant.resumed',
  'grant.task-opened',
  'grant.observed',
  'review.asked',
  'review.given',
  'review.overdue',
  'stop.begun',
  'stop.over',
  'request.stopped',
  'config.changed',
  'finding.opened',
  'finding.refreshed',
  'finding.resolved',
  'finding.dismissed',
] as const;
export type EventName = (typeof eventNames)[number];

export const actorSchema = z.strictObject({
  type: z.enum(['person', 'app', 'rule']),
  accountId: z.optional(z.string()),
  rule: z.optional(z.string()),
});
export type Actor = z.infer<typeof actorSchema>;

export const evidenceSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  chain: z.string(),
  seq: z.int().check(z.positive()),
  event: z.enum(eventNames),
  at: z.string(),
  cloudId: z.string(),
  actor: actorSchema,
  /** trigger, sweep, resolver, rule: how this came to the app. */
  channel: z.string(),
  facts: z.record(z.string(), z.unknown()),
  appVersion: z.string(),
  /** Empty for the first record of a chain. */
  prevHash: z.string(),
  hash: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const headSchema = z.strictObject({
  v: z.literal(1),
  chain: z.string(),
  seq: z.int().check(z.nonnegative()),
  hash: z.string(),
  at: z.string(),
  /** Newest records that move the issue, and that write its property; a move does both. */
  moved: z.optional(z.int()),
  told: z.optional(z.int()),
});
export type Head = z.infer<typeof headSchema>;

export interface Entry {
  readonly event: EventName;
  readonly actor: Actor;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Circumstances {
  readonly at: string;
  readonly cloudId: string;
  readonly channel: string;
  readonly appVersion: string;
}

export const emptyHead = (chain: string): Head => ({ v: 1, chain, seq: 0, hash: '', at: '' });

export const evidenceId = (chain: string, seq: number) =>
  `${chain}:${String(seq).padStart(9, '0')}`;

export function append(
  head: Head,
  entry: Entry,
  where: Circumstances,
): { record: Evidence; head: Head } {
  const seq = head.seq + 1;
  const unsigned = {
    v: 1 as const,
    id: evidenceId(head.chain, seq),
    chain: head.chain,
    seq,
    event: entry.event,
    at: where.at,
    cloudId: where.cloudId,
    actor: entry.actor,
    channel: where.channel,
    facts: { ...entry.facts },
    appVersion: where.appVersion,
    prevHash: head.hash,
  };
  const hash = hashOf(unsigned);
  return {
    record: { ...unsigned, hash },
    head: { ...head, seq, hash, at: where.at },
  };
}

/** The first thing wrong with a chain, or nothing. Records must come in order. */
export function fault(records: readonly Evidence[], head: Head): string | undefined {
  let before = emptyHead(head.chain);
  for (const record of records) {
    if (record.seq !== before.seq + 1) return `record ${before.seq + 1} is missing`;
    if (record.prevHash !== before.hash)
      return `record ${record.seq} does not follow record ${before.seq}`;
    const { hash, ...unsigned } = record;
    if (hashOf(unsigned) !== hash) return `record ${record.seq} was changed`;
    before = { ...before, seq: record.seq, hash };
  }
  if (before.seq !== head.seq || before.hash !== head.hash)
    return `records after ${before.seq} are missing`;
  return undefined;
}
