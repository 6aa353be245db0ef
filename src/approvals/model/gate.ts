/**
 * The consent gate: may the first directory call be made? A status is not consent. Every check has
 * a name; the first that fails is the refusal, and says whether another round can mend it.
 */
import type { Role } from '../../catalog/model/catalog';
import { mappedLately } from '../../catalog/model/privileged';
import type { RolePolicy } from '../../policy/model/effective';
import type { Decision, Pin, Stage } from '../../requests/model/request';
import { DAY, earlier, HOUR, type Instant, later, secondsBetween } from '../../shared/instant';
import { no, ok, type Refusal, type Result } from '../../shared/result';
import { riskRose, sameDeciders } from './stricter';

export interface SeenApproval {
  readonly id: string;
  readonly created: Instant;
  readonly completed: Instant | undefined;
  readonly answers: readonly {
    readonly accountId: string;
    readonly decision: 'approved' | 'declined' | 'pending';
  }[];
}

export interface GateFacts {
  readonly pin: Pin;
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
  /** Approvals that an earlier round of this request used. */
  readonly usedApprovals: readonly string[];
  /** Accounts of deciders read again, when the pin is older than an hour. */
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
  readonly licensed: boolean | undefined;
  readonly paused: boolean;
  readonly now: Instant;
}

/** `again`: another round of approval mends it. `person`: somebody must act first. */
export type GateRefusal = Refusal & { readonly way: 'again' | 'person' };
export interface Consent {
  readonly decisions: readonly Decision[];
  /** The last stage's decision. */
  readonly decidedAt: Instant;
  /** Seconds; the shortest that any stage allowed. */
  readonly duration: number | null;
}

/** A decision older than this at the first directory call is asked again. */
export const FRESH_SECONDS = DAY;
/** After this long, whether a decider is still active is read again. */
export const REREAD_SECONDS = HOUR;

const READ_BY_APPROVERS = new Set([
  'description',
  'summary',
  'reporter',
  'project',
  'request-type',
]);

type Check = (f: GateFacts) => GateRefusal | undefined;

export function gate(facts: GateFacts): Result<Consent, GateRefusal> {
  for (const check of CHECKS) {
    const refusal = check(facts);
    if (refusal) return no(refusal);
  }
  const decisions = facts.pin.auto
    ? [byRule(facts)]
    : facts.pin.stages.map((stage) => decisionOf(stage, facts));
  const missing = decisions.find((d) => !d.ok);
  if (missing && !missing.ok) return missing;
  const made = decisions.flatMap((d) => (d.ok ? d.value : []));
  const stages = new Set(made.map((d) => d.by));
  if (stages.size < new Set(made.map((d) => `${d.stage}/${d.by}`)).size)
    return no(again('deciders-distinct', 'The same person decided in two stages.', {}));
  const decidedAt = made.map((d) => d.at as Instant).reduce(later);
  if (secondsBetween(decidedAt, facts.now) > FRESH_SECONDS) {
    return no(
      again(
        'decision-fresh',
        'The approval is more than a day old, and much can change in a day.',
        { decidedAt },
      ),
    );
  }
  return ok({ decisions: made, decidedAt, duration: facts.pin.subject.duration });
}

