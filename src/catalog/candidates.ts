/** What directories offer for the catalog, as the admin page shows it. Nothing here makes a role. */
import type * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type {
  appCandidatePage,
  candidateChoice,
  groupCandidatePage,
  proposalFor,
} from '../contracts/candidates';
import type { GroupListing } from '../directories/directory';
import { type Job, jobId, readJob, startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { find, load, put } from '../shared/record';
import {
  APP_CANDIDATE,
  allIn,
  appCandidates,
  groupCandidates,
  readSyncState,
  type SyncState,
  sortable,
} from './candidate-store';
import { done, no, save } from './changes';
import { groupsInUse, liveRoles } from './governed';
import { type AppCandidate, type GroupCandidate, statusAfter } from './model/candidate';
import { type Proposal, type ProposedFrom, propose } from './model/propose';
import { failed, openConnection } from './open-connection';
import { apps } from './store';
import { WHOLE } from './sync';

type Page<T> = Answer<{ candidates: T[]; cursor?: string }>;

/** Most requested first. Where the numbers come from stands in `sync.read`. */
export async function listAppCandidates(
  deps: Deps,
  ask: z.infer<typeof appCandidatePage>,
): Promise<Page<AppCandidate>> {
  const page = await find(deps.store, appCandidates, {
    index: 'by-kind',
    partition: [APP_CANDIDATE, ask.status],
    limit: 50,
    ...(ask.cursor !== undefined && { cursor: ask.cursor }),
  });
  // A role saved since the last sync has taken its app already.
  const roles = ask.status === 'unassigned' ? await liveRoles(deps) : [];
  const used = new Set(
    roles.flatMap((role) => role.groups.map((group) => `${role.connectionId}:${group.id}`)),
  );
  const candidates = page.found
    .map((held) => held.value)
    .filter((app) => !app.groups?.some((id) => used.has(`${app.connectionId}:${id}`)));
  return done({ candidates, ...(page.cursor !== undefined && { cursor: page.cursor }) });
}

export async function listGroupCandidates(
  deps: Deps,
  ask: z.infer<typeof groupCandidatePage>,
): Promise<Page<GroupCandidate>> {
  const page = await groupsNamed(deps, ask, 50);
  return done({
    candidates: page.found.map((held) => held.value),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  });
}

const groupsNamed = (
  deps: Deps,
  ask: Pick<z.infer<typeof groupCandidatePage>, 'connection' | 'status' | 'search' | 'cursor'>,
  limit: number,
) => {
  const from = sortable(ask.search ?? '');
  return find(deps.store, groupCandidates, {
    index: 'by-connection',
    partition: [ask.connection, ask.status],
    ...(from !== '' && { range: { from, to: `${from}\uffff` } }),
    limit,
    ...(ask.cursor !== undefined && { cursor: ask.cursor }),
  });
};

/** Takes a candidate out of sight, or brings it back. */
export async function ignoreCandidate(
  deps: Deps,
  { kind, connection, id, ignored }: z.infer<typeof candidateChoice>,
  by: string,
): Promise<Answer<AppCandidate | GroupCandidate>> {
  const status = ignored ? ('ignored' as const) : statusAfter(undefined, false);
  const changedAt = deps.now();
  const unknown = no(
    'candidate-known',
    'There is no such candidate, or a role uses it.',
    'Reload the page.',
  );
  const changing = ({ status: is }: { status: string }) => is === 'unassigned' || is === 'ignored';
  const what = `candidate-${kind}:${connection}:${id}`;
  if (kind === 'app') {
    const held = await load(deps.store, appCandidates, `${APP_CANDIDATE}:${connection}:${id}`);
    if (!held || !changing(held.value)) return unknown;
    const after = { ...held.value, status, changedAt };
    const change = { what, by, before: told(held.value), after: told(after) };
    return save(deps, change, [put(appCandidates, after, held.rev)], after);
  }
  const held = await load(deps.store, groupCandidates, `${connection}:${id}`);
  if (!held || !changing(held.value)) return unknown;
  const after = { ...held.value, status, changedAt };
  const change = { what, by, before: told(held.value), after: told(after) };
  return save(deps, change, [put(groupCandidates, after, held.rev)], after);
}

const told = ({ name, status }: { name: string; status: string }) => ({ name, status });

const MOST_GROUPS = 50;

/** A form filled in for an administrator; what is saved in the end goes through the usual door. */
export async function proposeRoles(
  deps: Deps,
  ask: z.infer<typeof proposalFor>,
): Promise<Answer<Proposal & { connection: string }>> {
  const app =
    ask.app === undefined
      ? undefined
      : await load(deps.store, appCandidates, `${APP_CANDIDATE}:${ask.connection}:${ask.app}`);
  const name = ask.name ?? app?.value.name;
  if (name === undefined)
    return no(
      'candidate-known',
      'There is no such app among the candidates.',
      'Choose one of the list, or give the app a name.',
    );
  const wanted = ask.groups ?? app?.value.groups ?? [];
  const groups =
    wanted.length > 0
      ? await groupsById(deps, ask.connection, wanted)
      : await groupsByName(deps, ask.connection, name);
  const used = groupsInUse(await liveRoles(deps), ask.connection);
  const groupIds = new Set(used.keys());
  const appIds = new Set(
    (await allIn(deps, apps, 'by-kind', ['app', 'live'])).map((a) => a.value.id),
  );
  return done({ connection: ask.connection, ...propose(name, groups, { appIds, groupIds }) });
}

async function groupsById(
  deps: Deps,
  connection: string,
  ids: readonly string[],
): Promise<ProposedFrom[]> {
  const rows = await deps.store.getMany(
    ids.slice(0, MOST_GROUPS).map((id) => ({ entity: 'group', key: `${connection}:${id}` })),
  );
  return rows.flatMap((row) => {
    const group = groupCandidates.schema.safeParse(row?.body).data;
    return group === undefined || group.status === 'gone' ? [] : [group];
  });
}

async function groupsByName(
  deps: Deps,
  connection: string,
  search: string,
): Promise<ProposedFrom[]> {
  const ask = { connection, status: 'unassigned' as const, search, cursor: undefined };
  return (await groupsNamed(deps, ask, MOST_GROUPS)).found.map((held) => held.value);
}

export async function startSync(
  deps: Deps,
  ask: { readonly connection: string; readonly whole: boolean; readonly confirmGone?: boolean },
  by: string,
): Promise<Answer<Job>> {
  const opened = await openConnection(deps, ask.connection);
  if (!opened.ok) return opened;
  return done(
    await startJob(deps, 'catalog-sync', ask.connection, {
      by,
      ...(ask.whole && { mark: WHOLE }),
      ...(ask.confirmGone && { mark: { ...WHOLE, confirmGone: true } }),
    }),
  );
}

export async function readSync(
  deps: Deps,
  connection: string,
): Promise<Answer<{ job: Omit<Job, 'mark'> | null; last: Omit<SyncState, 'mark'> | null }>> {
  const [job, state] = [
    await readJob(deps, jobId('catalog-sync', connection)),
    await readSyncState(deps, connection),
  ];
  return done({ job: job ? shown(job) : null, last: state ? shown(state) : null });
}

/** Marks are the directory's and of no use to anybody else. */
function shown<T extends { mark?: unknown }>({ mark: _, ...rest }: T): Omit<T, 'mark'> {
  return rest;
}

/** In the directory itself, for a group that the last sync did not see. */
export async function searchGroups(
  deps: Deps,
  connection: string,
  text: string,
): Promise<Answer<readonly GroupListing[]>> {
  const opened = await openConnection(deps, connection);
  if (!opened.ok) return opened;
  const found = await opened.value.directory.searchGroups(text);
  return found.ok ? done(found.value) : failed(found.error);
}
