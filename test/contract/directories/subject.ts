import type { DirectoryName, WorldGroup } from '../../../sandbox/world/world';
import type {
  ConnectionAddress,
  Credential,
  GroupUnwritable,
  Membership,
} from '../../../src/directories/directory';
import type { Bench } from './bench';

/** What differs between the directories, so that one suite can hold them all to the same contract. */
export interface Subject {
  readonly name: DirectoryName;
  address(bench: Bench): ConnectionAddress;
  credential(bench: Bench): Credential;
  /** Refused by the directory: a secret that is not, or no longer, the right one. */
  wrongCredential(bench: Bench): Credential;
  /** May read, but not change who is in a group. */
  readOnlyCredential(bench: Bench): Credential;
  /** Key of a group that members can be added to. */
  readonly group: string;
  /** Well-formed ids that belong to nobody and nothing. */
  readonly missing: Membership;
  /** Kinds of groups that cannot be changed by hand, and whether the directory itself refuses. */
  readonly unwritable: readonly (readonly [
    WorldGroup['kind'],
    GroupUnwritable,
    'refused' | 'taken',
  ])[];
  /** Of the fault that hits the change of a membership: method and decoded path. */
  readonly add: { readonly method: string; readonly path: string };
  readonly remove: { readonly method: string; readonly path: string };
  /** An answer by which this directory asks to slow down, and the seconds that it names. */
  readonly slowDown: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly seconds?: number;
  };
}
