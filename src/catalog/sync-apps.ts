/** The apps of a connection, and the groups that are assigned to each. */
import { repeats } from '../jobs/piece';
import { type Failure, no, ok, type Result } from '../shared/result';
import { APP_CANDIDATE, allIn, appCandidates, LIVE_STATUSES, refresh } from './candidate-store';
import { type AppCandidate, appSeen, MOST_GROUPS_OF_APP, withGroups } from './model/candidate';
import { unbelievable } from './model/sync-mark';
import type { SyncRun } from './sync-run';

const APPS_AT_ONCE = 25;

export async function readAppPage(run: SyncRun): Promise<Failure | undefined> {
  if (!run.directory.can.apps) {
    run.mark = { ...run.mark, phase: 'review' };
    return undefined;
  }
  const { cursor } = run.mark;
  const read = await run.piece.ask(() => run.directory.listApps(cursor));
  if (!read.ok) return read.error;
  const loops = repeats(cursor, read.value.cursor);
  if (loops) return loops;
  const active = read.value.items.filter((app) => app.active);
  const listed = [...new Map(active.map((app) => [app.id, app])).values()];
  const now = run.deps.now();
  const written = await refresh(
    run.deps,
    appCandidates,
    listed.map((seen) => ({ key: appKey(run, seen.id), seen })),
    (before, seen) => appSeen(before, seen, { connectionId: run.id, now }),
  );
  run.told(
    'apps',
    listed.map(({ id }) => id),
  );
  const { cursor: _, ...mark } = run.mark;
  run.mark = {
    ...mark,
    apps: mark.apps + listed.length,
    changed: mark.changed + written.length,
    ...(read.value.cursor !== undefined
      ? { cursor: read.value.cursor }
      : { phase: 'gone-apps' as const }),
  };
  return undefined;
}

export async function findGoneApps(run: SyncRun): Promise<undefined> {
  const told = new Set(await run.all('apps'));
  const known = await appsOf(run);
  const missing = known.filter((app) => !told.has(app.id));
  const moved = run.before !== undefined && run.before.tenant !== run.connection.tenant;
  const withhold = !moved && unbelievable(missing.length, known.length);
  if (!withhold) {
    await refresh(
      run.deps,
      appCandidates,
      missing.map((app) => ({ key: appKey(run, app.id), seen: undefined })),
      (before): AppCandidate | undefined =>
        before && { ...before, status: 'gone', changedAt: run.deps.now() },
    );
  }
  run.mark = {
    ...run.mark,
    phase: 'assignments',
    withheld: run.mark.withheld + (withhold ? missing.length : 0),
  };
  return undefined;
}

/**
 * No directory tells which assignments changed: a full run reads those of every app, any other only
 * those of apps that it sees for the first time.
 */
export async function readAssignments(run: SyncRun): Promise<Failure | undefined> {
  const all = await run.all('apps');
  const ids = all.slice(run.mark.at, run.mark.at + APPS_AT_ONCE);
  const rows = await run.deps.store.getMany(
    ids.map((id) => ({ entity: appCandidates.entity, key: appKey(run, id) })),
  );
  const read: { key: string; seen: readonly string[] }[] = [];
  let done = 0;
  let failure: Failure | undefined;
  for (const [i, id] of ids.entries()) {
    if (done > 0 && run.piece.over) break;
    const known = appCandidates.schema.safeParse(rows[i]?.body).data;
    if (run.mark.full || known?.groups === undefined) {
      const groups = await groupsOf(run, id);
      if (!groups.ok) {
        failure = groups.error;
        break;
      }
      read.push({ key: appKey(run, id), seen: groups.value });
    }
    done++;
  }
  const now = run.deps.now();
  const written = await refresh(run.deps, appCandidates, read, (before, groups) => {
    if (!before) return undefined;
    const after = withGroups(before, groups, now);
    return String(after.groups) === String(before.groups) ? undefined : after;
  });
  const at = run.mark.at + done;
  run.mark = {
    ...run.mark,
    at,
    changed: run.mark.changed + written.length,
    ...(at >= all.length && { phase: 'review' as const }),
  };
  return failure;
}

async function groupsOf(run: SyncRun, appId: string): Promise<Result<readonly string[], Failure>> {
  const groups: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await run.piece.ask(() => run.directory.groupsOfApp(appId, cursor));
    // Deleted since the list was read: the next run will not name it.
    if (!page.ok && page.error.code === 'not-found') return ok([]);
    if (!page.ok) return no(page.error);
    const loops = repeats(cursor, page.value.cursor);
    if (loops) return no(loops);
    groups.push(...page.value.items);
    cursor = page.value.cursor;
  } while (cursor !== undefined && groups.length <= MOST_GROUPS_OF_APP);
  return ok(groups);
}

/** Those of this connection that are not known to be gone. */
export async function appsOf(run: SyncRun): Promise<AppCandidate[]> {
  const known = await Promise.all(
    LIVE_STATUSES.map((status) =>
      allIn(run.deps, appCandidates, 'by-kind', [APP_CANDIDATE, status]),
    ),
  );
  return known
    .flat()
    .map((held) => held.value)
    .filter((app) => app.connectionId === run.id);
}

export const appKey = (run: SyncRun, appId: string) => `${APP_CANDIDATE}:${run.id}:${appId}`;
