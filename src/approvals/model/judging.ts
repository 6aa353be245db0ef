/** Everything that the consent gate looks at, read beforehand. */
import type { Role } from '../../catalog/model/catalog';
import type { SitePolicy } from '../../contracts/policy';
import type { RolePolicy } from '../../policy/model/effective';
import type { Ask, Facts } from '../../policy/model/evaluate';
import type { Approver, CardAnswer, Decision, Pin } from '../../requests/model/request';
import type { Instant } from '../../shared/instant';
import type { SeenApproval, Turn } from './answers';

/** What the rules look at, read again. */
export interface Known {
  readonly ask: Ask;
  readonly facts: Facts;
  /** The sets that must be held apart, as of the pin and of today. */
  readonly then: Pick<SitePolicy, 'sod'>;
  readonly today: Pick<SitePolicy, 'sod'>;
}

export interface GateFacts {
  readonly pin: Pin;
  /** Index of the stage whose turn it is, and since when. */
  readonly stage: number;
  readonly turn: Turn;
  /** So many of Jira's approval steps were left behind since: usually one. */
  readonly steps: number;
  /** Decisions that this round holds from before that turn: earlier stages, and part of this one. */
  readonly recorded: readonly Decision[];
  readonly cards: readonly CardAnswer[];
  /** The workflow has no approval step: people decide by card alone. */
  readonly byCard: boolean;
  /** Who answered for a group that decides, and is in it now; by stage. */
  readonly members: readonly (Approver & { readonly stage: string })[];
  /** Whom a stage's group listed at the pin, and who is not in it any more; by stage. */
  readonly left: readonly { readonly stage: string; readonly accountId: string }[];
  /** Who answered and has no directory person on the pin: whoever the account may be, as read now. */
  readonly personsNow: readonly {
    readonly accountId: string;
    readonly personIds: readonly string[];
  }[];
  /** Recomputed from the issue as it stands now. */
  readonly digestNow: string;
  readonly sourceHashNow: string;
  /** Ids of the fields that were changed since the pin, whatever they hold by now. */
  readonly laterChanges: readonly string[];
  /** Ids of the fields that the wish was read from. */
  readonly wishFields: readonly string[];
  /** Reporters that the issue has or ever had. */
  readonly reporters: readonly string[];
  readonly approvals: readonly SeenApproval[];
  /** Accounts of deciders read again, when the pin is older than an hour or somebody answered whom it did not read. */
  readonly accountsNow:
    | readonly { readonly accountId: string; readonly type: string; readonly active: boolean }[]
    | undefined;
  /** Portal-only accounts among them that an administrator has linked to a person. */
  readonly linkedNow: readonly string[];
  /** As the catalog says today; absent when the role is gone. */
  readonly roleNow: Role | undefined;
  /** The rules of today that it is asked for by; absent with the role. */
  readonly policyNow: RolePolicy | undefined;
  /** The app's owner, as the catalog says today. */
  readonly ownerNow: string | undefined;
  /** What prohibitions look at; absent while it is not yet the hour to read it. */
  readonly known?: Known;
  /** Accounts of those who answered that are under a kill switch themselves. */
  readonly stoppedNow: readonly string[];
  /** The kill switch is on for the person or the app. */
  readonly stopped: boolean;
  readonly licensed: boolean | undefined;
  readonly paused: boolean;
  readonly now: Instant;
}
