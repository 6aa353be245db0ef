/** What an administrator does by hand in a directory, whichever it is. */
import type { Credential } from '../../../src/directories/directory';

export interface Hands {
  rename(group: string, name: string): Promise<void>;
  remove(group: string): Promise<void>;
  suspend(person: string): Promise<void>;
  /** Puts one group into the other; absent where no group can be a member. */
  nest?(outer: string, inner: string): Promise<void>;
  /** The attribute that holds the Atlassian account id, as the connection is told it. */
  readonly attribute: string;
  /** Writes an account id into it, where the world has not done so. */
  hold(person: string, account: string): Promise<void>;
  /** For what reaches beyond memberships, where that takes a credential of its own. */
  readonly lifecycle?: Credential;
}
