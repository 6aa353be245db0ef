/**
 * Who is in the groups that roles give, read every night: ids, and counts by department. One job per
 * connection.
 *
 * 1. where members do not tell their department, the people of the directory are read once and kept
 *    as id and department until the run is over;
 * 2. group by group, page by page; what one step could not finish the next goes on with;
 * 3. a group read to its end takes the place of yesterday's (`members-store.ts`); one that cannot be
 *    read keeps yesterday's, and the others are read all the same;
 * 4. what is kept of groups that no role uses any more is removed.
 */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import { openFinding } from '../findings/findings';
import type { Job, Step } from '../jobs/job';
import { afterFailure, Piece, pagesSchema, repeats, turnPage } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import type { Failure } from '../shared/result';
import { done, no } from './changes';
import { groupsInUse, liveRoles } from './governed';
import {
  forgetMembers,
  keepGroups,
  keepMembers,
  keptGroups,
  type Members,
  readCounts,
} from './members-store';
import { reviewGroup } from './model/group-review';
import { listsOfNight, NightlyLists, RUN_LISTS, type Seen } from './nightly-lists';
import { type OpenConnection, openConnection } from './open-connection';
import { removePieces } from './plain-lists';
import { ListGone, listGone } from './sync-run';

const CALLS_A_STEP = 40;
const MOST_NOTES = 50;

const count = z.int();
const markSchema = z.strictObject({
  v: z.literal(1),
  phase: z.enum(['people', 'groups', 'finish']),
  /** Next page of the people or of the group's members. */
  cursor: z.optional(z.string()),
  /** Lists of people kept so far, and of the members of the group being read. */
  /** Groups that live roles used when the run began. */
  usedLists: count,
  peopleLists: count,
  memberLists: count,
  /** Names of departments; the lists hold their numbers. */
  departments: z.array(z.string()),
  trash: z.array(z.strictObject({ group: z.string(), lists: count })),
  /** The last group that is done with; they are read in the order of their ids. */
  after: z.string(),
  /** The group being read; the lists of members are its. */
  group: z.optional(z.string()),
  /** Of the list that `cursor` is of. */
  pages: z.optional(pagesSchema),
  /** It began anew once, because its page lived no longer. */
  again: z.boolean(),
  otherMembers: count,
  groups: count,
  changed: count,
  memberships: count,
  notRead: z.array(z.strictObject({ group: z.string(), sentence: z.string() })),
});
export type NightlyMark = z.infer<typeof markSchema>;

const FIRST: NightlyMark = {
  v: 1,
  phase: 'people',
  usedLists: 0,
  peopleLists: 0,
  memberLists: 0,
  departments: [],
  trash: [],
  after: '',
  again: false,
  otherMembers: 0,
  groups: 0,
  changed: 0,
  memberships: 0,
  notRead: [],
};

interface Run extends OpenConnection {
  readonly deps: Deps;
  readonly piece: Piece;
  /** Ids of groups, in order. */
  readonly used: readonly string[];
  readonly lists: NightlyLists;
  mark: NightlyMark;
}

export async function nightlyRead(deps: Deps, job: Job): Promise<Step> {
  try {
    const after = await step(deps, job);
    if (after.kind === 'failed') await forgetLists(deps, job);
    return after;
  } catch (cause) {
    if (!(cause instanceof ListGone)) throw cause;
    await forgetLists(deps, job);
    return { kind: 'failed', problem: listGone };
  }
}

/** Of a run that failed nothing is gone on with, and the ids of everybody are not kept for nothing. */
async function forgetLists(deps: Deps, { about, mark }: Job): Promise<void> {
  const known = markSchema.safeParse(mark).data;
  const groups = [known?.group, ...(known?.trash ?? []).map((one) => one.group)];
  const names = groups.flatMap((group) => (group ? [group, `${group}:again`] : []));
  for (const name of [...names, ...RUN_LISTS])
    await removePieces(deps.store, listsOfNight(about, name));
}

async function step(deps: Deps, job: Job): Promise<Step> {
  const opened = await openConnection(deps, job.about);
  if (!opened.ok) return { kind: 'failed', problem: opened.problem };
  const parsed = markSchema.safeParse(job.mark);
  const mark = parsed.success ? parsed.data : FIRST;
  const piece = new Piece(deps, CALLS_A_STEP);
  const counted = { ...deps, store: piece.store };
  const lists = new NightlyLists(counted, job.about, mark);
  const begins = !parsed.success;
  const run: Run = {
    ...opened.value,
    deps: counted,
    mark,
    piece,
    // At the end what is used now counts, and the list may be gone: a step that is repeated removed it.
    used:
      begins || mark.phase === 'finish'
        ? [...groupsInUse(await liveRoles(counted), job.about).keys()]
        : await lists.used(mark.usedLists),
    lists,
  };
  if (begins) run.mark = { ...mark, usedLists: await lists.keepUsed(run.used) };
  for (const one of mark.trash) await run.lists.empty(one);
  run.mark = { ...run.mark, trash: [] };
  // A step of its own, begun when its mark is kept: the lists that it removes are needed no more.
  if (run.mark.phase === 'finish') return finish(run);
  return goOn(run);
}

