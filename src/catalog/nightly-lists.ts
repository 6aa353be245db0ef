/** Lists that a nightly reading keeps between its steps, and removes when it is done with them. */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { removePieces } from './plain-lists';
import { ListGone } from './sync-run';

/** Id and number of the department; -1: none. */
export type Seen = readonly [id: string, department: number];
const seenList = z.array(z.readonly(z.tuple([z.string(), z.int()])));

const idList = z.array(z.string());

const PER_LIST = 4000;

interface Kept {
  readonly peopleLists: number;
  readonly memberLists: number;
}

/** Lists of a group that is done with: removed by the next step, when nobody can want them again. */
export interface Trash {
  readonly group: string;
  readonly lists: number;
}

export class NightlyLists {
  readonly #store: Deps['store'];
  readonly #connectionId: string;
  readonly #kept: { people: number; members: number };
  readonly #new: { people: Seen[]; members: Seen[] } = { people: [], members: [] };
  #people: ReadonlyMap<string, number> | undefined;

  constructor({ store }: Pick<Deps, 'store'>, connectionId: string, kept: Kept) {
    this.#store = store;
    this.#connectionId = connectionId;
    this.#kept = { people: kept.peopleLists, members: kept.memberLists };
  }

  addPeople(seen: readonly Seen[]): void {
    this.#new.people.push(...seen);
    this.#people = undefined;
  }

  addMembers(seen: readonly Seen[]): void {
    this.#new.members.push(...seen);
  }

  /** Number of the department by person. Read once per step: it is the largest thing that one holds. */
  async people(): Promise<ReadonlyMap<string, number>> {
    this.#people ??= new Map(await this.#all(PEOPLE, this.#kept.people, this.#new.people));
    return this.#people;
  }

  members(group: string): Promise<readonly Seen[]> {
    return this.#all(group, this.#kept.members, this.#new.members);
  }

  /** `group`: the one being read, if any. */
  async keep(group: string | undefined): Promise<Kept> {
    this.#kept.people = await this.#write(PEOPLE, this.#kept.people, this.#new.people);
    if (group !== undefined)
      this.#kept.members = await this.#write(group, this.#kept.members, this.#new.members);
    return { peopleLists: this.#kept.people, memberLists: this.#kept.members };
  }

  /** The next group begins without any. Answers how many the one before leaves behind. */
  nextGroup(): number {
    const lists = this.#kept.members;
    this.#kept.members = 0;
    this.#new.members.length = 0;
    return lists;
  }

  async keepUsed(ids: readonly string[]): Promise<number> {
    let lists = 0;
    for (let i = 0; i < ids.length; i += PER_LIST)
      await this.#store.writePlain(this.#place(USED, lists++), ids.slice(i, i + PER_LIST));
    return lists;
  }

  async used(lists: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let n = 0; n < lists; n++) {
      const list = idList.safeParse(await this.#store.readPlain(this.#place(USED, n)));
      if (!list.success) throw new ListGone('A list of this run is missing');
      for (const id of list.data) ids.push(id);
    }
    return ids;
  }

  async forgetRun(usedLists: number): Promise<void> {
    await this.empty({ group: PEOPLE, lists: this.#kept.people });
    await this.empty({ group: USED, lists: usedLists });
  }

  async empty({ group, lists }: Trash): Promise<void> {
    await removePieces(this.#store, listsOfNight(this.#connectionId, group), lists);
  }

  async #write(of: string, lists: number, rest: Seen[]): Promise<number> {
    let next = lists;
    while (rest.length > 0)
      await this.#store.writePlain(this.#place(of, next++), rest.splice(0, PER_LIST));
    return next;
  }

  async #all(of: string, lists: number, added: readonly Seen[]): Promise<readonly Seen[]> {
    const all: Seen[] = [];
    for (let n = 0; n < lists; n++) {
      const list = seenList.safeParse(await this.#store.readPlain(this.#place(of, n)));
      // Half of the members would look like a change.
      if (!list.success) throw new ListGone('A list of this run is missing');
      for (const one of list.data) all.push(one);
    }
    for (const one of added) all.push(one);
    return all;
  }

  #place(of: string, number: number): string {
    return listsOfNight(this.#connectionId, of)(number);
  }
}

/** No directory has groups of these ids. */
const PEOPLE = '-people';
const USED = '-used';
export const RUN_LISTS: readonly string[] = [PEOPLE, USED];

/** `of`: a group, or one of `RUN_LISTS`. */
export const listsOfNight = (connectionId: string, of: string) => (n: number) =>
  `nightly:${connectionId}:${of}:${n}`;

/** Groups of a run that never came to its end. */
export async function usedAtNight(
  store: Pick<Deps['store'], 'readPlain'>,
  connectionId: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; ; n++) {
    const list = idList.safeParse(await store.readPlain(listsOfNight(connectionId, USED)(n)));
    if (!list.success) return ids;
    ids.push(...list.data);
  }
}