const CHECKS: readonly Check[] = [
  ({ licensed }) =>
    licensed === false
      ? person(
          'licence-active',
          "The app's licence on this site is not active, so no new access is given.",
          'A Jira administrator renews the licence; IT then presses Resume. Access that ends is still removed.',
          {},
        )
      : undefined,
  ({ paused }) =>
    paused
      ? person(
          'grants-not-paused',
          'New access is paused on this site.',
          'IT ends the pause and presses Resume.',
          {},
        )
      : undefined,
  ({ pin, digestNow }) =>
    digestNow === pin.digest
      ? undefined
      : again(
          'digest-unchanged',
          'What was asked for is not what was approved: the request changed after it was put up for approval.',
          {
            pinned: pin.digest,
            now: digestNow,
          },
        ),
  ({ pin, sourceHashNow }) =>
    sourceHashNow === pin.sourceHash
      ? undefined
      : again(
          'text-unchanged',
          'The request was edited after it was put up for approval, so the approval may have been given for something else.',
          {
            pinned: pin.sourceHash,
            now: sourceHashNow,
          },
        ),
  // Somebody may have answered while another text stood there.
  ({ laterChanges, wishFields }) => {
    const touched = laterChanges.filter(
      (id) => READ_BY_APPROVERS.has(id) || wishFields.includes(id),
    );
    return touched.length === 0
      ? undefined
      : again(
          'text-untouched',
          'The request was edited while it was up for approval. Even if it reads as before by now, the approval may have been given for something else.',
          { fields: [...new Set(touched)] },
        );
  },
  ({ pin, reporters }) => {
    const strangers = reporters.filter((r) => !pin.parties.includes(r));
    return strangers.length === 0
      ? undefined
      : again(
          'parties-unchanged',
          'The reporter was changed after the request was put up for approval.',
          { reporters: strangers },
        );
  },
  ({ roleNow }) =>
    roleNow && roleNow.status === 'live'
      ? undefined
      : person(
          'role-offered',
          'The role is not offered any more.',
          'Please ask for another role, or talk to IT here.',
          {},
        ),
  ({ roleNow }) =>
    roleNow?.kind === 'automatic'
      ? undefined
      : person(
          'role-automatable',
          'The role is now carried out by people, not by the app.',
          'IT has been told and takes it from here.',
          {
            because: roleNow?.manualBecause ?? 'unknown',
          },
        ),
  ({ roleNow, pin }) =>
    roleNow?.accessVersion === pin.subject.accessVersion
      ? undefined
      : again(
          'access-unchanged',
          'What the role gives was changed after the request was put up for approval.',
          {
            pinned: pin.subject.accessVersion,
            now: roleNow?.accessVersion ?? null,
          },
        ),
  ({ roleNow, pin, now }) => {
    const who = { accountId: pin.beneficiary, personIds: [pin.subject.personId] };
    return roleNow && mappedLately(roleNow, who, now)
      ? person(
          'mapper-waits',
          'Whoever maps a role to administrator rights cannot receive it on the day after.',
          'Once the day is over, IT can press Resume.',
          { accountId: pin.beneficiary },
        )
      : undefined;
  },
  // The stricter of the pinned and the current policy wins.
  ({ policyNow, pin }) => {
    if (pin.auto && !policyNow?.auto) {
      return again(
        'rule-still-published',
        'The rule that approved this is not published any more, so a person has to decide.',
        { rule: pin.auto.rule },
      );
    }
    return undefined;
  },
  (f) =>
    sameDeciders(f)
      ? undefined
      : again(
          'approvers-unchanged',
          'Who decides on this role was changed after the request was put up for approval.',
          { pinned: f.pin.subject.policyVersion, now: f.roleNow?.policyVersion ?? null },
        ),
  (f) =>
    !riskRose(f)
      ? undefined
      : again(
          'risk-unchanged',
          'The role was given a higher risk after the request was put up for approval.',
          { pinned: f.pin.risk, now: f.roleNow?.risk },
        ),
  ({ policyNow, pin }) => {
    const { duration } = pin.subject;
    const offered =
      duration === null ? policyNow?.permanent : policyNow?.durations.includes(duration);
    return offered
      ? undefined
      : again('duration-offered', 'The length of time is not offered for this role any more.', {
          duration,
        });
  },
];

function byRule({ pin, now }: GateFacts): Result<Decision[], GateRefusal> {
  if (!pin.auto) throw new Error('unreachable');
  return ok([
    {
      stage: 'rule',
      by: 'rule',
      decision: 'approved',
      at: pin.at,
      seenAt: now,
      channel: 'rule',
      rule: pin.auto.rule,
    },
  ]);
}

/**
 * Only permitted deciders' own answers count, given after the pin; an approval's overall result
 * alone never does. Each approval belongs to one stage and is used once.
 */
