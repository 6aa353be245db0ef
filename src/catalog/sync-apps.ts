/** The apps of a connection, and the groups that are assigned to each. */
import { type Pages, repeats, turnPage } from '../jobs/piece';
import { type Failure, no, ok, type Result } from '../shared/result';
import { APP_CANDIDATE, appCandidates, refresh } from './candidate-store';
import {
  type AppCandidate,
  appSeen,
  MOST_GROUPS_OF_APP,
  sameBut,
  statusAfter,
  withGroups,
} from './model/candidate';
import { unbelievable } from './model/sync-mark';
import type { SyncRun } from './sync-run';

const APPS_AT_ONCE = 25;

/** Apps are read where the credential may; without that right the groups that roles use are looked at all the same. */
const lacksRight = ({ code }: Failure) => code === 'scope-missing' || code === 'forbidden';

export async function readAppPage(run: SyncRun): Promise<Failure | undefined> {
  if (!run.directory.can.apps) {
    run.mark = { ...run.mark, phase: 'review' };
    return undefined;
  }
  const { cursor } = run.mark;
  const read = await run.piece.ask(() => run.directory.listApps(cursor));
  if (!read.ok) {
    if (!lacksRight(read.error)) return read.error;
    const { cursor: _, pages: __, ...mark } = run.mark;
    run.mark = { ...mark, appsUnread: read.error.detail, phase: 'review' };
    return undefined;
  }
  const loops = repeats(cursor, read.value.cursor);
  if (loops) return loops;
  const pages = turnPage(run.mark.pages, read.value.cursor);
  if (pages && 'code' in pages) return pages;
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
  const { cursor: _, pages: __, ...mark } = run.mark;
  run.mark = {
    ...mark,
    ...(pages && { pages }),
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
  const known = await run.known('apps');
  const missing = known.filter((id) => !told.has(id));
  const withhold = !run.moved && !run.mark.confirmed && unbelievable(missing.length, known.length);
  if (!withhold) {
    await refresh(
      run.deps,
      appCandidates,
      missing.map((id) => ({ key: appKey(run, id), seen: undefined })),
      (before): AppCandidate | undefined =>
        before && before.status !== 'gone'
          ? { ...before, status: 'gone', changedAt: run.deps.now() }
          : undefined,
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
  const used = await run.used();
  const ids = all.slice(run.mark.at, run.mark.at + APPS_AT_ONCE);
  const known = await appsById(run, ids);
  const after = new Map<string, AppCandidate>();
  const now = run.deps.now();
  let done = 0;
  let failure: Failure | undefined;
  for (const id of ids) {
    if (done > 0 && run.piece.over) break;
    let app = known.get(id);
    const unread = run.mark.appsUnread !== undefined;
    if (app && !unread && (run.mark.full || app.groups === undefined)) {
      const groups = await groupsOf(run, id);
      if (groups.ok) app = withGroups(app, groups.value, now);
      else if (lacksRight(groups.error))
        run.mark = { ...run.mark, appsUnread: groups.error.detail };
      else {
        failure = groups.error;
        break;
      }
    }
    if (app) after.set(id, withStatus(app, used));
    done++;
  }
  const differ = [...after].filter(([id, app]) => !sameBut(app, known.get(id) as AppCandidate));
  const written = await refresh(
    run.deps,
    appCandidates,
    differ.map(([id, seen]) => ({ key: appKey(run, id), seen })),
    (before, { groups, moreGroups }) =>
      before && {
        ...withStatus({ ...before, ...(groups && { groups }) }, used),
        ...(moreGroups && { moreGroups }),
        changedAt: now,
      },
  );
  const at = run.mark.at + done;
  run.mark = {
    ...run.mark,
    at,
    changed: run.mark.changed + written.length,
    ...(at >= all.length && { phase: 'review' as const }),
  };
  return failure;
}

/** An app is no candidate any more once a role uses one of its groups, and becomes one again. */
function withStatus(app: AppCandidate, used: ReadonlySet<string>): AppCandidate {
  if (app.status === 'gone') return app;
  const taken = (app.groups ?? []).some((groupId) => used.has(groupId));
  return { ...app, status: statusAfter(app.status, taken) };
}

export async function appsById(
  run: SyncRun,
  ids: readonly string[],
): Promise<Map<string, AppCandidate>> {
  const rows = await run.deps.store.getMany(
    ids.map((id) => ({ entity: appCandidates.entity, key: appKey(run, id) })),
  );
  const apps = rows.flatMap((row) => appCandidates.schema.safeParse(row?.body).data ?? []);
  return new Map(apps.map((app) => [app.id, app]));
}

async function groupsOf(run: SyncRun, appId: string): Promise<Result<readonly string[], Failure>> {
  const groups: string[] = [];
  let cursor: string | undefined;
  let pages: Pages | undefined;
  do {
    const page = await run.piece.ask(() => run.directory.groupsOfApp(appId, cursor));
    // Deleted since the list was read: the next run will not name it.
    if (!page.ok && page.error.code === 'not-found') return ok([]);
    if (!page.ok) return no(page.error);
    const loops = repeats(cursor, page.value.cursor);
    if (loops) return no(loops);
    const turned = turnPage(pages, page.value.cursor);
    if (turned && 'code' in turned) return no(turned);
    pages = turned;
    groups.push(...page.value.items);
    cursor = page.value.cursor;
  } while (cursor !== undefined && groups.length <= MOST_GROUPS_OF_APP);
  return ok(groups);
}

export const appKey = (run: SyncRun, appId: string) => `${APP_CANDIDATE}:${run.id}:${appId}`;
