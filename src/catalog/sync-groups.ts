/** The groups of a connection, page by page, and which of the known ones are gone. */
import { repeats, turnPage } from '../jobs/piece';
import type { Failure } from '../shared/result';
import { groupCandidates, refresh } from './candidate-store';
import { type GroupCandidate, groupSeen } from './model/candidate';
import { unbelievable } from './model/sync-mark';
import type { SyncRun } from './sync-run';

export async function readGroupPage(run: SyncRun): Promise<Failure | undefined> {
  const { full, cursor } = run.mark;
  const since = full ? undefined : run.before?.mark;
  const read = await run.piece.ask(() =>
    run.directory.changedGroups({
      ...(since !== undefined && { mark: since }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  if (!read.ok) return read.error;
  const loops = repeats(cursor, read.value.cursor);
  if (loops) return loops;
  const pages = turnPage(run.mark.pages, read.value.cursor);
  if (pages && 'code' in pages) return pages;
  const page = read.value;
  // A directory may name a group twice in one page; the later word counts.
  const listed = [...new Map(page.changed.map((group) => [group.id, group])).values()];
  const now = run.deps.now();
  const used = await run.used();
  const written = await refresh(
    run.deps,
    groupCandidates,
    listed.map((seen) => ({ key: keyOf(run, seen.id), seen })),
    (before, seen) =>
      groupSeen(before, seen, { connectionId: run.id, taken: used.has(seen.id), now }),
  );
  const gone = await markGone(run, page.deleted);
  run.told(
    'groups',
    listed.map(({ id }) => id),
  );
  const whole = run.mark.whole && page.whole;
  const { cursor: _, pages: __, ...mark } = run.mark;
  run.mark = {
    ...mark,
    ...(pages && { pages }),
    whole,
    groups: mark.groups + listed.length,
    changed: mark.changed + written.length,
    gone: mark.gone + gone,
    ...(page.mark !== undefined && { next: page.mark }),
    ...(page.cursor !== undefined
      ? { cursor: page.cursor }
      : { phase: whole ? ('gone-groups' as const) : ('apps' as const) }),
  };
  return undefined;
}

/** Only after a reading that came to its end, and that named every group. */
export async function findGoneGroups(run: SyncRun): Promise<undefined> {
  const told = new Set(await run.all('groups'));
  const known = await run.known('groups');
  const missing = known.filter((id) => !told.has(id));
  const withhold = !run.moved && !run.mark.confirmed && unbelievable(missing.length, known.length);
  const gone = withhold ? 0 : await markGone(run, missing);
  run.mark = {
    ...run.mark,
    phase: 'apps',
    gone: run.mark.gone + gone,
    withheld: run.mark.withheld + (withhold ? missing.length : 0),
  };
  return undefined;
}

async function markGone(run: SyncRun, ids: readonly string[]): Promise<number> {
  const now = run.deps.now();
  const written = await refresh(
    run.deps,
    groupCandidates,
    [...new Set(ids)].map((id) => ({ key: keyOf(run, id), seen: undefined })),
    (before): GroupCandidate | undefined =>
      before === undefined || before.status === 'gone'
        ? undefined
        : { ...before, status: 'gone', changedAt: now },
  );
  return written.length;
}

const keyOf = (run: SyncRun, groupId: string) => `${run.id}:${groupId}`;
