/**
 * A table whose readers may see it as it was a moment ago. The real directories answer reads from
 * replicas that follow the writes; a reader here names the moment it sees.
 */
interface Version<V> {
  readonly at: number;
  /** `null`: gone. */
  readonly value: V | null;
}

/** Older versions are of no use to any reader: lag is measured in seconds. */
const KEPT_MS = 30 * 60_000;

export const NOW = Number.POSITIVE_INFINITY;

export type LaggingState<V> = [key: string, versions: readonly Version<V>[]][];

export class LaggingMap<V> {
  #rows = new Map<string, readonly Version<V>[]>();

  get(key: string, asOf = NOW): V | undefined {
    const versions = this.#rows.get(key);
    return versions && seen(versions, asOf);
  }

  /** Values are replaced, never changed in place: a snapshot shares them. */
  set(key: string, value: V, at: number): void {
    this.#write(key, { at, value });
  }

  delete(key: string, at: number): void {
    if (this.#rows.has(key)) this.#write(key, { at, value: null });
  }

  *entries(asOf = NOW): Generator<[string, V]> {
    for (const [key, versions] of this.#rows) {
      const value = seen(versions, asOf);
      if (value !== undefined) yield [key, value];
    }
  }

  *values(asOf = NOW): Generator<V> {
    for (const [, value] of this.entries(asOf)) yield value;
  }

  /** What changed after one moment and until another; `undefined`: gone since. */
  changes(after: number, until: number): [string, V | undefined][] {
    return [...this.#rows].flatMap(([key, versions]): [string, V | undefined][] => {
      const last = versions.filter((version) => version.at <= until).at(-1);
      return last && (last.at > after || after === 0) ? [[key, last.value ?? undefined]] : [];
    });
  }

  snapshot(): LaggingState<V> {
    return [...this.#rows];
  }

  restore(state: LaggingState<V>): void {
    this.#rows = new Map(state);
  }

  #write(key: string, version: Version<V>): void {
    const old = this.#rows.get(key) ?? [];
    const firstKept = old.findIndex((v) => v.at > version.at - KEPT_MS);
    const kept = firstKept === -1 ? old.slice(-1) : old.slice(Math.max(firstKept - 1, 0));
    this.#rows.set(key, [...kept, version]);
  }
}

function seen<V>(versions: readonly Version<V>[], asOf: number): V | undefined {
  for (let i = versions.length - 1; i >= 0; i--) {
    const version = versions[i];
    if (version && version.at <= asOf) return version.value ?? undefined;
  }
  return undefined;
}