function decisionOf(stage: Stage, f: GateFacts): Result<Decision[], GateRefusal> {
  const permitted = stage.approvers.map((a) => a.accountId);
  const before = new Map(f.pin.approvalsBefore.map((a) => [a.id, a.answered]));
  const open = f.approvals.filter((a) => !f.usedApprovals.includes(a.id));
  const counted: Decision[] = [];
  const strangers: string[] = [];
  for (const approval of open) {
    for (const answer of approval.answers) {
      if (answer.decision === 'pending' || before.get(approval.id)?.includes(answer.accountId))
        continue;
      if (!permitted.includes(answer.accountId)) {
        if (answer.decision === 'approved') strangers.push(answer.accountId);
        continue;
      }
      // Jira does not say when each answered. Of one never closed only the earliest hour is certain,
      // and answers from before the pin are out already.
      const { created, completed } = approval;
      const said = later(created, completed ?? later(created, f.pin.at as Instant));
      const at = earlier(f.now, said);
      counted.push({
        stage: stage.id,
        by: answer.accountId,
        decision: answer.decision,
        at,
        seenAt: f.now,
        channel: 'jira-approval',
        approvalId: approval.id,
        opened: created,
        closed: completed ?? null,
      });
    }
  }
  const declined = counted.find((d) => d.decision === 'declined');
  if (declined)
    return no(
      again('nobody-declined', 'One of the people who may decide declined.', { by: declined.by }),
    );
  const approved = counted.filter(
    (d, i) => d.decision === 'approved' && counted.findIndex((o) => o.by === d.by) === i,
  );
  const partyOf = approved.find((d) => isParty(d.by, stage, f.pin));
  if (partyOf)
    return no(again('no-self-approval', 'Nobody decides on their own access.', { by: partyOf.by }));
  const mapper = approved.find((d) => isMapper(d.by, stage, f));
  if (mapper)
    return no(
      again(
        'mapper-decides-not',
        'Whoever maps a role to administrator rights cannot approve it on the day after.',
        { by: mapper.by },
      ),
    );
  const inactive = approved.find((d) => !isActive(d.by, f));
  if (inactive)
    return no(
      again('decider-active', 'The person who approved has no active account any more.', {
        by: inactive.by,
      }),
    );
  if (approved.length >= stage.needs) return ok(approved);
  if (strangers.length > 0) {
    return no(
      again(
        'decider-permitted',
        'Somebody who may not decide on this role answered; that answer counts for nothing.',
        { by: strangers, permitted },
      ),
    );
  }
  const early = f.pin.approvalsBefore.some((a) => a.answered.length > 0);
  return no(
    again(
      early ? 'decided-after-pin' : 'decision-exists',
      early
        ? 'The approval was given before the request had been checked, so it cannot count.'
        : 'The issue was moved on without an approval by a person who may decide.',
      { permitted, approvals: f.approvals.map((a) => a.id) },
    ),
  );
}

function isParty(accountId: string, stage: Stage, pin: Pin): boolean {
  const personId = stage.approvers.find((a) => a.accountId === accountId)?.personId;
  return (
    pin.parties.includes(accountId) ||
    (personId !== undefined && pin.partyPersons.includes(personId))
  );
}

function isMapper(accountId: string, stage: Stage, { roleNow, now }: GateFacts): boolean {
  const personId = stage.approvers.find((a) => a.accountId === accountId)?.personId;
  const personIds = personId === undefined ? [] : [personId];
  return roleNow !== undefined && mappedLately(roleNow, { accountId, personIds }, now);
}

function isActive(accountId: string, { accountsNow, linkedNow }: GateFacts): boolean {
  if (accountsNow === undefined) return true;
  const account = accountsNow.find((a) => a.accountId === accountId);
  if (!account?.active) return false;
  return (
    account.type === 'atlassian' || (account.type === 'customer' && linkedNow.includes(accountId))
  );
}

const again = (check: string, sentence: string, facts: Record<string, unknown>): GateRefusal => ({
  check,
  sentence,
  nextStep: 'The people who may decide are asked again; nothing was changed in any directory.',
  facts,
  way: 'again',
});
const person = (
  check: string,
  sentence: string,
  nextStep: string,
  facts: Record<string, unknown>,
): GateRefusal => ({
  check,
  sentence,
  nextStep,
  facts,
  way: 'person',
});
