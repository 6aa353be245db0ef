/** Why a grant shall end, who asked for it, and what is said when it begins. */
import type { Telling } from '../evidence/record';
import type { Ask, EndReason } from './model/grant';

export interface Ending {
  readonly because: EndReason;
  /** Account of the person who asked for it. */
  readonly by?: string;
  /** For a roll-back: what somebody must do before it can be tried again. */
  readonly ask?: Ask;
  /** Only the intent is written here; the queue of revocations does the rest. */
  readonly handOver?: true;
  /** For the record: by which right, because of what. Never words that people wrote. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Said when it begins; only with `handOver`, so that no removal waits for a comment. */
  readonly tell?: Telling;
}
