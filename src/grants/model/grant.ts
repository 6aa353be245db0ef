/**
 * A grant: the answer to a request as it stands in a directory, with a start and an end.
 *
 * state         command        next          what it means
 * approved      begin          provisioning  intent and holds are written, the directory is called
 *               block          blocked       something a person must put right; nothing was changed
 *               cancel         cancelled     withdrawn before the first change
 * provisioning  activate       active        every group is held
 *               end            revoking      rolled back, withdrawn or past its end before it was whole
 * active        verify         active        a later read showed every membership
 *               end            revoking      the end came, was asked for, or the person is gone
 * revoking      finish         revoked       absence was read (or the membership is not ours to remove)
 *                              blocked       when it was a rollback: nothing is left behind
 *               stick          stuck         the directory refuses; shown, alerted, retried for ever
 * stuck         finish, stick  as above
 * blocked       resume         approved      a person acted; starts again from a fresh read
 *               cancel         cancelled
 * revoked, cancelled           nothing
 */
import * as z from 'zod/mini';
import { no, ok, type Result } from '../../shared/result';

export const edgeSchema = z.strictObject({
  groupId: z.string(),
  groupName: z.string(),
  /** What this grant knows of its own membership; the hold decides. */
  state: z.enum(['to-do', 'adding', 'held', 'removing', 'gone', 'left']),
  /** `left`: why the membership stays. */
  why: z.optional(z.enum(['other-holders', 'not-ours', 'not-held'])),
  found: z.optional(z.enum(['member', 'not-member', 'uncertain'])),
  verifiedAt: z.optional(z.string()),
  requestId: z.optional(z.string()),
  status: z.optional(z.int()),
  /** `gone` because the person was deleted, in a directory that can restore them with the membership. */
  mayReturn: z.optional(z.literal(true)),
});
export type Edge = z.infer<typeof edgeSchema>;

/** Who must do what before this can go on; shown where that person looks. */
export const askSchema = z.strictObject({
  check: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  /** What the directory answered; for IT, never for the portal. */
  detail: z.optional(z.string()),
});
export type Ask = z.infer<typeof askSchema>;

/** A named person says that they did it, or saw that it is so. */
export const attestedSchema = z.strictObject({ by: z.string(), at: z.string(), note: z.string() });

export const endReasons = [
  'expired',
  'rolled-back',
  'withdrawn',
  'revoked-by-person',
  'person-gone',
  'person-disabled',
  'returned',
  'ticket-closed',
  'kill-switch',
  'not-reviewed',
] as const;
export type EndReason = (typeof endReasons)[number];

const common = {
  v: z.literal(1),
  id: z.string(),
  issueId: z.string(),
  issueKey: z.string(),
  bindingId: z.string(),
  round: z.int(),
  /** Accounts in Jira. */
  beneficiary: z.string(),
  connectionId: z.string(),
  tenant: z.string(),
  personId: z.string(),
  /** How that person was found when the request was pinned. */
  foundBy: z.optional(z.enum(['link', 'attribute', 'e-mail'])),
  appId: z.string(),
  appName: z.string(),
  roleId: z.string(),
  roleName: z.string(),
  accessVersion: z.int(),
  privileged: z.boolean(),
  /** People carry it out and take it away. The edges name groups that the app may not change, if any. */
  manual: z.optional(
    z.strictObject({
      /** Sub-tasks of the request's issue. */
      giveTask: z.optional(z.string()),
      removeTask: z.optional(z.string()),
      given: z.optional(attestedSchema),
      removed: z.optional(attestedSchema),
    }),
  ),
  /** It was run without changing anything: see `observe.ts`. */
  observed: z.optional(z.literal(true)),
  /** Closing this issue ends it. */
  untilTicket: z.optional(
    z.strictObject({
      issueId: z.string(),
      key: z.string(),
      /** It was not to be found for an hour, which counts as closed. */
      missing: z.optional(z.literal(true)),
    }),
  ),
  /** The first directory call is not before this. */
  startsAt: z.optional(z.string()),
  /** The running grant that this one follows, and when the unbroken line of them began. */
  renewalOf: z.optional(z.string()),
  lineSince: z.optional(z.string()),
  breakGlass: z.optional(
    z.strictObject({
      /** Until then somebody must have reviewed it. */
      reviewBy: z.string(),
      reviewIssue: z.optional(z.string()),
      /** When that time had passed and others were told. */
      escalatedAt: z.optional(z.string()),
      reviewed: z.optional(
        z.strictObject({
          by: z.string(),
          at: z.string(),
          verdict: z.enum(['justified', 'not-justified']),
        }),
      ),
    }),
  ),
  /** The person is signed out of the directory when it ends. */
  endSessions: z.optional(z.literal(true)),
  digest: z.string(),
  edges: z.array(edgeSchema),
  /** Seconds; `null`: no end. */
  duration: z.nullable(z.int()),
  /** The last stage's decision. */
  decidedAt: z.string(),
  /** Rises only when a person resumes; part of every idempotency key. */
  episode: z.int().check(z.positive()),
  /** First accepted change. */
  startedAt: z.optional(z.string()),
  /** Provisional until active, then final. `null`: no end. */
  endsAt: z.nullable(z.string()),
  changedAt: z.string(),
};

const ending = {
  because: z.enum(endReasons),
  ask: z.optional(askSchema),
  endedBy: z.optional(z.string()),
};

