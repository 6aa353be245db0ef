/** After the reading: what it means for the roles there are, and how often each app is asked for. */
import { findings, openFinding, resolveFinding } from '../findings/findings';
import type { Found } from '../findings/model/finding';
import { requests } from '../requests/store';
import { DAY, plusSeconds } from '../shared/instant';
import { type Failure, no, ok, type Result } from '../shared/result';
import { allIn, appCandidates, groupCandidates, refresh } from './candidate-store';
import { groupsInUse, liveRoles } from './governed';
import { type GroupCandidate, statusAfter } from './model/candidate';
import { GROUP_FINDINGS, reviewGroup, type SeenGroup } from './model/group-review';
import { mentions } from './model/rank';
import { appKey, appsById } from './sync-apps';
import type { SyncRun } from './sync-run';

const MOST_UNSEEN = 20;

export async function reviewUsed(run: SyncRun): Promise<Failure | undefined> {
  // Read again: a role may have been saved since the run began.
  const inUse = groupsInUse(await liveRoles(run.deps), run.id);
  const used = [...inUse];
  const rows = await run.deps.store.getMany(
    used.map(([id]) => ({ entity: groupCandidates.entity, key: `${run.id}:${id}` })),
  );
  const found: Found[] = [];
  const unseen: { group: string; sentence: string }[] = [];
  for (const [i, [groupId, roles]] of used.entries()) {
    const known = groupCandidates.schema.safeParse(rows[i]?.body).data;
    const listed = known !== undefined && known.status !== 'gone' ? known : undefined;
    const seen = listed ? ok(listed) : await lookAlone(run, groupId);
    if (!seen.ok) {
      if (seen.error.class === 'retryable' || seen.error.code === 'credential-refused')
        return seen.error;
      unseen.push({ group: groupId, sentence: seen.error.detail });
      continue;
    }
    found.push(...reviewGroup({ connectionId: run.id, groupId, roles }, seen.value));
  }
  for (const one of found) await openFinding(run.deps, one);
  await settleOthers(run, inUse, {
    keys: new Set(found.map((one) => one.key)),
    unseen: new Set(unseen.map(({ group }) => group)),
  });
  await markTaken(run, inUse);
  run.mark = {
    ...run.mark,
    phase: 'rank',
    found: found.length,
    ...(unseen.length > 0 && { unseen: unseen.slice(0, MOST_UNSEEN) }),
  };
  return undefined;
}

/** A list that leaves a group out proves little; the directory is asked for this one by its id. */
async function lookAlone(
  run: SyncRun,
  groupId: string,
): Promise<Result<SeenGroup | 'gone', Failure>> {
  const read = await run.piece.ask(() => run.directory.describeGroup(groupId));
  return read.ok ? ok(read.value === null ? 'gone' : { kind: '', ...read.value }) : no(read.error);
}

async function settleOthers(
  run: SyncRun,
  inUse: ReadonlyMap<string, unknown>,
  still: { readonly keys: ReadonlySet<string>; readonly unseen: ReadonlySet<string> },
): Promise<void> {
  const kinds: readonly string[] = GROUP_FINDINGS;
  for (const { value } of await allIn(run.deps, findings, 'by-status', ['open'])) {
    if (value.connectionId !== run.id || !kinds.includes(value.kind)) continue;
    if (still.keys.has(value.key) || still.unseen.has(value.groupId ?? '')) continue;
    const because = inUse.has(value.groupId ?? '')
      ? 'The directory shows it as the role has it.'
      : 'No role that is offered uses the group any more.';
    await resolveFinding(run.deps, value.key, because);
  }
}

/** Groups that roles use are no candidates any more, and become ones again. */
async function markTaken(run: SyncRun, inUse: ReadonlyMap<string, unknown>): Promise<void> {
  const { deps, id } = run;
  const now = deps.now();
  const before = await allIn(deps, groupCandidates, 'by-connection', [id, 'taken']);
  const keys = new Set([
    ...[...inUse.keys()].map((groupId) => `${id}:${groupId}`),
    ...before.map((held) => groupCandidates.key(held.value)),
  ]);
  await refresh(
    deps,
    groupCandidates,
    [...keys].map((key) => ({ key, seen: undefined })),
    (group): GroupCandidate | undefined => {
      if (!group || group.status === 'gone') return undefined;
      const status = statusAfter(group.status, inUse.has(group.id));
      return status === group.status ? undefined : { ...group, status, changedAt: now };
    },
  );
}

const COUNTED_DAYS = 90;
const MOST_COUNTED = 1000;

/**
 * Issues whose summary names the app, and requests for a role that uses one of its groups: each issue
 * counts once. A site without bindings, or a search that fails, leaves the numbers as they were.
 */
export async function countRequests(run: SyncRun): Promise<undefined> {
  run.mark = { ...run.mark, phase: 'finish' };
  const { deps } = run;
  const { bindings } = await deps.settings();
  const apps = [...(await appsById(run, await run.all('apps'))).values()];
  if (bindings.length === 0 || apps.length === 0) return undefined;
  const projects = [...new Set(bindings.map((binding) => binding.projectId))].join(', ');
  const jql = `project in (${projects}) AND created >= "-${COUNTED_DAYS}d" ORDER BY created DESC`;
  const issues = await deps.jira.summaries(jql, MOST_COUNTED);
  if (!issues.ok) {
    deps.log.warn('sync.uncounted', { connection: run.id, code: issues.error.code });
    return undefined;
  }
  const named = mentions(
    apps.map((app) => app.name),
    issues.value,
  );
  const asked = await askedFor(
    run,
    issues.value.map(({ id }) => id),
  );
  const now = deps.now();
  const counts = apps.map((app) => {
    const ids = new Set(named.get(app.name));
    for (const groupId of app.groups ?? []) for (const id of asked.get(groupId) ?? []) ids.add(id);
    return { app, count: ids.size };
  });
  await refresh(
    deps,
    appCandidates,
    counts
      .filter(({ app, count }) => app.requests !== count)
      .map(({ app, count }) => ({ key: appKey(run, app.id), seen: count })),
    (before, requests) => before && { ...before, requests, changedAt: now },
  );
  run.mark = {
    ...run.mark,
    counted: {
      from: plusSeconds(now, -COUNTED_DAYS * DAY),
      to: now,
      issues: issues.value.length,
      newestOnly: issues.value.length >= MOST_COUNTED,
    },
  };
  return undefined;
}

/** Group id → issues on which a role with this group was asked for, as the ledger knows them. */
async function askedFor(run: SyncRun, issueIds: readonly string[]) {
  const rows = await run.deps.store.getMany(
    issueIds.map((key) => ({ entity: requests.entity, key })),
  );
  const issuesOf = new Map<string, string[]>();
  for (const row of rows) {
    const request = requests.schema.safeParse(row?.body).data;
    const subject = request?.pin?.subject;
    if (!request || subject?.connectionId !== run.id) continue;
    for (const groupId of subject.groupIds)
      issuesOf.set(groupId, [...(issuesOf.get(groupId) ?? []), request.issueId]);
  }
  return issuesOf;
}
