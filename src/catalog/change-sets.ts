/**
 * Sets of changes in the ledger: one record each, their many parts in plain pieces beside it.
 */
import * as z from 'zod/mini';
import type { Store } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { find, type Held, load, put, type RecordType } from '../shared/record';
import {
  type ChangeSet,
  changeSchema,
  changeSetSchema,
  type ProblemLine,
  problemLine,
  type SetChange,
} from './model/change-set';
import { type Draft, draftSchema } from './model/draft';

export const changeSets: RecordType<ChangeSet> = {
  entity: 'config',
  schema: changeSetSchema,
  key: ({ id }) => `change-set:${id}`,
  attributes: ({ at }) => ({ kind: 'change-set', status: 'kept', sortName: at }),
};

type Part = 'drafts' | 'changes' | 'problems';
type Plain = Pick<Store, 'readPlain' | 'writePlain' | 'removePlain'>;

/** Forge stores 240 KiB a value. */
const LARGEST_PIECE = 180_000;
/** More than anybody corrects in one go; the first ones are shown. */
export const MOST_PROBLEMS = 1000;

const place = (id: string, part: Part, n: number) => `change-set:${id}:${part}:${n}`;

export const loadSet = (
  store: Pick<Store, 'get'>,
  id: string,
): Promise<Held<ChangeSet> | undefined> => load(store, changeSets, `change-set:${id}`);

export const newestSets = (store: Pick<Store, 'query'>, cursor: string | undefined) =>
  find(store, changeSets, {
    index: 'by-kind',
    partition: ['change-set', 'kept'],
    sort: 'descending',
    limit: 50,
    ...(cursor !== undefined && { cursor }),
  });

/** `false`: somebody else wrote it meanwhile. */
export async function keepSet(
  deps: Pick<Deps, 'store'>,
  set: ChangeSet,
  rev: number,
): Promise<boolean> {
  return (await deps.store.transact([put(changeSets, set, rev)])) === 'done';
}

/** In as few pieces as their size allows. */
export function pieces<T>(items: readonly T[]): T[][] {
  const all: T[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    if (size + bytes > LARGEST_PIECE) {
      all.push([]);
      size = 0;
    }
    all.at(-1)?.push(item);
    size += bytes + 1;
  }
  return all;
}

export async function writePieces(
  store: Plain,
  id: string,
  part: 'drafts' | 'changes',
  from: number,
  all: readonly (readonly unknown[])[],
): Promise<void> {
  for (const [n, piece] of all.entries()) await store.writePlain(place(id, part, from + n), piece);
}

export const readDrafts = async (store: Plain, { id, drafts }: ChangeSet): Promise<Draft[]> => {
  const read = Array.from({ length: drafts }, (_, n) => store.readPlain(place(id, 'drafts', n)));
  return (await Promise.all(read)).flatMap((piece) => z.array(draftSchema).parse(piece));
};

export const readChanges = async (store: Plain, id: string, n: number): Promise<SetChange[]> =>
  z.array(changeSchema).parse(await store.readPlain(place(id, 'changes', n)));

export async function readProblems(store: Plain, id: string): Promise<ProblemLine[]> {
  return z.array(problemLine).parse((await store.readPlain(place(id, 'problems', 0))) ?? []);
}

export const writeProblems = (store: Plain, id: string, problems: readonly ProblemLine[]) =>
  store.writePlain(place(id, 'problems', 0), problems.slice(0, MOST_PROBLEMS));

/** Drafts and changes as they are kept: to be searched, so a form of another version will do. */
export async function partsOf(
  store: Plain,
  { id, drafts, changes }: ChangeSet,
): Promise<unknown[]> {
  const places = [
    ...Array.from({ length: drafts }, (_, n) => place(id, 'drafts', n)),
    ...changes.map((_, n) => place(id, 'changes', n)),
  ];
  return Promise.all(places.map((key) => store.readPlain(key)));
}

export async function dropParts(store: Plain, { id, drafts, changes }: ChangeSet): Promise<void> {
  for (let n = 0; n < drafts; n++) await store.removePlain(place(id, 'drafts', n));
  // An earlier look, or one that was cut off, may have left more of them.
  for (let n = 0; ; n++) {
    const key = place(id, 'changes', n);
    if (n >= changes.length && ((await store.readPlain(key)) ?? undefined) === undefined) break;
    await store.removePlain(key);
  }
  await store.removePlain(place(id, 'problems', 0));
}
