/** The sandbox's state on disk, so that it is still there after a restart. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SavedState {
  readonly world: string;
  readonly seed: number;
  readonly appId: string;
  /** What virtual time adds to real time, milliseconds. */
  readonly shiftMs: number;
  /** Virtual epoch milliseconds. */
  readonly at: number;
  readonly parts: Record<string, unknown>;
}

export class StateFolder {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  wipe(): void {
    for (const name of ['now', 'seeded'] as const) rmSync(this.#file(name), { force: true });
  }

  /** `now`: as it was left; `seeded`: as it was right after seeding. */
  read(name: 'now' | 'seeded'): SavedState | undefined {
    const file = this.#file(name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SavedState) : undefined;
  }

  /** Replaces the file in one step, so that a power cut leaves the old or the new one. */
  write(name: 'now' | 'seeded', state: SavedState): void {
    mkdirSync(this.#dir, { recursive: true });
    const file = this.#file(name);
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  }

  #file(name: string): string {
    return path.join(this.#dir, `${name}.json`);
  }
}
