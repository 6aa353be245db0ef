/**
 * The work of a kill switch, as a job.
 *
 * 1. look: everything that is live or asked for is found; of a person also by the directories;
 * 2. open requests are stopped, live accesses begin to end, privileged ones first; the removals run in
 *    the queue of all revocations;
 * 3. look again a little later, until a look finds nothing new: indexes lag, and a request can pass
 *    the gate at the moment when the stop is written;
 * 4. watch: one issue says what became of each group and each access, until none is left. If the switch
 *    is thrown anew meanwhile, it begins again at 1, for the new reason.
 */

import { save } from '../catalog/changes';
import { personKey } from '../catalog/model/catalog';
import { connections } from '../catalog/store';
import type { Job, Step } from '../jobs/job';
import { Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import { personsOf } from '../requests/person';
import { hashOf } from '../shared/canonical';
import { MINUTE } from '../shared/instant';
import { find, put } from '../shared/record';
import { concerned, firstStopKey, labelOf, MOST_PERSONS, stopsFor } from './kill-concerned';
import { type KillMark, killMarkSchema, LOOKS } from './kill-mark';
import { type Accesses, isSettled, report } from './kill-report';
import { endUnreadable, stillThere } from './kill-unreadable';
import type { Grant } from './model/grant';
import { endGrant } from './revoke';
import { type Stop, stopKey, stops } from './stop-record';
import { stopRequest } from './stop-request';
import { grants } from './store';

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
  const unreadable = new Set(mark.unreadable);
  let cutOff = false;
  // What can still hurt first, and there what administers something.
  for (const grant of all.grants) {
    known.add(grant.id);
    if (grant.state !== 'active' && grant.state !== 'provisioning') continue;
    if (piece.over) cutOff = true;
    else await piece.ask(() => end(deps, grant, { by, facts, reason }));
  }
  for (const one of all.unreadable.filter(({ key }) => !unreadable.has(key))) {
    if (piece.over) cutOff = true;
    else {
      await piece.ask(() => endUnreadable(deps, one));
      unreadable.add(one.key);
    }
  }
  let busy = false;
  for (const request of all.requests) {
    if (piece.over) {
      cutOff = true;
      continue;
    }
    // What has begun is ended as a grant, however long that takes.
    const what = await piece.ask(() => stopRequest(deps, request.issueId, { by, reason, facts }));
    if (what === 'stopped') stopped.add(request.issueId);
    if (what === 'busy') busy = true;
  }
  const isNew =
    known.size > mark.grants.length ||
    stopped.size > mark.stopped.length ||
    unreadable.size > (mark.unreadable?.length ?? 0);
  const waits = cutOff || busy || all.more;
  const next: KillMark = {
    ...mark,
    grants: [...known],
    ...(unreadable.size > 0 && { unreadable: [...unreadable] }),
    stopped: [...stopped],
    looks: isNew || waits ? 0 : mark.looks + 1,
  };
  const told = await report(deps, next, await accessesOf(deps, next));
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
  const stop = await stopNow(deps, mark);
  if (stop?.state === 'on' && stop.run !== mark.run) return look(deps, anew(mark, stop));
  const now = await accessesOf(deps, mark);
  const { by, run, reason } = mark;
  const facts = { run, reasonHash: hashOf(reason) };
  // Only one that could not be read before.
  for (const grant of now.all)
    if (grant.state === 'active' || grant.state === 'provisioning')
      await end(deps, grant, { by, facts, reason });
  const settled = now.unreadable === 0 && now.all.every(isSettled);
  const told = await report(deps, mark, now, settled ? { on: stop?.state === 'on' } : undefined);
  const progress = {
    done: now.all.filter(isSettled).length,
    of: now.all.length + now.unreadable,
    what: settled ? 'all of it is gone' : 'waiting for removals',
  };
  if (settled) {
    const { parent } = told;
    // Thrown anew while this was told: a job that is done would not look.
    const later = await stopNow(deps, mark);
    if (later?.state === 'on' && later.run !== mark.run)
      return { kind: 'more', mark: { ...mark, ...told }, progress };
    return { kind: 'done', progress, ...(parent !== undefined && { result: { parent } }) };
  }
  return {
    kind: 'more',
    mark: { ...mark, ...told, turns: mark.turns + 1 },
    progress,
    seconds: mark.turns < CLOSELY ? BETWEEN_LOOKS : SELDOM,
  };
}

/** As it stands; one that cannot be read is on, and no other run. */
async function stopNow(deps: Deps, { target }: KillMark): Promise<Stop | undefined> {
  const key = firstStopKey(target);
  const row = key === undefined ? undefined : await deps.store.get('config', key);
  return row && stops.schema.safeParse(row.body).data;
}

/** What was ended stays known, and is told on an issue of the new run's own. */
const anew = ({ target, grants: known, unreadable }: KillMark, stop: Stop): KillMark => ({
  target,
  by: stop.by,
  reason: stop.reason,
  run: stop.run,
  at: stop.at,
  grants: known,
  ...(unreadable && { unreadable }),
  stopped: [],
  looks: 0,
  turns: 0,
});

async function accessesOf(deps: Deps, mark: KillMark): Promise<Accesses> {
  const all = await loaded(deps, mark.grants);
  const { left, readable } = await stillThere(deps, mark.unreadable ?? []);
  const known = new Set(all.map(({ id }) => id));
  return {
    all: [...all, ...readable.filter(({ id }) => !known.has(id))],
    unreadable: left.length,
    gone: (mark.unreadable?.length ?? 0) - left.length - readable.length,
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
  const { target } = mark;
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
  const first = await stopNow(deps, mark);
  const stopped = first?.persons ?? [];
  const more = [...persons].sort().filter((one) => !stopped.includes(one));
  const all = [...stopped, ...more].slice(0, MOST_PERSONS);
  if (all.length > stopped.length) await stopPersons(deps, mark, first, all);
  return { ...mark, persons: all };
}

/** With the account's own, which names them: they are lifted with it. */
async function stopPersons(
  deps: Deps,
  { target, by, at, reason, run }: KillMark,
  first: Stop | undefined,
  persons: readonly string[],
): Promise<void> {
  const right = first?.right === undefined ? {} : { right: first.right };
  const writes = stopsFor(target, persons).map((one, i) => {
    const stop: Stop = { v: 1, ...one, state: 'on', by, at, reason, run, ...right };
    return put(stops, i === 0 ? { ...stop, persons: [...persons] } : stop, 'any');
  });
  const names = stopsFor(target, persons).map((one) => stopKey(one.kind, one.about));
  const change = {
    what: `stop:${labelOf(target)}`,
    by,
    before: first,
    after: { run, stops: names },
  };
  const saved = await save(deps, change, writes, undefined);
  // The chain of all changes was taken again and again: the stop goes before its record.
  if (!saved.ok) await deps.store.transact(writes);
  deps.log.info('kill-switch.stopped', { stops: writes.length, onRecord: saved.ok });
}
