/**
 * What somebody should look at, kept until it is settled.
 *
 * 1. a feature that finds something calls `openFinding`: known facts cost one read and write nothing,
 *    a fact that changed is refreshed, one that was settled comes back;
 * 2. when it looks again and finds it mended it calls `resolveFinding`;
 * 3. an administrator may dismiss one with a reason: it stays settled until its facts change.
 *
 * Each change is evidence on the chain `findings`.
 */
import { done, no } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { Entry } from '../evidence/model/chain';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import { epochSeconds, parseInstant } from '../shared/instant';
import { find, load, put, type RecordType } from '../shared/record';
import {
  type Finding,
  type Found,
  findingSchema,
  type Opening,
  opening,
  settled,
} from './model/finding';

export const findings: RecordType<Finding> = {
  entity: 'finding',
  schema: findingSchema,
  key: (finding) => finding.key,
  attributes: (finding) => ({
    status: finding.status,
    kind: finding.kind,
    at: epochSeconds(parseInstant(finding.openedAt)),
  }),
};

type Using = Pick<Deps, 'store' | 'now' | 'installation' | 'channel'>;

const CHAIN = 'findings';
const ATTEMPTS = 4;

/** Open, refresh or leave it: finding the same twice changes nothing. */
export async function openFinding(deps: Using, found: Found): Promise<Opening> {
  return change(deps, found.key, (before) => {
    const { outcome, after } = opening(before, found, deps.now());
    return {
      answer: outcome,
      ...(after && {
        after,
        event: outcome === 'opened' ? 'finding.opened' : 'finding.refreshed',
        actor: { type: 'app' as const },
      }),
    };
  });
}

/** It is no longer so. Answers whether one was open. `because` is a sentence for the record. */
export async function resolveFinding(
  deps: Using,
  key: string,
  because: string,
  by?: string,
): Promise<boolean> {
  return change(deps, key, (before) => {
    const after =
      before &&
      settled(before, {
        how: 'healed',
        at: deps.now(),
        reason: because,
        ...(by !== undefined && { by }),
      });
    if (!after) return { answer: false };
    const actor = by === undefined ? { type: 'app' as const } : person(by);
    return { answer: true, after, event: 'finding.resolved', actor };
  });
}

export async function dismissFinding(
  deps: Using,
  key: string,
  reason: string,
  by: string,
): Promise<Answer<Finding>> {
  const after = await change(deps, key, (before) => {
    const after =
      before && settled(before, { how: 'dismissed', at: deps.now(), by, reason: reason.trim() });
    if (!after) return { answer: before };
    return { answer: after, after, event: 'finding.dismissed', actor: person(by) };
  });
  if (after) return done(after);
  return no('finding-known', 'There is no such finding.', 'Reload the page.');
}

/** So many pages of others are read past before a short page is answered. */
const MOST_PAGES = 10;

/**
 * Newest first; about 50 a page. Of one kind it reads on until a page is full, so an empty page with a
 * cursor comes only after hundreds of others.
 */
export async function listFindings(
  deps: Pick<Deps, 'store'>,
  ask: {
    readonly status: Finding['status'];
    readonly kind?: string | undefined;
    readonly cursor?: string | undefined;
  },
): Promise<Answer<{ findings: Finding[]; cursor?: string }>> {
  const { kind } = ask;
  const page = await pageOf(
    deps,
    { index: 'by-status', partition: ask.status, full: 50 },
    ask.cursor,
    (one) => kind === undefined || one.kind === kind,
  );
  return done(page);
}

/** Findings of an index that are wanted, with the cursor where the next page begins. */
export async function pageOf(
  deps: Pick<Deps, 'store'>,
  ask: {
    readonly index: 'by-status' | 'by-kind';
    readonly partition: string;
    readonly full: number;
  },
  from: string | undefined,
  wanted: (one: Finding) => boolean,
): Promise<{ findings: Finding[]; cursor?: string }> {
  const read: Finding[] = [];
  let cursor = from;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, cursor: next } = await find(deps.store, findings, {
      index: ask.index,
      partition: [ask.partition],
      sort: 'descending',
      limit: ask.full,
      ...(cursor !== undefined && { cursor }),
    });
    read.push(...found.map((held) => held.value).filter(wanted));
    cursor = next;
    if (cursor === undefined || read.length >= ask.full) break;
  }
  return { findings: read, ...(cursor !== undefined && { cursor }) };
}

interface Outcome<T> {
  readonly answer: T;
  readonly after?: Finding;
  readonly event?: Entry['event'];
  readonly actor?: Entry['actor'];
}

/** Loads, decides, writes with its evidence; decides anew when somebody else was first. */
async function change<T>(
  deps: Using,
  key: string,
  decide: (before: Finding | undefined) => Outcome<T>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const held = await load(deps.store, findings, key);
    const { answer, after, event, actor } = decide(held?.value);
    if (!after || !event || !actor) return answer;
    const step = { event, actor, facts: factsOf(after) };
    const writes = [put(findings, after, held?.rev ?? 0)];
    const recorded = await record(deps.store, CHAIN, [step], writes, circumstances(deps));
    if (recorded.done) return answer;
  }
  throw new Error(`The finding ${key} was changed by others again and again`);
}

const person = (accountId: string) => ({ type: 'person' as const, accountId });

const factsOf = ({ v: _, ...finding }: Finding) => ({ ...finding });
