/**
 * Writes a state change together with its evidence, its outbox entries and its timers: all in one
 * transaction, or nothing.
 *
 * 1. the chain's head is read (strictly consistent);
 * 2. each entry is appended, hashed over the one before;
 * 3. what people must be told becomes outbox entries, and one timer brings them back should this
 *    run die before delivering them (`deliver.ts`);
 * 4. one transaction, at most 25 writes, with the revisions that must still stand.
 */
import type { Store, Write } from '../forge/ports';
import { epochSeconds, type Instant, parseInstant, plusSeconds } from '../shared/instant';
import { type Held, load, put, type RecordType } from '../shared/record';
import { setTimer } from '../shared/timer';
import {
  append,
  type Circumstances,
  type Entry,
  type Evidence,
  emptyHead,
  evidenceSchema,
  type Head,
  headSchema,
} from './model/chain';
import { type OutboxEntry, outboxKey, outboxSchema, type Said } from './model/telling';

export const evidenceType: RecordType<Evidence> = {
  entity: 'evidence',
  schema: evidenceSchema,
  key: (record) => record.id,
  attributes: (record) => ({
    chain: record.chain,
    seq: record.seq,
    day: record.at.slice(0, 10),
    at: epochSeconds(parseInstant(record.at)),
    personKey: typeof record.facts['person'] === 'string' ? record.facts['person'] : 'none',
    appId: typeof record.facts['app'] === 'string' ? record.facts['app'] : 'none',
  }),
};
export const headType: RecordType<Head> = {
  entity: 'chain',
  schema: headSchema,
  key: (head) => head.chain,
  attributes: (head) => ({ day: head.at.slice(0, 10), at: epochSeconds(parseInstant(head.at)) }),
};
export const outboxType: RecordType<OutboxEntry> = {
  entity: 'outbox',
  schema: outboxSchema,
  key: outboxKey,
  attributes: (entry) => ({ issueId: entry.issueId, order: entry.order }),
};

export interface Telling {
  readonly public?: Said;
  readonly internal?: Said;
  /** The issue's next status and what the property says there. */
  readonly move?: {
    readonly toStatusIds: readonly string[];
    readonly viaStatusId?: string;
    readonly property: Record<string, unknown>;
  };
  /** Only the property, when the status stays. */
  readonly property?: Record<string, unknown>;
}

export interface Step extends Entry {
  readonly tell?: Telling;
}

/** Long enough for the function that wrote them to deliver them itself. */
const CLAIM_SECONDS = 120;
/** When the sweep looks whether they were delivered. */
const SECOND_LOOK_SECONDS = 240;

export type Recorded =
  | {
      readonly done: true;
      readonly entries: readonly Held<OutboxEntry>[];
      readonly evidence: readonly Evidence[];
      /** Hand it to the next `record` of the same run and save a read; the transaction still checks it. */
      readonly head: Held<Head>;
    }
  | { readonly done: false };

/** `done: false`: a revision no longer stands; load everything again and decide anew. */
export async function record(
  store: Pick<Store, 'get' | 'transact'>,
  chain: string,
  steps: readonly Step[],
  writes: readonly Write[],
  where: Circumstances & { at: Instant },
  known?: Held<Head>,
): Promise<Recorded> {
  const held = known ?? (await load(store, headType, chain)) ?? { value: emptyHead(chain), rev: 0 };
  let head = held.value;
  const evidence: Evidence[] = [];
  const entries: OutboxEntry[] = [];
  for (const step of steps) {
    const appended = append(head, step, where);
    const { seq } = appended.record;
    head = {
      ...appended.head,
      ...(step.tell?.move && { moved: seq }),
      ...((step.tell?.move ?? step.tell?.property) && { told: seq }),
    };
    evidence.push(appended.record);
    entries.push(...outboxOf(chain, appended.record, step.tell ?? {}, where.at));
  }
  const all: Write[] = [
    ...writes,
    ...evidence.map((one) => put(evidenceType, one, 0)),
    ...(evidence.length > 0 ? [put(headType, head, held.rev)] : []),
    ...entries.map((entry) => put(outboxType, entry, 0)),
    ...(entries.length > 0
      ? [
          setTimer({
            kind: 'issue',
            // The last one is delivered last: while it is there, something waits.
            objectId: (entries.at(-1) as OutboxEntry).evidenceId,
            what: 'deliver',
            at: plusSeconds(where.at, SECOND_LOOK_SECONDS),
            privileged: false,
          }),
        ]
      : []),
  ];
  if ((await store.transact(all)) === 'conflict') return { done: false };
  return {
    done: true,
    evidence,
    entries: entries.map((value) => ({ value, rev: 1 })),
    head: { value: head, rev: evidence.length > 0 ? held.rev + 1 : held.rev },
  };
}

function outboxOf(issueId: string, record: Evidence, tell: Telling, now: Instant): OutboxEntry[] {
  const base = {
    v: 1 as const,
    issueId,
    evidenceId: record.id,
    shortHash: record.hash.slice(0, 12),
    claimedUntil: plusSeconds(now, CLAIM_SECONDS),
  };
  const order = record.seq * 10;
  const { public: open, internal, move, property } = tell;
  return [
    ...(open ? [{ ...base, order, target: 'public' as const, said: open }] : []),
    ...(internal
      ? [{ ...base, order: order + 1, target: 'internal' as const, said: internal }]
      : []),
    ...(move
      ? [
          {
            ...base,
            order: order + 2,
            target: 'move' as const,
            toStatusIds: [...move.toStatusIds],
            ...(move.viaStatusId !== undefined && { viaStatusId: move.viaStatusId }),
            property: { ...move.property, evidence: record.seq },
          },
        ]
      : []),
    ...(property
      ? [
          {
            ...base,
            order: order + 3,
            target: 'property' as const,
            property: { ...property, evidence: record.seq },
          },
        ]
      : []),
  ];
}
