/** One way in which a recorded call differs from the official description. */
import type { Api } from './folder';

export interface Violation {
  readonly api: Api | 'jira.js';
  /** Number of the call in the sandbox's log. */
  readonly seq: number;
  readonly call: string;
  /** `METHOD template` of the description, or the call itself when nothing describes it. */
  readonly operation: string;
  readonly part: 'request' | 'response';
  readonly at: string;
  readonly message: string;
}
