/** One step of a sync: what its parts share, and the lists of ids that a run keeps between steps. */

import * as z from 'zod/mini';
import type { Directory } from '../directories/directory';
import type { Piece } from '../jobs/piece';
import type { Deps } from '../requests/deps';
import type { SyncState } from './candidate-store';
import type { Connection, Role } from './model/catalog';
import type { SyncMark } from './model/sync-mark';

/** Of ids of at most forty characters: well under Forge's limit for one value. */
const IDS_PER_LIST = 4000;
const idList = z.array(z.string());

type ListName = 'groups' | 'apps';

/** What a run wrote down is no longer there, so it cannot be gone on with. */
export class ListGone extends Error {}

function listed(value: unknown): string[] {
  const parsed = idList.safeParse(value);
  if (!parsed.success) throw new ListGone('A list of this run is missing');
  return parsed.data;
}

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
  /** Groups of this connection that live roles use. */
  readonly used: ReadonlyMap<string, readonly Role[]>;
  mark: SyncMark;
  readonly #told: Record<ListName, string[]> = { groups: [], apps: [] };
  #read: Partial<Record<ListName, string[]>> = {};

  constructor(
    from: Pick<SyncRun, 'deps' | 'connection' | 'directory' | 'piece' | 'before' | 'used' | 'mark'>,
  ) {
    this.deps = from.deps;
    this.connection = from.connection;
    this.directory = from.directory;
    this.piece = from.piece;
    this.before = from.before;
    this.used = from.used;
    this.mark = from.mark;
  }

  get id(): string {
    return this.connection.id;
  }

  told(list: ListName, ids: readonly string[]): void {
    this.#told[list].push(...ids);
    this.#read = {};
  }

  /** Writes down what this step was told. Writing the same list again after a step that died changes nothing. */
  async keep(): Promise<void> {
    for (const list of ['groups', 'apps'] as const) {
      const ids = this.#told[list];
      while (ids.length > 0) {
        const number = list === 'groups' ? this.mark.groupLists : this.mark.appLists;
        await this.deps.store.writePlain(this.#place(list, number), ids.splice(0, IDS_PER_LIST));
        this.mark = {
          ...this.mark,
          ...(list === 'groups' ? { groupLists: number + 1 } : { appLists: number + 1 }),
        };
      }
    }
  }

  /** All ids of the run; throws when a list is missing, because half of them would look like deletions. */
  async all(list: ListName): Promise<readonly string[]> {
    const known = this.#read[list];
    if (known) return known;
    const lists = list === 'groups' ? this.mark.groupLists : this.mark.appLists;
    const ids: string[] = [];
    for (let n = 0; n < lists; n++)
      ids.push(...listed(await this.deps.store.readPlain(this.#place(list, n))));
    const whole = [...new Set([...ids, ...this.#told[list]])];
    this.#read[list] = whole;
    return whole;
  }

  async forget(): Promise<void> {
    for (const list of ['groups', 'apps'] as const) {
      const lists = list === 'groups' ? this.mark.groupLists : this.mark.appLists;
      for (let n = 0; n < lists; n++) await this.deps.store.removePlain(this.#place(list, n));
    }
  }

  #place(list: ListName, number: number): string {
    return `sync:${this.id}:${list}:${number}`;
  }
}
