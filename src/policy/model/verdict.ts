/** What `evaluate` is asked, what it knows and what it answers. */
import type { SitePolicy, StageRule } from '../../contracts/policy';
import type { Refusal } from '../../shared/result';
import type { RolePolicy } from './effective';

/** What is asked, read by the server from the pinned wish. */
export interface Ask {
  readonly roleId: string;
  /** Seconds; `null`: no end. */
  readonly duration: number | null;
  /** Seconds that whoever decides has allowed, where that is less. */
  readonly allowed?: number;
  /** Epoch seconds of the asked start; absent: at once. */
  readonly start?: number;
  /** Characters, as people typed it, white space trimmed. */
  readonly reasonLength: number;
  readonly asksForSelf: boolean;
  /** Of a renewal: epoch seconds at which the unbroken line of grants began. */
  readonly renewsSince?: number;
}

/** `undefined` anywhere: it could not be read, which is never "no". */
export interface Facts {
  /** `null`: the directory holds none. */
  readonly department: string | null | undefined;
  readonly employment: string | null | undefined;
  /** `connection:groupId` of the groups the person is really in. */
  readonly groups: ReadonlySet<string> | undefined;
  /** Role ids of separation-of-duties sets that the person holds by real membership or running grant. */
  readonly heldRoles: readonly string[] | undefined;
  /** The ticket that the request names; `null`: none named. */
  readonly ticket:
    | { readonly key: string; readonly counts: boolean; readonly open: boolean }
    | null
    | undefined;
  /** An earlier break-glass use of this role by this person waits for its review. */
  readonly unreviewed: boolean | undefined;
  /**
   * Epoch seconds since which the person has this very role without a break; `null`: they do not have
   * it. Absent: not looked at, because nothing limits it.
   */
  readonly heldSince?: number | null | 'unread';
  /** The kill switch is on for the person, the app or the role. */
  readonly stopped: boolean | undefined;
  /** What was looked at, where that was not everything: all else is unknown. */
  readonly looked?: {
    readonly groups: ReadonlySet<string>;
    readonly roles: ReadonlySet<string>;
  };
}

export type Said = 'holds' | 'fails' | 'unknown';

export interface Considered {
  /** `visible-to`, `duration-offered`, `sod:<id>`, `auto:<condition>`, … */
  readonly rule: string;
  readonly said: Said;
  /** One sentence with the value that was looked at. */
  readonly because: string;
}

export interface StageNeeded extends StageRule {
  /** The set whose exception this stage decides on. */
  readonly sod?: string;
}

export type Verdict = { readonly considered: readonly Considered[] } & (
  | {
      readonly outcome: 'satisfied';
      readonly by: 'people' | 'auto' | 'break-glass';
      readonly stages: readonly StageNeeded[];
      /** Sets that only warn. */
      readonly warnings: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | {
      readonly outcome: 'broken';
      readonly refusal: Refusal;
      readonly stages?: readonly StageNeeded[];
      readonly warnings: readonly string[];
    }
);

export type Evaluate = (
  ask: Ask,
  policy: RolePolicy,
  site: Pick<SitePolicy, 'sod'>,
  facts: Facts,
  /** Epoch seconds. */
  now: number,
) => Verdict;
