/** A whole journey over the sandbox's doors, and the one sentence it promises. */
import type { Play } from './play';

export interface Story {
  readonly name: string;
  readonly promise: string;
  run(play: Play): Promise<void>;
}
