/**
 * The records behind Forge's key-value store and custom entities, one set per installation.
 * `get` sees the newest state; `view` sees what a query would, which runs behind for each record by
 * a lag of its own, for new, changed and deleted records alike.
 */
import type { Random } from '../../kit/random';

export interface Stored {
  readonly value: unknown;
  /** Virtual epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When its time to live ends. */
  readonly expiresAt?: number;
  /** When the platform really deletes it, up to two days after it expired. */
  readonly goneAt?: number;
}

interface Slot {
  readonly current: Stored | undefined;
  /** What queries see, oldest first: each state and the time from which it shows. */
  readonly shown: readonly { readonly from: number; readonly state: Stored | undefined }[];
}

/** A space of keys: `plain`, `secret`, or `entity:` and the entity's name. */
export type Space = string;

export interface StoreSettings {
  readonly now: () => number;
  readonly random: Random;
  readonly queryLagMaxMs: () => number;
  readonly ttlDeletionLagMaxMs: () => number;
}

export class Store {
  readonly #spaces = new Map<Space, Map<string, Slot>>();
  readonly #settings: StoreSettings;

  constructor(settings: StoreSettings) {
    this.#settings = settings;
  }

  get(space: Space, key: string): Stored | undefined {
    return this.#alive(this.#spaces.get(space)?.get(key)?.current);
  }

  put(space: Space, key: string, value: unknown, ttlMs?: number): Stored {
    const { now, random, ttlDeletionLagMaxMs } = this.#settings;
    const at = now();
    const previous = this.get(space, key);
    const expiresAt = ttlMs === undefined ? undefined : at + ttlMs;
    const stored: Stored = {
      value,
      createdAt: previous?.createdAt ?? at,
      updatedAt: at,
      ...(expiresAt !== undefined && {
        expiresAt,
        goneAt: expiresAt + random.int(0, ttlDeletionLagMaxMs()),
      }),
    };
    this.#write(space, key, stored);
    return stored;
  }

  delete(space: Space, key: string): boolean {
    if (!this.get(space, key)) return false;
    this.#write(space, key, undefined);
    return true;
  }

  /** Every record of a space as a query sees it now; in no particular order. */
  *view(space: Space): Iterable<[key: string, stored: Stored]> {
    const slots = this.#spaces.get(space);
    if (!slots) return;
    const now = this.#settings.now();
    for (const [key, slot] of slots) {
      const shown = slot.shown[visibleAt(slot.shown, now)];
      const stored = this.#alive(shown?.state);
      if (stored) yield [key, stored];
      else if (!slot.current && slot.shown.at(-1) === shown) slots.delete(key);
    }
  }

  /** The newest state of everything but secrets' values. */
  dump(): Record<Space, Record<string, unknown>> {
    const spaces: Record<Space, Record<string, unknown>> = {};
    for (const [space, slots] of this.#spaces) {
      const values: Record<string, unknown> = {};
      for (const key of slots.keys()) {
        const stored = this.get(space, key);
        if (stored) values[key] = space === 'secret' ? '(secret)' : stored.value;
      }
      spaces[space] = values;
    }
    return spaces;
  }

  snapshot(): unknown {
    return [...this.#spaces].map(([space, slots]) => [space, [...slots]]);
  }

  restore(state: unknown): void {
    this.#spaces.clear();
    for (const [space, slots] of state as [Space, [string, Slot][]][]) {
      this.#spaces.set(space, new Map(slots));
    }
  }

  // Slots and records are replaced, never changed, so a snapshot may share them.
  #write(space: Space, key: string, state: Stored | undefined): void {
    const { now, random, queryLagMaxMs } = this.#settings;
    const slots = this.#spaces.get(space) ?? new Map<string, Slot>();
    this.#spaces.set(space, slots);
    const at = now();
    const before = slots.get(key)?.shown ?? [];
    const visible = visibleAt(before, at);
    const from = Math.max(at + random.int(0, queryLagMaxMs()), before.at(-1)?.from ?? 0);
    slots.set(key, {
      current: state,
      shown: [...before.slice(Math.max(visible, 0)), { from, state }],
    });
  }

  #alive(stored: Stored | undefined): Stored | undefined {
    const gone = stored?.goneAt !== undefined && stored.goneAt <= this.#settings.now();
    return gone ? undefined : stored;
  }
}

/** Index of the newest state that shows already; -1 when none does. */
function visibleAt(shown: Slot['shown'], at: number): number {
  let index = shown.length - 1;
  while (index >= 0 && (shown[index]?.from ?? 0) > at) index--;
  return index;
}
