/**
 * The work of a kill switch, as a job.
 *
 * 1. look: everything that is live or asked for is found; of a person also by the directories;
 * 2. open requests are stopped, live accesses begin to end, privileged ones first; the removals run in
 *    the queue of all revocations;
 * 3. look again a little later, until a look finds nothing new: indexes lag, and a request can pass
 *    the gate at the moment when the stop is written;
 * 4. watch: one issue says what became of each group and each access, until none is left.
 */
import { personKey } from '../catalog/model/catalog';
import { connections } from '../catalog/store';
import type { Job, Step } from '../jobs/job';
import { Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import { personsOf } from '../requests/person';
import { hashOf } from '../shared/canonical';
import { MINUTE } from '../shared/instant';
import { find, put } from '../shared/record';
import { concerned, stopsFor } from './kill-concerned';
import { type KillMark, killMarkSchema } from './kill-mark';
import { isSettled, report } from './kill-report';
import type { Grant } from './model/grant';
import { endGrant } from './revoke';
import { type Stop, stopKey, stops } from './stop-record';
import { stopRequest } from './stop-request';
import { grants } from './store';

/** Two looks this far apart that find nothing new: then all there was is known. */
const LOOKS = 2;
const BETWEEN_LOOKS = MINUTE;
const MOST_CALLS = 60;
/** While it is quick it is followed closely; what is stuck is looked at every quarter of an hour. */
const CLOSELY = 10;
const SELDOM = 15 * MINUTE;

export async function killStep(deps: Deps, job: Job): Promise<Step> {
  const read = killMarkSchema.safeParse(job.mark);
  if (!read.success)
    throw new Error('The mark of a kill switch cannot be read', { cause: read.error });
  return read.data.looks < LOOKS ? look(deps, read.data) : watch(deps, read.data);
}

async function look(deps: Deps, before: KillMark): Promise<Step> {
  const mark = before.persons ? before : await whoTheyAre(deps, before);
  const all = await concerned(deps, mark.target, mark.persons);
  const { by, reason, run } = mark;
  const facts = { run, reasonHash: hashOf(reason) };
  const piece = new Piece(deps, MOST_CALLS);
  const stopped = new Set(mark.stopped);
  const known = new Set(mark.grants);
  let cutOff = false;
  // What can still hurt first, and there what administers something.
  for (const grant of all.grants) {
    known.add(grant.id);
    if (grant.state !== 'active' && grant.state !== 'provisioning') continue;
    if (piece.over) cutOff = true;
    else await piece.ask(() => end(deps, grant, { by, facts, reason }));
  }
  for (const request of all.requests) {
    if (piece.over) cutOff = true;
    else if (
      (await piece.ask(() => stopRequest(deps, request.issueId, { by, reason, facts }))) ===
      'stopped'
    )
      stopped.add(request.issueId);
  }
  const isNew = known.size > mark.grants.length || stopped.size > mark.stopped.length;
  const waits = cutOff || all.more || all.requests.length > 0;
  const next: KillMark = {
    ...mark,
    grants: [...known],
    stopped: [...stopped],
    looks: isNew || waits ? 0 : mark.looks + 1,
  };
  const told = await report(deps, next, await loaded(deps, next.grants));
  return {
    kind: 'more',
    mark: { ...next, ...told },
    progress: { done: stopped.size, what: 'ending what is live' },
    ...(!cutOff && { seconds: BETWEEN_LOOKS }),
  };
}

async function end(
  deps: Deps,
  grant: Grant,
  { by, facts, reason }: { by: string; facts: Record<string, unknown>; reason: string },
): Promise<void> {
  await endGrant(deps, grant.id, {
    because: 'kill-switch',
    by,
    facts,
    handOver: true,
    tell: {
      internal: { headline: `Kill switch, by account ${by}`, lines: [reason] },
    },
  });
}

async function watch(deps: Deps, mark: KillMark): Promise<Step> {
  const all = await loaded(deps, mark.grants);
  const settled = all.every(isSettled);
  const told = await report(deps, mark, all, settled);
  const progress = {
    done: all.filter(isSettled).length,
    of: all.length,
    what: settled ? 'all of it is gone' : 'waiting for removals',
  };
  if (settled) {
    const { parent } = told;
    return { kind: 'done', progress, ...(parent !== undefined && { result: { parent } }) };
  }
  return {
    kind: 'more',
    mark: { ...mark, ...told, turns: mark.turns + 1 },
    progress,
    seconds: mark.turns < CLOSELY ? BETWEEN_LOOKS : SELDOM,
  };
}

/** Read by key, in the batches that the store takes. */
async function loaded(deps: Deps, ids: readonly string[]): Promise<Grant[]> {
  const read: Grant[] = [];
  for (let i = 0; i < ids.length; i += 25) {
    const some = ids.slice(i, i + 25);
    const rows = await deps.store.getMany(some.map((key) => ({ entity: 'grant', key })));
    for (const row of rows) {
      const one = row && grants.schema.safeParse(row.body);
      if (one?.success) read.push(one.data);
    }
  }
  return read;
}

/**
 * A second Jira account of the same person must get nothing either. A directory that does not answer
 * holds up nothing: what the ledger knows is enough to begin.
 */
async function whoTheyAre(deps: Deps, mark: KillMark): Promise<KillMark> {
  const { target, by, reason, run } = mark;
  if (target.kind !== 'person') return { ...mark, persons: [] };
  const persons = new Set<string>();
  const { found } = await find(deps.store, connections, {
    index: 'by-kind',
    partition: ['connection', 'live'],
    limit: 20,
  });
  for (const { value: connection } of found) {
    const opened = await deps.directory(connection);
    if (!opened.ok) continue;
    const named = await personsOf(deps, opened.value, connection.id, target.accountId);
    if (named.ok) for (const id of named.value) persons.add(personKey(connection.id, id));
    else deps.log.warn('kill-switch.person-untold', { code: named.error.code });
  }
  const all = [...persons].sort().slice(0, 20);
  const writes = stopsFor(target, all).map((one) =>
    put(stops, { v: 1, ...one, state: 'on', by, at: mark.at, reason, run } satisfies Stop, 'any'),
  );
  await deps.store.transact(writes);
  deps.log.info('kill-switch.stopped', {
    stops: writes.length,
    first: stopKey('person', target.accountId),
  });
  return { ...mark, persons: all };
}
