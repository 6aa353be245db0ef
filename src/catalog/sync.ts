/**
 * The catalog fills itself: what a directory has becomes candidates. One job per connection.
 *
 * 1. groups: all of them, or what changed since the last time (`sync-groups.ts`); after a reading that
 *    came to its end and named every group, those it did not name are gone;
 * 2. apps, and the groups assigned to each (`sync-apps.ts`);
 * 3. what that means for roles that are offered becomes findings; nothing of a role is changed by it
 *    (`sync-review.ts`);
 * 4. how often each app was asked for in the last ninety days.
 *
 * Every step does a bounded piece and may be cut off or repeated: records are compared with what
 * stands and written only when they differ, and a reading that fails half way makes nothing "gone".
 */

import type { Job, Step } from '../jobs/job';
import { afterFailure, Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import { DAY, parseInstant, secondsBetween } from '../shared/instant';
import type { Failure } from '../shared/result';
import { readSyncState, type SyncState, writeSyncState } from './candidate-store';
import { groupsInUse, liveRoles } from './governed';
import { firstMark, type Phase, syncMarkSchema } from './model/sync-mark';
import { type OpenConnection, openConnection } from './open-connection';
import { findGoneApps, readAppPage, readAssignments } from './sync-apps';
import { findGoneGroups, readGroupPage } from './sync-groups';
import { countRequests, reviewUsed } from './sync-review';
import { ListGone, listGone, SyncRun } from './sync-run';

const CALLS_A_STEP = 20;
/** What no directory tells as a change (assignments, in some deletions) is read whole this often. */
const WHOLE_EVERY = 7 * DAY;
const MOST_RESTARTS = 3;

/** Handed to `startJob` to read everything, whatever is known. */
export const WHOLE = { whole: true } as const;

const PHASES: Readonly<
  Record<Exclude<Phase, 'finish'>, (run: SyncRun) => Promise<Failure | undefined>>
> = {
  groups: readGroupPage,
  'gone-groups': findGoneGroups,
  apps: readAppPage,
  'gone-apps': findGoneApps,
  assignments: readAssignments,
  review: reviewUsed,
  rank: countRequests,
};

export async function catalogSync(deps: Deps, job: Job): Promise<Step> {
  const opened = await openConnection(deps, job.about);
  if (!opened.ok) return { kind: 'failed', problem: opened.problem };
  const run = await resume(deps, job, opened.value);
  // A step of its own, begun when its mark is kept: the lists that it removes are needed no more.
  if (run.mark.phase === 'finish') return finish(run);
  try {
    return await goOn(run);
  } catch (cause) {
    if (cause instanceof ListGone) return { kind: 'failed', problem: listGone };
    throw cause;
  }
}

async function goOn(run: SyncRun): Promise<Step> {
  let moved = false;
  while (run.mark.phase !== 'finish' && !(moved && run.piece.over)) {
    const mark = run.mark;
    const failure = await PHASES[run.mark.phase as Exclude<Phase, 'finish'>](run);
    if (failure && beginsAnew(failure, run)) {
      await run.restart(run.deps.now());
      return { kind: 'more', mark: run.mark, progress: progressOf(run) };
    }
    moved ||= run.mark !== mark;
    if (!failure) continue;
    if (!moved) return afterFailure(failure);
    await run.keep();
    return afterFailure(failure, { mark: run.mark, progress: progressOf(run) });
  }
  await run.keep();
  return { kind: 'more', mark: run.mark, progress: progressOf(run), ...run.piece.pause };
}

async function resume(
  deps: Deps,
  job: Job,
  { connection, directory }: OpenConnection,
): Promise<SyncRun> {
  const before = await readSyncState(deps, connection.id);
  const now = deps.now();
  const asked = (job.mark as { whole?: boolean } | undefined)?.whole === true;
  const confirmed = (job.mark as { confirmGone?: boolean } | undefined)?.confirmGone === true;
  const parsed = syncMarkSchema.safeParse(job.mark);
  const known = before?.tenant === connection.tenant && directory.can.incremental;
  const due = !before || secondsBetween(parseInstant(before.fullAt), now) >= WHOLE_EVERY;
  const full = asked || due || !known || before.mark === undefined;
  const piece = new Piece(deps, CALLS_A_STEP);
  const run = new SyncRun({
    deps: { ...deps, store: piece.store },
    connection,
    directory,
    before,
    piece,
    mark: parsed.success
      ? parsed.data
      : { ...firstMark(now, full), ...(confirmed && { confirmed }) },
  });
  if (!parsed.success)
    run.told('used', [...groupsInUse(await liveRoles(run.deps), connection.id).keys()]);
  return run;
}

/** The mark is too old for the directory, or a page of a reading that was cut off lives no longer. */
function beginsAnew(failure: Failure, { mark }: SyncRun): boolean {
  if (mark.restarts >= MOST_RESTARTS) return false;
  const stale = mark.cursor !== undefined && failure.class === 'permanent';
  return failure.code === 'mark-expired' || stale;
}

async function finish(run: SyncRun): Promise<Step> {
  const { mark, deps, before } = run;
  // A step that is repeated finds its own work done.
  if (before?.run !== mark.startedAt) await writeSyncState(deps, run.id, await stateAfter(run));
  await run.forget();
  const { full, groups, apps, changed, gone, withheld, found } = mark;
  deps.log.info('sync.done', { connection: run.id, full, groups, apps, changed, gone, withheld });
  return {
    kind: 'done',
    progress: { ...progressOf(run), what: `${groups} groups and ${apps} apps read` },
    result: { full, groups, apps, changed, gone, found, notes: notesOf(run) },
  };
}

async function stateAfter(run: SyncRun): Promise<SyncState> {
  const { mark, deps, connection, before } = run;
  const now = deps.now();
  const believed = mark.withheld === 0;
  const next = mark.next ?? (believed ? before?.mark : undefined);
  const counted = mark.counted ?? before?.counted;
  const told = { groups: await run.all('groups'), apps: await run.all('apps') };
  const or = async (list: 'groups' | 'apps') => [
    ...new Set([...(run.moved ? [] : await run.known(list)), ...told[list]]),
  ];
  const known = await run.know({
    groups: mark.whole && believed ? told.groups : await or('groups'),
    apps: believed && mark.appsUnread === undefined ? told.apps : await or('apps'),
  });
  return {
    v: 1,
    run: mark.startedAt,
    known,
    tenant: connection.tenant,
    at: now,
    fullAt: !believed ? NEVER : mark.full ? now : (before?.fullAt ?? NEVER),
    ...(next !== undefined && { mark: next }),
    groups: mark.full ? mark.groups : (before?.groups ?? 0),
    apps: mark.appsUnread === undefined ? mark.apps : Math.max(mark.apps, before?.apps ?? 0),
    ...(counted && { counted }),
  };
}

/** So that the next run is a whole one. */
const NEVER = '1970-01-01T00:00:00.000Z';

function notesOf({ mark, directory }: SyncRun): string[] {
  return [
    ...(mark.withheld > 0
      ? [
          `The directory did not name ${mark.withheld} of the groups and apps that were known. That is too many to believe, so none of them is marked as gone: look whether the credential still may read everything. If they really are gone, an administrator starts the sync once more with confirmGone.`,
        ]
      : []),
    ...(directory.can.apps
      ? []
      : ['This directory does not tell which groups belong to which app.']),
    ...(mark.appsUnread !== undefined
      ? [
          `Apps, or the groups assigned to them, could not be read: ${mark.appsUnread} What was known of them stands. Give the credential the right to read applications, or do without.`,
        ]
      : []),
    ...(mark.unseen ?? []).map(
      ({ group, sentence }) =>
        `The group ${group}, which a role uses, could not be looked at: ${sentence} Give the credential the right to read it, or choose another group for the role.`,
    ),
    ...(mark.found > 0
      ? [
          `${mark.found} things about groups that roles use need a look; they are among the findings.`,
        ]
      : []),
  ];
}

function progressOf({ mark, before }: SyncRun): Job['progress'] {
  const about = mark.full && before && before.groups > mark.groups ? before.groups : undefined;
  switch (mark.phase) {
    case 'groups':
      return {
        done: mark.groups,
        ...(about !== undefined && { of: about }),
        what: about ? `${mark.groups} of about ${about} groups read` : `${mark.groups} groups read`,
      };
    case 'gone-groups':
    case 'apps':
    case 'gone-apps':
      return { done: mark.apps, what: `${mark.groups} groups and ${mark.apps} apps read` };
    case 'assignments':
      return {
        done: Math.min(mark.at, mark.apps),
        of: mark.apps,
        what: `groups of ${Math.min(mark.at, mark.apps)} of ${mark.apps} apps read`,
      };
    case 'review':
    case 'rank':
    case 'finish':
      return { done: mark.groups, what: 'comparing with the roles there are' };
  }
}
