/**
 * What the readings of a connection left in the ledger: who is in which group, lists that runs kept, and
 * candidates. Removed by a job, because it can be tens of thousands of records.
 */
import * as z from 'zod/mini';
import type { Row } from '../forge/ports';
import { type Job, jobId, readJob, type Step, startJob } from '../jobs/job';
import { Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import { MINUTE, parseInstant, secondsBetween } from '../shared/instant';
import { APP_CANDIDATE, appCandidates, groupCandidates, removeSyncState } from './candidate-store';
import { forgetGroups, forgetMembers, keptGroups } from './members-store';
import { candidateStatuses } from './model/candidate';
import { listsOfNight, RUN_LISTS, usedAtNight } from './nightly-lists';
import { removePieces } from './plain-lists';
import { connections } from './store';
import { listsOfSync } from './sync-run';

const MOST_CALLS = 1;
const BATCH = 25;
/** A removal of the connection that takes longer than this has failed. */
const PATIENCE = 10 * MINUTE;

const markSchema = z.strictObject({
  v: z.literal(1),
  phase: z.enum(['members', 'lists', 'groups', 'apps']),
  /** Groups whose members are forgotten. */
  at: z.int(),
  /** Which status of candidates is gone through, and from where in the order of names. */
  status: z.int(),
  from: z.string(),
  removed: z.int(),
});
type Mark = z.infer<typeof markSchema>;
const FIRST: Mark = { v: 1, phase: 'members', at: 0, status: 0, from: '', removed: 0 };

/**
 * Starts the job that forgets; for whoever removes a connection, before or after its record goes: the job
 * begins once the record is gone, and gives up when it still stands after ten minutes.
 */
export async function forgetConnection(deps: Deps, connectionId: string): Promise<void> {
  await startJob(deps, 'forget-connection', connectionId);
}

export async function forgetStep(outer: Deps, job: Job): Promise<Step> {
  const id = job.about;
  const piece = new Piece(outer, MOST_CALLS);
  const deps = { ...outer, store: piece.store };
  const mark = markSchema.safeParse(job.mark).data ?? FIRST;
  if (await deps.store.get(connections.entity, `connection:${id}`)) {
    if (secondsBetween(parseInstant(job.startedAt), deps.now()) < PATIENCE)
      return { kind: 'wait', seconds: MINUTE, why: 'The connection is still there' };
    return {
      kind: 'done',
      progress: { done: mark.removed, what: 'The connection is still there.' },
    };
  }
  const after = await goOn(deps, piece, id, mark);
  if (after)
    return {
      kind: 'more',
      mark: after,
      progress: { done: after.removed, what: `${after.removed} records removed` },
      ...piece.pause,
    };
  return { kind: 'done', progress: { done: mark.removed, what: 'Everything is removed.' } };
}

/** `undefined`: nothing is left. */
async function goOn(deps: Deps, piece: Piece, id: string, mark: Mark): Promise<Mark | undefined> {
  switch (mark.phase) {
    case 'members': {
      const groups = [
        ...new Set([...(await keptGroups(deps, id)), ...(await usedAtNight(deps.store, id))]),
      ];
      let { at } = mark;
      for (; at < groups.length && !piece.over; at++) {
        await forgetMembers(deps, `${id}:${groups[at]}`);
        for (const list of [`${groups[at]}`, `${groups[at]}:again`])
          await removePieces(deps.store, listsOfNight(id, list));
      }
      return at < groups.length ? { ...mark, at } : { ...mark, phase: 'lists' };
    }
    case 'lists': {
      for (const placeOf of [
        ...listsOfSync(id),
        ...RUN_LISTS.map((name) => listsOfNight(id, name)),
      ])
        await removePieces(deps.store, placeOf);
      await forgetGroups(deps, id);
      await removeSyncState(deps, id);
      await forgetJobs(deps, id);
      return { ...mark, phase: 'groups' };
    }
    case 'groups':
    case 'apps':
      return candidates(deps, piece, id, mark);
  }
}

/** One page of the index after another; the index may still show what was removed a moment ago. */
async function candidates(
  deps: Deps,
  piece: Piece,
  id: string,
  mark: Mark,
): Promise<Mark | undefined> {
  const apps = mark.phase === 'apps';
  const status = candidateStatuses[mark.status];
  if (status === undefined)
    return apps ? undefined : { ...mark, phase: 'apps', status: 0, from: '' };
  const type = apps ? appCandidates : groupCandidates;
  const own = apps ? `${APP_CANDIDATE}:${id}:` : `${id}:`;
  let { from, removed } = mark;
  let cursor: string | undefined;
  do {
    const page = await deps.store.query({
      entity: type.entity,
      index: apps ? 'by-kind' : 'by-connection',
      partition: [apps ? APP_CANDIDATE : id, status],
      ...(from !== '' && { range: { from } }),
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    const keys = page.rows.map(({ key }) => key).filter((key) => key.startsWith(own));
    for (let i = 0; i < keys.length; i += BATCH)
      await deps.store.transact(
        keys
          .slice(i, i + BATCH)
          .map((key) => ({ op: 'remove', entity: type.entity, key, ifRev: 'any' })),
      );
    removed += keys.length;
    const last = nameOf(page.rows.at(-1)?.row);
    cursor = page.cursor;
    // Removed rows move up those behind them where a cursor counts rows, so the name is gone on from.
    if (cursor !== undefined && last !== undefined && last !== from) {
      from = last;
      cursor = undefined;
    } else if (cursor === undefined) return { ...mark, status: mark.status + 1, from: '', removed };
  } while (!piece.over);
  return { ...mark, from, removed };
}

const nameOf = (row: Row | undefined) =>
  typeof row?.['sortName'] === 'string' ? row['sortName'] : undefined;

/** Where readings stood; one that still runs finds no connection, and is removed with the next attempt. */
async function forgetJobs(deps: Deps, id: string): Promise<void> {
  for (const kind of ['catalog-sync', 'nightly-read'] as const) {
    const job = await readJob(deps, jobId(kind, id));
    if (job && job.state !== 'running') await deps.store.removePlain(`job:${job.id}`);
  }
}