async function goOn(run: Run): Promise<Step> {
  const reads = !run.directory.can.membersTellDepartment && run.used.length > 0;
  if (run.mark.phase === 'people' && !reads) run.mark = { ...run.mark, phase: 'groups' };
  const { mark } = run;
  const moved = () => run.mark !== mark;
  while (!(moved() && run.piece.over)) {
    const group = nextGroup(run);
    if (run.mark.phase === 'groups' && group === undefined) {
      run.mark = { ...run.mark, phase: 'finish' };
      break;
    }
    const failure =
      run.mark.phase === 'people' ? await readPeople(run) : await readPage(run, group as string);
    if (failure && !moved()) return afterFailure(failure);
    if (failure) return afterFailure(failure, await stopped(run));
  }
  return { kind: 'more', ...(await stopped(run)), ...run.piece.pause };
}

async function stopped(run: Run) {
  const kept = await run.lists.keep(run.mark.group && listOf(run.mark.group, run.mark.again));
  run.mark = { ...run.mark, ...kept };
  return { mark: run.mark, progress: progressOf(run) };
}

const nextGroup = ({ used, mark }: Run) => used.find((id) => id > mark.after);

async function readPeople(run: Run): Promise<Failure | undefined> {
  const read = await run.piece.ask(() => run.directory.listPeople(run.mark.cursor));
  if (!read.ok) return read.error;
  const loops = repeats(run.mark.cursor, read.value.cursor);
  if (loops) return loops;
  const pages = turnPage(run.mark.pages, read.value.cursor);
  if (pages && 'code' in pages) return pages;
  const numbers = new DepartmentNumbers(run.mark.departments);
  const seen = read.value.items.map(({ id, department }): Seen => [id, numbers.of(department)]);
  run.lists.addPeople(seen);
  const { cursor: _, pages: __, ...mark } = run.mark;
  run.mark = {
    ...mark,
    ...(pages && { pages }),
    departments: numbers.names,
    ...(read.value.cursor !== undefined
      ? { cursor: read.value.cursor }
      : { phase: 'groups' as const }),
  };
  return undefined;
}

async function readPage(run: Run, groupId: string): Promise<Failure | undefined> {
  // A role may have changed since the last step, so the group that was begun may be wanted no more.
  if (run.mark.group !== groupId) beginGroup(run, groupId);
  const read = await run.piece.ask(() => run.directory.membersOf(groupId, run.mark.cursor));
  if (!read.ok) return unreadable(run, groupId, read.error);
  const loops = repeats(run.mark.cursor, read.value.cursor);
  if (loops) return loops;
  const pages = turnPage(run.mark.pages, read.value.cursor);
  if (pages && 'code' in pages) return unreadable(run, groupId, pages);
  const numbers = new DepartmentNumbers(run.mark.departments);
  const persons = read.value.items.filter((member) => member.kind === 'person');
  run.lists.addMembers(persons.map(({ id, department }): Seen => [id, numbers.of(department)]));
  const { cursor: _, pages: __, ...mark } = run.mark;
  run.mark = {
    ...mark,
    ...(pages && { pages }),
    departments: numbers.names,
    otherMembers: mark.otherMembers + read.value.items.length - persons.length,
    ...(read.value.cursor !== undefined && { cursor: read.value.cursor }),
  };
  if (read.value.cursor === undefined) await complete(run, groupId);
  return undefined;
}

async function complete(run: Run, groupId: string): Promise<void> {
  const { deps, mark, lists } = run;
  const departmentOf = run.directory.can.membersTellDepartment ? undefined : await lists.people();
  const people = new Map<string, string | undefined>();
  for (const [id, own] of await lists.members(listOf(groupId, mark.again))) {
    const number = departmentOf ? (departmentOf.get(id) ?? -1) : own;
    people.set(id, mark.departments[number]);
  }
  const changed = await keepMembers(deps, `${run.connection.id}:${groupId}`, {
    people,
    otherMembers: mark.otherMembers,
    readAt: deps.now(),
  });
  doneWith(run, groupId);
  run.mark = {
    ...run.mark,
    groups: mark.groups + 1,
    changed: mark.changed + Number(changed),
    memberships: mark.memberships + people.size,
  };
}

