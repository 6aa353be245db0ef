/** A piece of the sandbox whose state is saved on disk, kept as a snapshot and put back. */
export interface Part {
  readonly name: string;
  /** Plain JSON. Must be a copy: later changes must not reach it. */
  snapshot(): unknown;
  /** Takes what `snapshot` gave, and schedules again whatever was due. */
  restore(state: unknown): void;
}
