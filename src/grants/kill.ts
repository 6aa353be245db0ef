/**
 * The kill switch for a person, an app or an issue.
 *
 * 1. `previewKill` says what is concerned, and what the app cannot end; nothing is written;
 * 2. `startKill` takes the preview that was looked at: if something else is concerned by now it
 *    refuses. It writes the stop, which keeps new access away from that moment, with its evidence;
 * 3. a job (`kill-run.ts`) ends every live access, privileged first, stops every open request, looks
 *    again for what came in between, and keeps one issue up to date until all of it is gone;
 * 4. `liftKill` lets new access through again, also while that issue still waits for what is stuck;
 *    nothing that ended comes back. A switch that is thrown anew meanwhile makes the same job look again.
 */
import * as z from 'zod/mini';
import { done, no, save } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { StopRun, StopTarget } from '../contracts/emergency';
import { type Job, jobId, readJob, startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { rightInWords } from '../rights/model/rights';
import { readRights } from '../rights/rights';
import { hashOf } from '../shared/canonical';
import { find, type Held, load, put } from '../shared/record';
import {
  type Concerned,
  concerned,
  firstStopKey,
  labelOf,
  MOST_PERSONS,
  stopsFor,
} from './kill-concerned';
import { isLooking, type KillMark } from './kill-mark';
import { type Stop, stopKey, stops } from './stop-record';

export interface Preview {
  /** To be handed back: who runs it has seen this. */
  readonly preview: string;
  readonly accesses: number;
  readonly privileged: number;
  readonly requests: number;
  /** How many accesses lead to each group, by its name. */
  readonly groups: readonly { readonly group: string; readonly accesses: number }[];
  /** Keys of the issues concerned, a hundred at most. */
  readonly issues: readonly string[];
  /** In words: what stays whatever the app does. */
  readonly stays: readonly string[];
  /** There is more than could be counted. */
  readonly more: boolean;
}

export async function previewKill(deps: Deps, target: StopTarget): Promise<Answer<Preview>> {
  const unknown = await notThere(deps, target);
  if (unknown) return unknown;
  return done(previewOf(target, await concerned(deps, target)));
}

export async function startKill(
  deps: Deps,
  { target, reason, preview }: StopRun,
  by: string,
): Promise<Answer<{ job: string }>> {
  const unknown = await notThere(deps, target);
  if (unknown) return unknown;
  const label = labelOf(target);
  const running = await jobNow(deps, target);
  if (running && (isLooking(running.mark) || target.kind === 'issue')) return RUNNING;
  const now = await concerned(deps, target);
  if (previewOf(target, now).preview !== preview) return OTHER;
  const at = deps.now();
  const run = `${label}@${at}`;
  const rights = await readRights(deps, by);
  const right = rights.operator ? rightInWords(rights) : 'owner';
  const standing = await firstStop(deps, target);
  const before = standing?.value.state === 'on' ? standing.value : undefined;
  const persons = [...new Set([...now.persons, ...(before?.persons ?? [])])];
  const after = stopsFor(target, persons).map(
    (one, i): Stop => ({
      v: 1,
      ...one,
      state: 'on',
      by,
      at,
      reason,
      run,
      // An owner who stops what an operator has stopped cannot lift it for that.
      right: before && before.right !== 'owner' ? (before.right ?? 'operator') : right,
      ...(i === 0 && target.kind === 'person' && { persons: persons.slice(0, MOST_PERSONS) }),
    }),
  );
  const change = {
    what: `stop:${label}`,
    by,
    before: undefined,
    after: {
      run,
      right,
      groups: rights.groups,
      target: { ...target },
      stops: after.map((s) => stopKey(s.kind, s.about)),
    },
  };
  // Before anything ends, so that nothing new begins while the old is taken away.
  const saved = await save(
    deps,
    change,
    after.map((stop) => put(stops, stop, 'any')),
    undefined,
  );
  if (!saved.ok) return saved;
  const mark: KillMark = {
    target,
    by,
    reason,
    run,
    at,
    grants: [],
    stopped: [],
    looks: 0,
    turns: 0,
  };
  const job = await startJob(deps, 'kill-switch', label, { by, mark });
  // One that only waits for removals finds the new stop when it looks the next time; that is now.
  if (running)
    await deps.queues.push('job', [{ body: { kind: 'job', id: job.id, turn: job.turn } }]);
  return done({ job: job.id });
}

/** How far it is, and the issue that tells of it. */
export async function followKill(
  deps: Pick<Deps, 'store'>,
  target: StopTarget,
): Promise<Answer<{ state: Job['state']; progress: Job['progress']; parent: string | null }>> {
  const job = await readJob(deps, jobId('kill-switch', labelOf(target)));
  if (!job)
    return no('kill-switch-known', 'There was no kill switch for this.', 'Reload the page.');
  const kept = parentSchema.safeParse(job.state === 'done' ? job.result : job.mark).data;
  const { state, progress } = job;
  return done({ state, progress, parent: kept?.parent ?? null });
}
const parentSchema = z.object({ parent: z.optional(z.string()) });

export async function liftKill(
  deps: Deps,
  { target, reason }: { readonly target: StopTarget; readonly reason: string },
  by: string,
): Promise<Answer<{ lifted: number }>> {
  const first = await firstStop(deps, target);
  if (first?.value.state !== 'on') return NOT_ON;
  const running = await jobNow(deps, target);
  if (running && isLooking(running.mark)) return RUNNING;
  if (first.value.right !== 'owner' && !(await readRights(deps, by)).operator) return OPERATORS_OWN;
  const all = [first, ...(await withIt(deps, target, first.value))];
  const at = deps.now();
  const after = all.map(
    ({ value, rev }): Held<Stop> => ({
      value: { ...value, state: 'lifted', lifted: { by, at, reason } },
      rev,
    }),
  );
  const change = {
    what: `stop:${labelOf(target)}`,
    by,
    before: first.value,
    after: { run: first.value.run, lifted: after.map(({ value: s }) => stopKey(s.kind, s.about)) },
  };
  return save(
    deps,
    change,
    after.map(({ value, rev }) => put(stops, value, rev)),
    { lifted: after.length },
  );
}

async function firstStop(
  deps: Pick<Deps, 'store'>,
  target: StopTarget,
): Promise<Held<Stop> | undefined> {
  const key = firstStopKey(target);
  return key === undefined ? undefined : load(deps.store, stops, key);
}

/** The directory persons of the account, by key, because an index lags; another account's stop stays. */
async function withIt(
  deps: Pick<Deps, 'store'>,
  target: StopTarget,
  { persons = [] }: Stop,
): Promise<Held<Stop>[]> {
  const keys = persons.map((about) => stopKey('person', about));
  if (keys.length === 0) return [];
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
  return rows.flatMap((row) => {
    const stop = row && stops.schema.safeParse(row.body).data;
    if (!row || stop?.state !== 'on' || !stop.run.startsWith(`${labelOf(target)}@`)) return [];
    return [{ value: stop, rev: row.rev }];
  });
}

async function jobNow(deps: Pick<Deps, 'store'>, target: StopTarget): Promise<Job | undefined> {
  const job = await readJob(deps, jobId('kill-switch', labelOf(target)));
  return job?.state === 'running' ? job : undefined;
}

/** What is stopped at the moment; a hundred at most. */
export async function listKills(
  deps: Deps,
): Promise<Answer<readonly Pick<Stop, 'kind' | 'about' | 'by' | 'at' | 'reason'>[]>> {
  const { found } = await find(deps.store, stops, {
    index: 'by-kind',
    partition: ['stop', 'on'],
    limit: 100,
  });
  return done(
    found.map(({ value: { kind, about, by, at, reason } }) => ({ kind, about, by, at, reason })),
  );
}

async function notThere(deps: Deps, target: StopTarget) {
  // One that cannot be read is there, and what it leads to has to end all the same.
  if (target.kind === 'app' && !(await deps.store.get('config', `app:${target.app}`)))
    return NO_APP;
  if (target.kind === 'issue' && !(await deps.store.get('request', target.issueId)))
    return NO_REQUEST;
  return undefined;
}

function previewOf(target: StopTarget, now: Concerned): Preview {
  const { grants, requests: open, unreadable, unreadableRequests, more } = now;
  const groups = new Map<string, number>();
  for (const { groupName } of grants.flatMap((g) => g.edges))
    groups.set(groupName, (groups.get(groupName) ?? 0) + 1);
  const kept = grants.filter((g) => g.edges.some((e) => e.found === 'member')).length;
  const byHand = grants.filter((g) => g.manual).length;
  return {
    preview: hashOf({
      target,
      grants: [...grants.map(({ id }) => id), ...unreadable.map(({ key }) => key)].sort(),
      requests: open.map(({ issueId }) => issueId).sort(),
    }),
    accesses: grants.length + unreadable.length,
    privileged: grants.filter((g) => g.privileged).length,
    requests: open.length,
    groups: [...groups]
      .map(([group, accesses]) => ({ group, accesses }))
      .sort((a, b) => b.accesses - a.accesses || (a.group < b.group ? -1 : 1)),
    issues: [...new Set([...grants, ...open].map(({ issueKey }) => issueKey))].slice(0, 100),
    stays: [
      'Sessions that are open in an app go on until the app ends them.',
      'Memberships that a rule of the directory gives, or that somebody made outside the app, stay.',
      ...(kept > 0
        ? [`${kept} of these accesses rest on memberships that were there before; those stay.`]
        : []),
      ...(unreadable.length > 0
        ? [
            `The records of ${unreadable.length} of these accesses cannot be read by this version of the app; they end by what is left of them.`,
          ]
        : []),
      ...(unreadableRequests > 0
        ? [
            `${unreadableRequests} open requests cannot be read by this version of the app; they stay, and give nothing.`,
          ]
        : []),
      ...(byHand > 0 ? [`${byHand} of these accesses are taken away by people, by hand.`] : []),
    ],
    more,
  };
}

const NO_APP = no('app-known', 'The catalog has no such app.', 'Choose one of the catalog.');
const NO_REQUEST = no(
  'request-known',
  'The app knows no access request for this issue.',
  'Check that its request type is bound.',
);
const OTHER = no(
  'preview-current',
  'Something else is concerned by now than what the preview showed, so nothing was done.',
  'Look at the preview again and start from it.',
);
const RUNNING = no(
  'kill-switch-idle',
  'A kill switch for this is at work already.',
  'Follow it on its issue; it goes on until everything is gone.',
);
const OPERATORS_OWN = no(
  'right-operator',
  'An operator set this stop, so only operators lift it.',
  'Ask an operator of this site.',
);
const NOT_ON = no('kill-switch-on', 'Nothing is stopped here.', 'Reload the page.');