/** A group that is begun anew has lists of its own: those of the first reading are thrown away later. */
const listOf = (group: string, again: boolean) => (again ? `${group}:again` : group);

function doneWith(run: Run, groupId: string): void {
  beginGroup(run, undefined);
  run.mark = { ...run.mark, after: groupId };
}

/** What was read of the one before is left behind. */
function beginGroup(run: Run, groupId: string | undefined): void {
  const { cursor: _, pages: __, group, ...mark } = run.mark;
  const before = group && listOf(group, mark.again);
  const lists = run.lists.nextGroup();
  const left = before !== undefined && lists > 0 ? [{ group: before, lists }] : [];
  run.mark = {
    ...mark,
    ...(groupId !== undefined && { group: groupId }),
    trash: [...mark.trash, ...left],
    again: false,
    otherMembers: 0,
    memberLists: 0,
  };
}

const HOPELESS: readonly Failure['code'][] = ['credential-refused', 'scope-missing'];

/** What concerns this group alone does not keep the others from being read. */
async function unreadable(
  run: Run,
  groupId: string,
  failure: Failure,
): Promise<Failure | undefined> {
  if (failure.class === 'retryable' || HOPELESS.includes(failure.code)) return failure;
  if (run.mark.cursor !== undefined && !run.mark.again && failure.code !== 'group-not-found') {
    beginGroup(run, groupId);
    run.mark = { ...run.mark, again: true };
    return undefined;
  }
  if (failure.code === 'group-not-found') {
    const there = await run.piece.ask(() => run.directory.describeGroup(groupId));
    if (!there.ok && there.error.class === 'retryable') return there.error;
    if (there.ok && there.value === null) {
      const connectionId = run.connection.id;
      const roles = groupsInUse(await liveRoles(run.deps), connectionId).get(groupId) ?? [];
      const use = { connectionId, groupId, roles };
      if (roles.length > 0)
        for (const found of reviewGroup(use, 'gone')) await openFinding(run.deps, found);
    }
  }
  doneWith(run, groupId);
  const notRead = [...run.mark.notRead, { group: groupId, sentence: failure.detail }];
  run.mark = { ...run.mark, notRead: notRead.slice(0, MOST_NOTES) };
  return undefined;
}

async function finish(run: Run): Promise<Step> {
  const { deps, connection, mark, used } = run;
  const kept = await keptGroups(deps, connection.id);
  const still = new Set(used);
  for (const groupId of kept)
    if (!still.has(groupId)) await forgetMembers(deps, `${connection.id}:${groupId}`);
  await keepGroups(deps, connection.id, used);
  await run.lists.forgetRun(mark.usedLists);
  const { groups, changed, memberships, notRead } = mark;
  deps.log.info('nightly.done', { connection: connection.id, groups, changed, memberships });
  return {
    kind: 'done',
    progress: progressOf(run),
    result: { groups, changed, memberships, notRead },
  };
}

function progressOf({ mark, used }: Run): Job['progress'] {
  if (mark.phase === 'people') return { done: 0, of: used.length, what: 'reading departments' };
  return {
    done: mark.groups,
    of: used.length,
    what: `${mark.groups} of ${used.length} groups read, ${mark.memberships} memberships`,
  };
}

/** In characters, which may be three bytes each. */
const LONGEST_NAMES = 40_000;

/** Departments by number, so that ten thousand people do not repeat a name each. */
class DepartmentNumbers {
  names: string[];
  readonly #numbers: Map<string, number>;
  #length: number;

  constructor(names: readonly string[]) {
    this.names = [...names];
    this.#length = names.join('').length;
    this.#numbers = new Map(names.map((name, number) => [name, number]));
  }

  /** -1: none. */
  of(department: string | undefined): number {
    const name = department?.trim().slice(0, 100) ?? '';
    if (name === '') return -1;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    // The mark of a job has to fit into one record; who is in a department beyond that counts as in none.
    this.#length += name.length;
    if (this.#length > LONGEST_NAMES) return -1;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** What the last reading of a group found; no ids. */
export async function groupCounts(
  deps: Deps,
  connection: string,
  groupId: string,
): Promise<Answer<Omit<Members, 'hash' | 'set' | 'chunks' | 'leftover'>>> {
  const known = await readCounts(deps, `${connection}:${groupId}`);
  if (!known)
    return no(
      'group-read',
      'The members of this group have not been read yet.',
      'They are read at night, for groups that a role uses.',
    );
  const { hash: _, set: __, chunks: ___, leftover: ____, ...counts } = known;
  return done(counts);
}