export const grantSchema = z.discriminatedUnion('state', [
  z.strictObject({ ...common, state: z.literal('approved') }),
  z.strictObject({ ...common, state: z.literal('provisioning'), since: z.string() }),
  z.strictObject({ ...common, state: z.literal('active'), verified: z.boolean() }),
  z.strictObject({ ...common, ...ending, state: z.literal('revoking'), since: z.string() }),
  z.strictObject({
    ...common,
    ...ending,
    state: z.literal('stuck'),
    since: z.string(),
    cause: askSchema,
  }),
  z.strictObject({ ...common, ...ending, state: z.literal('revoked'), at: z.string() }),
  z.strictObject({ ...common, state: z.literal('cancelled'), at: z.string() }),
  z.strictObject({ ...common, state: z.literal('blocked'), ask: askSchema }),
]);
export type Grant = z.infer<typeof grantSchema>;
export type GrantState = Grant['state'];
type Common = z.infer<z.ZodMiniObject<typeof common>>;

export type Command =
  | {
      readonly type: 'begin';
      readonly edges: readonly Edge[];
      readonly endsAt: string | null;
      readonly now: string;
    }
  | {
      readonly type: 'activate';
      readonly edges: readonly Edge[];
      readonly startedAt: string;
      readonly endsAt: string | null;
      readonly verified: boolean;
      readonly now: string;
    }
  | { readonly type: 'verify'; readonly edges: readonly Edge[]; readonly now: string }
  | {
      readonly type: 'end';
      readonly because: EndReason;
      readonly by?: string;
      /** For a roll-back: what a person is asked to do once nothing is left behind. */
      readonly ask?: Ask;
      readonly edges?: readonly Edge[];
      readonly now: string;
    }
  | { readonly type: 'finish'; readonly edges: readonly Edge[]; readonly now: string }
  | {
      readonly type: 'stick';
      readonly cause: Ask;
      readonly edges: readonly Edge[];
      readonly now: string;
    }
  | { readonly type: 'block'; readonly ask: Ask; readonly now: string }
  | { readonly type: 'resume'; readonly now: string }
  | { readonly type: 'cancel'; readonly now: string };

/** The step is not in the table: someone else was quicker, or it was asked twice. */
export interface NotNow {
  readonly state: GrantState;
  readonly command: Command['type'];
}

export function decide(grant: Grant, command: Command): Result<Grant, NotNow> {
  const base = (edges: readonly Edge[] = grant.edges): Common => ({
    ...commonOf(grant),
    edges: [...edges],
    changedAt: command.now,
  });
  const refuse = no({ state: grant.state, command: command.type });
  switch (command.type) {
    case 'begin':
      if (grant.state !== 'approved' && grant.state !== 'provisioning') return refuse;
      return ok({
        ...base(command.edges),
        endsAt: command.endsAt,
        state: 'provisioning',
        since: grant.state === 'provisioning' ? grant.since : command.now,
      });
    case 'activate':
      if (grant.state !== 'provisioning') return refuse;
      return ok({
        ...base(command.edges),
        startedAt: command.startedAt,
        endsAt: command.endsAt,
        state: 'active',
        verified: command.verified,
      });
    case 'verify':
      if (grant.state !== 'active') return refuse;
      return ok({ ...base(command.edges), state: 'active', verified: true });
    case 'end':
      if (grant.state !== 'active' && grant.state !== 'provisioning') return refuse;
      return ok({
        ...base(command.edges),
        state: 'revoking',
        because: command.because,
        ...(command.ask && { ask: command.ask }),
        ...(command.by !== undefined && { endedBy: command.by }),
        since: command.now,
      });
    case 'finish':
      if (grant.state !== 'revoking' && grant.state !== 'stuck') return refuse;
      if (grant.because === 'rolled-back' && grant.ask) {
        return ok({ ...base(command.edges), state: 'blocked', ask: grant.ask });
      }
      return ok({ ...base(command.edges), ...endingOf(grant), state: 'revoked', at: command.now });
    case 'stick':
      if (grant.state !== 'revoking' && grant.state !== 'stuck') return refuse;
      return ok({
        ...base(command.edges),
        ...endingOf(grant),
        state: 'stuck',
        cause: command.cause,
        since: grant.since,
      });
    case 'block':
      if (grant.state !== 'approved') return refuse;
      return ok({ ...base(), state: 'blocked', ask: command.ask });
    case 'resume':
      if (grant.state !== 'blocked') return refuse;
      return ok({ ...afresh(base()), state: 'approved', episode: grant.episode + 1 });
    case 'cancel':
      if (grant.state !== 'approved' && grant.state !== 'blocked') return refuse;
      return ok({ ...base(), state: 'cancelled', at: command.now });
  }
}

/** Nothing of an earlier episode counts: neither what it found nor when it began and would have ended. */
function afresh({ startedAt: _, ...common }: Common): Common {
  const edges = common.edges.map(({ groupId, groupName }) => ({
    groupId,
    groupName,
    state: 'to-do' as const,
  }));
  return { ...common, edges, endsAt: null };
}

/** A grant that may still have a membership in a directory. */
export const isLive = (state: GrantState): boolean =>
  state === 'provisioning' || state === 'active' || state === 'revoking' || state === 'stuck';

function endingOf(grant: Extract<Grant, { state: 'revoking' | 'stuck' }>) {
  return {
    because: grant.because,
    ...(grant.ask && { ask: grant.ask }),
    ...(grant.endedBy !== undefined && { endedBy: grant.endedBy }),
  };
}

/** By the schema's own members, so that a state cannot forget one that was added. */
function commonOf(grant: Grant): Common {
  const members = Object.entries(grant).filter(([name]) => Object.hasOwn(common, name));
  return Object.fromEntries(members) as Common;
}
