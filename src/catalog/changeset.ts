/**
 * Changing much at once: a bulk change, a table, a whole configuration.
 *
 * 1. `makeSet` keeps what shall become of which target and starts the check (`changeset-check.ts`);
 * 2. `readSet` shows everything that is wrong, or every difference in words: nothing is changed yet;
 * 3. `applySet` writes all of it: at once where one transaction holds it, else by the job
 *    (`apply-changes.ts`), which takes back what it did when somebody else stands in the way;
 * 4. `undoSet` takes all of it back, as long as nothing of it was changed since.
 */
import type { Answer } from '../contracts/answer';
import { type Job, jobId, readJob, startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import { DAY, HOUR, type Instant, secondsBetween } from '../shared/instant';
import type { Held } from '../shared/record';
import { attempt, blocking, wholeSet } from './apply-changes';
import {
  keepSet,
  loadSet,
  MOST_PROBLEMS,
  newestSets,
  pieces,
  readChanges,
  readProblems,
  writePieces,
  writeProblems,
} from './change-sets';
import { done, no } from './changes';
import { Looking } from './looking';
import { type ChangeSet, type ProblemLine, revived, type SetChange } from './model/change-set';
import { type Difference, differenceOf } from './model/differences';
import type { Draft } from './model/draft';
import { movesOwner, restsOnOwner } from './of-app';
import { setWeakens } from './set-weakens';

/** What a preview showed an hour ago may not hold any more: groups and people change by themselves. */
const PREVIEW_HOLDS = HOUR;
const LINES_A_PAGE = 200;

export async function makeSet(
  deps: Deps,
  asked: Pick<ChangeSet, 'name' | 'from' | 'by'> & {
    readonly drafts: readonly Draft[];
    /** Wrong in itself. */
    readonly problems: readonly ProblemLine[];
  },
): Promise<Answer<ChangeSet>> {
  const { drafts, problems, ...about } = asked;
  const at = deps.now();
  const parts = pieces(drafts);
  const set: ChangeSet = {
    v: 1,
    id: hashOf({ ...about, at, drafts, problems }).slice(0, 16),
    ...about,
    at,
    state: 'checking',
    drafts: parts.length,
    checked: 0,
    changes: [],
    wrong: problems.length,
    problems: problems.length,
  };
  await writePieces(deps.store, set.id, 'drafts', 0, parts);
  await writeProblems(deps.store, set.id, problems);
  if (!(await keepSet(deps, set, 0)))
    return no('set-new', 'The same change was sent twice at this moment.', 'Reload the page.');
  await startJob(deps, 'apply-changes', set.id, { by: about.by });
  return done(set);
}

export interface Shown {
  readonly set: ChangeSet;
  readonly job: Pick<Job, 'state' | 'progress' | 'problem'> | undefined;
  readonly problems: readonly ProblemLine[];
  readonly moreProblems: number;
  readonly differences: readonly Difference[];
  readonly pages: number;
}

export async function readSet(
  deps: Deps,
  { id, page }: { readonly id: string; readonly page: number },
): Promise<Answer<Shown>> {
  const held = await loadSet(deps.store, id);
  if (!held) return unknownSet;
  const set = held.value;
  const job = await readJob(deps, jobId('apply-changes', id));
  const total = set.changes.reduce((sum, n) => sum + n, 0);
  const problems = set.problems > 0 ? await readProblems(deps.store, id) : [];
  return done({
    set,
    job: job && {
      state: job.state,
      progress: job.progress,
      ...(job.problem && { problem: job.problem }),
    },
    problems,
    moreProblems: Math.max(0, set.problems - MOST_PROBLEMS),
    differences: (await slice(deps, set, page * LINES_A_PAGE)).map(differenceOf),
    pages: Math.ceil(total / LINES_A_PAGE),
  });
}

async function slice(deps: Deps, set: ChangeSet, from: number): Promise<SetChange[]> {
  const lines: SetChange[] = [];
  let passed = 0;
  for (const [n, size] of set.changes.entries()) {
    const wanted = passed + size > from && passed < from + LINES_A_PAGE;
    if (wanted)
      lines.push(
        ...(await readChanges(deps.store, set.id, n)).filter((_, i) => {
          const at = passed + i;
          return at >= from && at < from + LINES_A_PAGE;
        }),
      );
    passed += size;
  }
  return lines;
}

export async function listSets(
  deps: Pick<Deps, 'store'>,
  cursor: string | undefined,
): Promise<Answer<{ sets: ChangeSet[]; cursor?: string }>> {
  const page = await newestSets(deps.store, cursor);
  return done({
    sets: page.found.map((held) => held.value),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  });
}

/** The same drafts once more, laid over what stands by now. */
export async function checkSet(deps: Deps, id: string, by: string): Promise<Answer<ChangeSet>> {
  const held = await loadSet(deps.store, id);
  if (!held) return unknownSet;
  if (held.value.state !== 'refused' && held.value.state !== 'ready') return notNow(held.value);
  const next = {
    ...held.value,
    state: 'checking' as const,
    checked: 0,
    problems: held.value.wrong,
    changes: [],
  };
  return begin(deps, held, next, by);
}

export async function applySet(deps: Deps, id: string, by: string): Promise<Answer<ChangeSet>> {
  const held = await loadSet(deps.store, id);
  if (!held) return unknownSet;
  const { value: set } = held;
  if (set.state === 'applying') return goOn(deps, set, by);
  if (set.state !== 'ready') return notNow(set);
  if (secondsBetween(set.checkedAt as Instant, deps.now()) > PREVIEW_HOLDS)
    return no(
      'preview-fresh',
      'What would change was looked at more than an hour ago.',
      'Preview it again; nothing was changed.',
    );
  const blocked = await blocking(deps, set, 'apply');
  if (blocked.length > 0)
    return changedMeanwhile(blocked, 'Preview it again; nothing was changed.');
  const stopped = await needsTwo(deps, set, 'apply');
  if (stopped) return stopped;
  const next: ChangeSet = { ...set, appliedBy: by, appliedAt: deps.now() };
  return go(deps, held, next, 'apply', by);
}

export async function undoSet(deps: Deps, id: string, by: string): Promise<Answer<ChangeSet>> {
  const held = await loadSet(deps.store, id);
  if (!held) return unknownSet;
  const { value: set } = held;
  if (set.state === 'undoing') return goOn(deps, set, by);
  if (set.state !== 'applied') return notNow(set);
  const blocked = await blocking(deps, set, 'undo');
  if (blocked.length > 0)
    return changedMeanwhile(
      blocked,
      'Change back by hand what is still wanted; nothing was undone.',
    );
  const late = secondsBetween(set.appliedAt as Instant, deps.now()) > DAY;
  const again = late ? revived(await wholeSet(deps, set)) : [];
  if (again.length > 0)
    return no(
      'two-administrators',
      `Undoing would lead to administrator rights again: ${named(again)}. That is more than a day ago, so two administrators say so anew.`,
      'Save those roles by hand; another administrator confirms them.',
    );
  const stopped = await needsTwo(deps, set, 'undo');
  if (stopped) return stopped;
  return go(deps, held, { ...set, undoneBy: by }, 'undo', by);
}

/** Since the preview, or since it was applied, roles may have become guarded by two administrators. */
async function needsTwo(deps: Deps, set: ChangeSet, way: 'apply' | 'undo') {
  const changes = await wholeSet(deps, set);
  const resting = await rolesOnOwners(deps, changes, way);
  if (resting) return resting;
  const weaker = await setWeakens(deps, changes, way);
  if (weaker.length === 0) return undefined;
  return no(
    'two-administrators',
    `This lets more through on guarded roles, which takes two administrators: ${weaker.join('; ').slice(0, 600)}.`,
    'Change those by hand; another administrator then confirms them.',
  );
}

async function rolesOnOwners(deps: Deps, changes: readonly SetChange[], way: 'apply' | 'undo') {
  const moved = new Map(
    changes.flatMap((c) => {
      if (c.kind !== 'app' || !c.before || !c.after || !movesOwner(c.before, c.after)) return [];
      return [[c.id, way === 'apply' ? c.after : c.before] as const];
    }),
  );
  if (moved.size === 0) return undefined;
  const looking = new Looking(deps);
  const site = await looking.policy();
  const resting = ((await looking.live()) ?? []).filter((role) => {
    const app = moved.get(role.appId);
    return app !== undefined && restsOnOwner(site, app, role);
  });
  if (resting.length === 0) return undefined;
  return no(
    'privileged-owner',
    `The owner decides over roles that lead to administrator rights: ${named(resting.map((r) => r.id))}.`,
    'Change the owner of their apps by hand; another administrator then confirms those roles.',
  );
}

/** At once where one transaction holds it; else the job does it, piece by piece. */
async function go(
  deps: Deps,
  held: Held<ChangeSet>,
  next: ChangeSet,
  way: 'apply' | 'undo',
  by: string,
): Promise<Answer<ChangeSet>> {
  const { because: _, ...fresh } = next;
  const small = await attempt(deps, { value: fresh, rev: held.rev }, way, by);
  if (small === 'large')
    return begin(deps, held, { ...fresh, state: way === 'apply' ? 'applying' : 'undoing' }, by);
  if (small === undefined) return changedMeanwhile([], 'Preview it again; nothing was changed.');
  return done(small);
}

/** A job that gave up goes on from what it finds; one that runs is left alone. */
async function goOn(deps: Deps, set: ChangeSet, by: string): Promise<Answer<ChangeSet>> {
  await startJob(deps, 'apply-changes', set.id, { by });
  return done(set);
}

async function begin(
  deps: Deps,
  held: Held<ChangeSet>,
  next: ChangeSet,
  by: string,
): Promise<Answer<ChangeSet>> {
  if (!(await keepSet(deps, next, held.rev)))
    return changedMeanwhile([], 'Reload the page; nothing was changed.');
  await startJob(deps, 'apply-changes', next.id, { by });
  return done(next);
}

const named = (ids: readonly string[]): string =>
  `${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`;

const changedMeanwhile = (what: readonly string[], nextStep: string) =>
  no(
    'changed-meanwhile',
    what.length > 0
      ? `Somebody has changed this since: ${named(what)}.`
      : 'Somebody else changed this at the same moment.',
    nextStep,
  );
const unknownSet = no('set-known', 'There is no such set of changes.', 'Reload the page.');
const notNow = (set: ChangeSet) =>
  no(
    'set-state',
    `The set of changes is ${set.state}, so this cannot be done now.`,
    'Reload the page.',
  );
