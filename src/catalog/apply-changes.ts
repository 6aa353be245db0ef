/**
 * The job of a set of changes: checks it, applies it, takes it back. All of it or nothing: a set that
 * is larger than one transaction goes piece by piece, each piece only if what it found before still
 * stands, and when somebody else has changed a target in between, what was done is taken back.
 *
 * What a killed step has written is found by its content and not written twice.
 */
import type { Write } from '../forge/ports';
import { type Job, type Step, startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { links } from '../requests/person';
import { decode, type Held, put, remove } from '../shared/record';
import {
  changeSets,
  keepSet,
  loadSet,
  MOST_PROBLEMS,
  pieces,
  readChanges,
  readDrafts,
  readProblems,
  writePieces,
  writeProblems,
} from './change-sets';
import { type Change, saveAll } from './changes';
import { judgeDraft } from './changeset-check';
import { Looking } from './looking';
import type { Role } from './model/catalog';
import {
  appContentOf,
  appRecord,
  type ChangeSet,
  type Content,
  connectionContentOf,
  connectionRecord,
  fitting,
  type ProblemLine,
  roleContentOf,
  roleRecord,
  type SetChange,
  same,
  settingsContentOf,
  settingsRecord,
} from './model/change-set';
import { differenceOf } from './model/differences';
import { loadSettings, putSettings } from './settings';
import { apps, connections, dropLint, lints, putVersioned, roles } from './store';

/** Drafts looked at in one step: some hundred directory calls at most. */
const DRAFTS_A_STEP = 40;
const BATCHES_A_STEP = 40;
const READ_AT_ONCE = 25;
/** The chain is shared by all changes of the configuration. */
const TRIES = 6;

type Way = 'apply' | 'undo' | 'take-back' | 'redo';
interface Mark {
  readonly way: Way;
  /** Next change, counted from the first (apply, redo) or how many are left (the others). */
  readonly at: number;
  /** Why it is taken back. */
  readonly because?: string;
}

export async function applyStep(deps: Deps, job: Job): Promise<Step> {
  const held = await loadSet(deps.store, job.about);
  if (!held) return failed('The set of changes is gone.');
  const { state } = held.value;
  const mark = (job.mark as Mark | undefined) ?? beginning(held.value);
  const by = job.by ?? held.value.by;
  switch (state) {
    case 'checking':
      return check(deps, held);
    case 'applying':
    case 'undoing':
      return walk(deps, held, mark, by);
    default:
      return { kind: 'done', progress: { done: 0, what: `It is ${state}.` } };
  }
}

function beginning(set: ChangeSet): Mark {
  return set.state === 'applying' ? { way: 'apply', at: 0 } : { way: 'undo', at: sizeOf(set) };
}

const sizeOf = (set: ChangeSet) => set.changes.reduce((sum, n) => sum + n, 0);

async function check(deps: Deps, held: Held<ChangeSet>): Promise<Step> {
  const { value: set } = held;
  const at = set.checked;
  const drafts = await readDrafts(deps.store, set);
  const looking = new Looking(deps);
  const around = { looking, by: set.by, drafts };
  const changes: SetChange[] = [];
  const problems: ProblemLine[] = [];
  let until = at;
  for (const draft of drafts.slice(at, at + DRAFTS_A_STEP)) {
    const outcome = await judgeDraft(deps, around, draft);
    if (looking.limited) break;
    until++;
    if (outcome.change) changes.push(outcome.change);
    problems.push(...(outcome.problems ?? []));
  }
  if (looking.limited && until === at)
    return { kind: 'wait', seconds: looking.limited.retryAfter ?? 60, why: looking.limited.code };
  const parts = pieces(changes);
  await writePieces(deps.store, set.id, 'changes', set.changes.length, parts);
  if (problems.length > 0 && set.problems < MOST_PROBLEMS)
    await writeProblems(deps.store, set.id, [
      ...(await readProblems(deps.store, set.id)).slice(0, set.problems),
      ...problems,
    ]);
  const next: ChangeSet = {
    ...set,
    checked: until,
    changes: [...set.changes, ...parts.map((part) => part.length)],
    problems: set.problems + problems.length,
  };
  const over = until >= drafts.length;
  const settled: ChangeSet = over
    ? { ...next, state: next.problems > 0 ? 'refused' : 'ready', checkedAt: deps.now() }
    : next;
  const progress = {
    done: until,
    of: drafts.length,
    what: `${until} of ${drafts.length} looked at: ${sizeOf(next)} would change, ${next.problems} cannot be`,
  };
  // Where it stands is kept with what was found: a step that was cut off is done again whole.
  if (!(await keepSet(deps, settled, held.rev)))
    return { kind: 'wait', seconds: 5, why: 'the set was changed meanwhile' };
  if (over) return { kind: 'done', progress, result: { state: settled.state } };
  return { kind: 'more', mark: undefined, progress };
}

/** Several batches; the set's state is written with the last one. */
async function walk(deps: Deps, held: Held<ChangeSet>, mark: Mark, by: string): Promise<Step> {
  const { value: set } = held;
  const total = sizeOf(set);
  const changes = await wholeSet(deps, set);
  const onward = mark.way === 'apply' || mark.way === 'redo';
  let at = mark.at;
  for (let n = 0; n < BATCHES_A_STEP && (onward ? at < total : at > 0); n++) {
    const open = onward ? changes.slice(at) : changes.slice(0, at).reverse();
    const batch = open.slice(0, fitting(open));
    const done = await turn(deps, batch, { way: mark.way, by, set: set.id });
    if (done === 'later')
      return { kind: 'wait', seconds: 5, why: 'others change the configuration at this moment' };
    if (done !== 'done') return back(deps, held, { way: mark.way, at, because: done });
    at += onward ? batch.length : -batch.length;
  }
  const through = onward ? at : total - at;
  const progress = { done: through, of: total, what: `${through} of ${total} ${WORDS[mark.way]}` };
  const over = onward ? at >= total : at <= 0;
  if (!over) return { kind: 'more', mark: { ...mark, at }, progress };
  const settled: ChangeSet = {
    ...set,
    state: END[mark.way],
    ...(mark.because !== undefined && { because: mark.because }),
  };
  if (!(await keepSet(deps, settled, held.rev)))
    return { kind: 'wait', seconds: 5, why: 'the set was changed meanwhile' };
  await startJob(deps, 'lint', 'site');
  if (mark.because !== undefined) return failed(mark.because);
  return { kind: 'done', progress, result: { state: settled.state } };
}

const WORDS: Readonly<Record<Way, string>> = {
  apply: 'changed',
  undo: 'undone',
  'take-back': 'taken back',
  redo: 'put back',
};
const END: Readonly<Record<Way, ChangeSet['state']>> = {
  apply: 'applied',
  undo: 'undone',
  'take-back': 'refused',
  redo: 'applied',
};

/** The other way from where it stopped; where that is the way already, what stands in it stays. */
async function back(deps: Deps, held: Held<ChangeSet>, mark: Required<Mark>): Promise<Step> {
  const total = sizeOf(held.value);
  const way: Way = mark.way === 'apply' ? 'take-back' : 'redo';
  const what = `0 of ${total} ${WORDS[way]}`;
  const because = `Somebody else has changed ${mark.because} meanwhile, so all of it was ${WORDS[way]}.`;
  deps.log.warn('change-set.turned', { set: held.value.id, way });
  return {
    kind: 'more',
    mark: { way, at: mark.at, because },
    progress: { done: 0, of: total, what },
  };
}

const failed = (sentence: string): Step => ({
  kind: 'failed',
  problem: { check: 'changed-meanwhile', sentence, nextStep: 'Preview it again.' },
});

/** Everything in one transaction with the set itself, if it fits. `undefined`: somebody was in between. */
export async function attempt(
  deps: Deps,
  held: Held<ChangeSet>,
  way: 'apply' | 'undo',
  by: string,
): Promise<ChangeSet | 'large' | undefined> {
  const { value: set } = held;
  const changes = sizeOf(set) > READ_AT_ONCE ? [] : await wholeSet(deps, set);
  const batch = way === 'apply' ? changes : [...changes].reverse();
  if (sizeOf(set) !== batch.length || fitting(batch) < batch.length) return 'large';
  const settled = { ...set, state: END[way] };
  const writes = [put(changeSets, settled, held.rev)];
  const done = await turn(deps, batch, { way, by, set: set.id, writes });
  if (done === 'done') await startJob(deps, 'lint', 'site');
  return done === 'done' ? settled : undefined;
}

/** What stands otherwise than it must before going this way, in the words of the differences. */
export async function blocking(
  deps: Deps,
  set: ChangeSet,
  way: 'apply' | 'undo',
): Promise<readonly string[]> {
  const changes = await wholeSet(deps, set);
  const inTheWay: string[] = [];
  for (let i = 0; i < changes.length; i += READ_AT_ONCE) {
    const some = changes.slice(i, i + READ_AT_ONCE);
    const stand = await standing(deps, some);
    for (const [n, change] of some.entries()) {
      const { content } = stand[n] as Standing;
      if (!same(content, way === 'apply' ? change.before : change.after))
        inTheWay.push(differenceOf(change).title);
    }
  }
  return inTheWay;
}

export async function wholeSet(deps: Pick<Deps, 'store'>, set: ChangeSet): Promise<SetChange[]> {
  const parts: SetChange[] = [];
  for (const n of set.changes.keys()) parts.push(...(await readChanges(deps.store, set.id, n)));
  return parts;
}

interface Standing {
  readonly rev: number;
  readonly record: unknown;
  readonly content: Content | null;
}

/**
 * One transaction. `later`: only the chain stood in the way, again and again. Otherwise the name of
 * what somebody else has changed; on the way back that is left as it is.
 */
async function turn(
  deps: Deps,
  batch: readonly SetChange[],
  go: { way: Way; by: string; set: string; writes?: readonly Write[] },
): Promise<string> {
  const back = go.way === 'undo' || go.way === 'take-back';
  const lenient = go.way === 'take-back' || go.way === 'redo';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stand = await standing(deps, batch);
    const writes: Write[] = [...(go.writes ?? [])];
    const changes: Change[] = [];
    for (const [n, one] of batch.entries()) {
      const now = stand[n] as Standing;
      const [from, to] = back ? [one.after, one.before] : [one.before, one.after];
      if (same(now.content, to)) continue;
      if (!same(now.content, from)) {
        if (lenient) continue;
        return differenceOf(one).title;
      }
      const { after, write } = written(deps, one, now, to);
      writes.push(...write);
      if (one.kind === 'role') writes.push(...lintOf(one, after as Role, back));
      const what = `${one.kind}:${one.id}`;
      changes.push({ what, by: go.by, before: now.record, after, set: go.set });
    }
    if (writes.length === 0) return 'done';
    if (await saveAll(deps, changes, writes)) return 'done';
  }
  return 'later';
}

