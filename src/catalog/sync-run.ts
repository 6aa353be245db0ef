/**
 * One step of a sync: what its parts share, and lists of ids that outlive a step. Those of groups and
 * apps outlive the run too: to find what is gone, a list costs a hundredth of the records it names.
 */
import * as z from 'zod/mini';
import type { Directory } from '../directories/directory';
import type { Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import type { SyncState } from './candidate-store';
import type { Connection } from './model/catalog';
import { restarted, type SyncMark } from './model/sync-mark';
import { removePieces } from './plain-lists';

/** Of ids of at most forty characters: well under Forge's limit for one value. */
const IDS_PER_LIST = 4000;
const idList = z.array(z.string());

export type ListName = keyof SyncMark['lists'];
const LISTS: readonly ListName[] = ['groups', 'apps', 'used'];

/** What a run wrote down is no longer there, so it cannot be gone on with. */
export class ListGone extends Error {}

export const listGone = {
  check: 'job-goes-on',
  sentence: 'What the run had written down is no longer there.',
  nextStep: 'Start it again; it begins anew.',
};

export class SyncRun {
  readonly deps: Deps;
  readonly connection: Connection;
  readonly directory: Directory;
  readonly piece: Piece;
  readonly before: SyncState | undefined;
  mark: SyncMark;
  readonly #told: Record<ListName, string[]> = { groups: [], apps: [], used: [] };
  #read: Partial<Record<ListName, readonly string[]>> = {};

  constructor(
    from: Pick<SyncRun, 'deps' | 'connection' | 'directory' | 'piece' | 'before' | 'mark'>,
  ) {
    this.deps = from.deps;
    this.connection = from.connection;
    this.directory = from.directory;
    this.piece = from.piece;
    this.before = from.before;
    this.mark = from.mark;
  }

  get id(): string {
    return this.connection.id;
  }

  get moved(): boolean {
    return this.before !== undefined && this.before.tenant !== this.connection.tenant;
  }

  told(list: ListName, ids: readonly string[]): void {
    for (const id of ids) this.#told[list].push(id);
    this.#read = {};
  }

  /** Drops what was told of groups and apps; those in use are the same. */
  async restart(now: string): Promise<void> {
    this.#told.groups.length = 0;
    this.#told.apps.length = 0;
    this.#read = {};
    this.mark = restarted(this.mark, now);
    await this.keep();
  }

  /** Writes down what this step was told. Writing the same list again after a step that died changes nothing. */
  async keep(): Promise<void> {
    const lists = { ...this.mark.lists };
    for (const list of LISTS)
      lists[list] += await this.#write(list, lists[list], this.#told[list].splice(0));
    this.mark = { ...this.mark, lists };
  }

  /** All ids of the run; throws when a list is missing, because half of them would look like deletions. */
  async all(list: ListName): Promise<readonly string[]> {
    this.#read[list] ??= [
      ...new Set([...(await this.#list(list, this.mark.lists[list])), ...this.#told[list]]),
    ];
    return this.#read[list];
  }

  /** Groups that live roles used when the run began. */
  async used(): Promise<ReadonlySet<string>> {
    return new Set(await this.all('used'));
  }

  /** All ids that runs before this one were told and that were not gone. */
  async known(list: 'groups' | 'apps'): Promise<readonly string[]> {
    const kept = this.before?.known;
    return kept ? this.#list(`known-${kept.set}:${list}`, kept[list]) : [];
  }

  /** In the place of what was known; two sets take turns, so that the old one stands until the new one does. */
  async know(ids: Record<'groups' | 'apps', readonly string[]>): Promise<SyncState['known']> {
    const set = this.before?.known?.set === 'a' ? 'b' : 'a';
    const groups = await this.#write(`known-${set}:groups`, 0, ids.groups);
    const apps = await this.#write(`known-${set}:apps`, 0, ids.apps);
    return { set, groups, apps };
  }

  async forget(): Promise<void> {
    for (const list of LISTS)
      await removePieces(this.deps.store, (n) => this.#place(list, n), this.mark.lists[list]);
  }

  async #write(name: string, from: number, ids: readonly string[]): Promise<number> {
    let lists = 0;
    for (let i = 0; i < ids.length; i += IDS_PER_LIST)
      await this.deps.store.writePlain(
        this.#place(name, from + lists++),
        ids.slice(i, i + IDS_PER_LIST),
      );
    return lists;
  }

  async #list(name: string, lists: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < lists; n++) {
      const list = idList.safeParse(await this.deps.store.readPlain(this.#place(name, n)));
      if (!list.success) throw new ListGone('A list of this run is missing');
      for (const id of list.data) ids.push(id);
    }
    return ids;
  }

  #place(name: string, number: number): string {
    return placeOf(this.id, name, number);
  }
}

const placeOf = (connectionId: string, name: string, number: number) =>
  `sync:${connectionId}:${name}:${number}`;

/** Places of every list that a sync of the connection may have left. */
export function listsOfSync(connectionId: string): ((n: number) => string)[] {
  const known = ['a', 'b'].flatMap((set) => [`known-${set}:groups`, `known-${set}:apps`]);
  return [...LISTS, ...known].map((name) => (n) => placeOf(connectionId, name, n));
}