/** What was found before it went live; on the way back what stands is looked at by the linter's job. */
function lintOf(
  { id, lint }: Extract<SetChange, { kind: 'role' }>,
  after: Role,
  back: boolean,
): Write[] {
  if (after.status !== 'live') return [dropLint(id)];
  return back || !lint ? [] : [put(lints, { ...lint, roleVersion: after.version }, 'any')];
}

/** `getMany`, because only that decides. */
async function standing(deps: Deps, batch: readonly SetChange[]): Promise<Standing[]> {
  const rows = await deps.store.getMany(
    batch.map(({ kind, id }) =>
      kind === 'link' ? { entity: 'link', key: id } : { entity: 'config', key: `${kind}:${id}` },
    ),
  );
  const all: Standing[] = [];
  for (const [n, { kind, id }] of batch.entries()) {
    const row = rows[n];
    const key = `${kind}:${id}`;
    const as = <T>(held: Held<T>, content: (record: T) => Content | null): Standing => ({
      rev: held.rev,
      record: held.value,
      content: content(held.value),
    });
    if (kind === 'settings') all.push(as(await loadSettings(deps.store), settingsContentOf));
    else if (!row) all.push({ rev: 0, record: undefined, content: null });
    else if (kind === 'app') all.push(as(decode(apps, key, row), appContentOf));
    else if (kind === 'role') all.push(as(decode(roles, key, row), roleContentOf));
    else if (kind === 'connection')
      all.push(as(decode(connections, key, row), connectionContentOf));
    else
      all.push(
        as(decode(links, id, row), ({ accountId, connectionId, personId, linkedBy }) => ({
          accountId,
          connectionId,
          personId,
          linkedBy,
        })),
      );
  }
  return all;
}

/** The record that this content becomes, with versions that only rise. */
function written(
  deps: Deps,
  change: SetChange,
  now: Standing,
  to: Content | null,
): { after: unknown; write: Write[] } {
  // The set was read through its schema, so a content is of the kind of its change.
  const record = now.record as never;
  const content = to as never;
  switch (change.kind) {
    case 'settings': {
      const after = settingsRecord(record, content);
      return { after, write: [putSettings(after, now.rev)] };
    }
    case 'app': {
      const after = appRecord(record, content);
      return { after, write: after ? putVersioned(apps, after, now.rev) : [] };
    }
    case 'role': {
      const after = roleRecord(record, content);
      return { after, write: after ? putVersioned(roles, after, now.rev) : [] };
    }
    case 'connection': {
      if (to === null) return { after: undefined, write: [remove(connections, record, now.rev)] };
      const after = connectionRecord(record, content, deps.installation.cloudId);
      return { after, write: [put(connections, after, now.rev)] };
    }
    case 'link': {
      if (to === null) return { after: undefined, write: [remove(links, record, now.rev)] };
      const after = { v: 1 as const, ...(content as object), at: deps.now() };
      return { after, write: [put(links, after as never, now.rev)] };
    }
  }
}
