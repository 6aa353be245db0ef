/**
 * What happens when an issue reaches its approved status, by whatever way.
 *
 * 1. the request, the issue and the approvals are read again;
 * 2. the gate (`model/gate.ts`) checks that permitted people approved exactly this, after the pin;
 * 3. yes: decisions and the grant are written in one transaction, and `grants/provision.ts` begins;
 * 4. no: the refusal is told on the issue, and a new round opens with the right approvers if the
 *    workflow lets the app go back; else the issue needs attention. Three rounds, then IT.
 * A status on its own never grants anything. And consent is judged again each time a grant that has
 * changed nothing yet is taken up (a directory that was down, a pause, a Resume): what was true when
 * the approval came may not be true days later. Once the intent is written it does not age any more.
 */
import type { Connection, Role } from '../catalog/model/catalog';
import { bindingFor } from '../catalog/model/settings';
import { loadOffer } from '../catalog/store';
import { record, type Step } from '../evidence/record';
import { decide, type Grant } from '../grants/model/grant';
import type { Known } from '../grants/provision';
import { grants } from '../grants/store';
import type { Account, Issue } from '../jira/port';
import { automatable } from '../requests/automatable';
import { durationFor } from '../requests/choose';
import { circumstances, type Deps } from '../requests/deps';
import { attention, closedBy, lastMover, type Next, OVERTAKEN, settle } from '../requests/intake';
import { digestOf } from '../requests/model/digest';
import { type AccessRequest, isOver, MOST_ROUNDS, move } from '../requests/model/request';
import { readWish } from '../requests/model/wish';
import { pastReporters } from '../requests/parties';
import { isLinked } from '../requests/person';
import { laterChanges, pin, sourceOf, subjectOf, wishFields } from '../requests/pin';
import { requests } from '../requests/store';
import { refused } from '../requests/telling';
import { HOUR, type Instant, plusSeconds, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { ok, type Refusal } from '../shared/result';
import { dropTimer, setTimer } from '../shared/timer';
import { type Consent, type GateRefusal, gate, REREAD_SECONDS } from './model/gate';
import { neverMoved, noOffer, tooManyRounds } from './words';

export type Checked =
  | Next
  /** Consent stands and the grant is in the ledger; the rest is what this run has read already. */
  | ({ readonly kind: 'provision'; readonly grant: Held<Grant> } & Known);

/** Should the run die right after writing the grant, the sweep takes it up again. */
const TAKE_UP_SECONDS = 180;
/** A run that wrote this recently may still be at work. */
const LIVING_RUN = 30;
/** The issue of an automatic approval that has not moved by then needs a person. */
const LONGEST_MOVE = HOUR;

export async function checkConsent(deps: Deps, issueId: string): Promise<Checked> {
  const settings = await deps.settings();
  const held = await load(deps.store, requests, issueId);
  if (!held) return { kind: 'read-first' };
  if (isOver(held.value) || held.value.state === 'granted')
    return { kind: 'done', what: held.value.state };
  const grant =
    held.value.grantId === undefined
      ? undefined
      : await load(deps.store, grants, held.value.grantId);
  const going = grant && (await underWay(deps, grant));
  if (going) return going;
  const binding = settings.bindings.find((b) => b.id === held.value.bindingId);
  if (!binding || !held.value.pin) return { kind: 'read-first' };
  const read = await deps.jira.issue(issueId, {
    fields: [...wishFields(binding), binding.fields.approvers],
    changes: true,
    transitions: true,
  });
  // Waiting brings no deleted issue back; intake ends its request, and a grant that has changed nothing.
  if (!read.ok && read.error.code === 'not-found') {
    const over = grant && held.value.issueGone;
    return over ? { kind: 'taken-back', how: 'withdrawn', by: undefined } : { kind: 'read-first' };
  }
  if (!read.ok)
    return {
      kind: 'later',
      seconds: read.error.retryAfter ?? 30,
      why: read.error.code,
      failure: read.error,
    };
  const issue = read.value;
  const c = { held, issue, binding, resumed: false };
  const closed = closedBy(issue, binding, held.value.state);
  if (grant && closed) return { kind: 'taken-back', how: closed, by: lastMover(issue) };
  // A grant that was resumed still stands at "needs attention".
  if (!grant && issue.status.id !== binding.statuses.approved) return notThere(deps, c);
  if (held.value.state !== 'waiting' && held.value.state !== 'approved')
    return { kind: 'read-first' };
  if (!grant && !held.value.pin.auto && notMovedSince(issue, held.value.pin.lastChange)) {
    return { kind: 'done', what: 'the way back is not delivered yet' };
  }
  const offer = await loadOffer(
    deps.store,
    held.value.pin.subject.roleId,
    held.value.pin.subject.connectionId,
  );
  const approvals = held.value.pin.auto ? ok([]) : await deps.jira.approvals(issueId);
  if (!approvals.ok)
    return {
      kind: 'later',
      seconds: approvals.error.retryAfter ?? 30,
      why: approvals.error.code,
      failure: approvals.error,
    };

  const { pin: pinned } = held.value;
  const wish = readWish(issue, binding.fields, held.value.answers);
  const bound = bindingFor(settings, issue.projectId, issue.requestTypeId)?.id === binding.id;
  const digestNow =
    wish.ok && offer && bound
      ? digestOf({
          ...subjectOf(issue, issue.requestTypeId ?? '', {
            offer,
            personId: pinned.subject.personId,
            duration: durationFor(wish.value, offer.policy) ?? null,
            reason: wish.value.reason,
            tenant: offer.connection?.tenant ?? '',
          }),
          // A policy that changed is judged by the prohibitions below, not as a changed request.
          policyVersion: pinned.subject.policyVersion,
          accessVersion: pinned.subject.accessVersion,
          groupIds: pinned.subject.groupIds,
        })
      : 'unreadable';
  const old = secondsBetween(pinned.at as Instant, deps.now()) > REREAD_SECONDS;
  const deciders = pinned.stages.flatMap((s) => s.approvers.map((a) => a.accountId));
  const accountsNow = old && deciders.length > 0 ? await deps.jira.accounts(deciders) : undefined;
  if (accountsNow && !accountsNow.ok)
    return { kind: 'later', seconds: 30, why: accountsNow.error.code, failure: accountsNow.error };
  const judged = gate({
    pin: pinned,
    digestNow,
    sourceHashNow: sourceOf(issue, binding),
    laterChanges: laterChanges(issue, pinned.lastChange),
    wishFields: wishFields(binding),
    reporters: [...(issue.reporter ? [issue.reporter] : []), ...pastReporters(issue)],
    approvals: approvals.value,
    // Judged a second time, this round's own approvals are the very ones that count.
    usedApprovals: grant
      ? []
      : held.value.decisions.flatMap((d) => (d.approvalId ? [d.approvalId] : [])),
    accountsNow: accountsNow?.value,
    linkedNow: await linkedAmong(deps, accountsNow?.value ?? [], pinned.subject.connectionId),
    ownerNow: offer?.app.owner,
    roleNow: offer?.app.status === 'live' ? offer.role : undefined,
    policyNow: offer?.policy,
    licensed: deps.installation.licensed,
    paused: settings.paused,
    now: deps.now(),
  });
  if (!judged.ok) {
    const open = grant ? await dropGrant(deps, c, grant, judged.error) : c;
    return open ? refuse(deps, open, judged.error) : overtaken;
  }
  const connection = offer && automatable(offer, deps);
  if (!offer || !connection?.ok) {
    const why = connection && !connection.ok ? connection.error : noOffer;
    const open = grant ? await dropGrant(deps, c, grant, why) : c;
    return open ? attention(deps, open, [], why) : overtaken;
  }
  if (grant) return { kind: 'provision', grant, issue, connection: connection.value };
  return begin(deps, held, issue, judged.value, {
    appName: offer.app.name,
    role: offer.role,
    connection: connection.value,
  });
}

/** Who has only the portal decides for as long as an administrator says who that is. */
async function linkedAmong(
  deps: Deps,
  accounts: readonly Account[],
  connectionId: string,
): Promise<string[]> {
  const linked: string[] = [];
  for (const { accountId, type } of accounts) {
    if (type === 'customer' && (await isLinked(deps, connectionId, accountId)))
      linked.push(accountId);
  }
  return linked;
}

const overtaken: Next = { kind: 'later', seconds: 2, why: OVERTAKEN };

/** A grant that has begun goes on whatever the gate would say; one that is over or blocked does not. */
async function underWay(deps: Deps, grant: Held<Grant>): Promise<Checked | undefined> {
  const { state, changedAt } = grant.value;
  if (state !== 'approved' && state !== 'provisioning') return { kind: 'done', what: state };
  const idle = secondsBetween(changedAt as Instant, deps.now());
  // A run that died after writing this is taken up; one that may live is left alone.
  if (idle < LIVING_RUN) return { kind: 'later', seconds: LIVING_RUN, why: 'another run is at it' };
  if (state === 'approved') return undefined;
  return { kind: 'provision', grant };
}

/**
 * The issue stands at "approved" from before this round: the app's move back is still on its way, and
 * judging the same answers again would only use up a round.
 */
const notMovedSince = (issue: Issue, lastChange: string): boolean =>
  issue.changes.some((c) => c.fieldId === 'status') &&
  !laterChanges(issue, lastChange).includes('status');

/** The app's own approval by rule may still be on its way to the issue. */
async function notThere(deps: Deps, c: Case): Promise<Next> {
  if (c.held.value.state !== 'approved') {
    return { kind: 'done', what: `status ${c.issue.status.name}` };
  }
  const age = secondsBetween(c.held.value.changedAt as Instant, deps.now());
  if (age > LONGEST_MOVE) return attention(deps, c, [], neverMoved(c.issue.status.name));
  return { kind: 'later', seconds: age < 120 ? 15 : 300, why: 'the issue has not moved yet' };
}

/**
 * Consent no longer stands for a grant that has changed nothing yet: it is cancelled, and the
 * request goes back to waiting, from where it is refused as any other.
 */
async function dropGrant(
  deps: Deps,
  c: Case,
  grant: Held<Grant>,
  refusal: Refusal,
): Promise<Case | undefined> {
  const now = deps.now();
  const cancelled = decide(grant.value, { type: 'cancel', now });
  if (!cancelled.ok) return undefined;
  const { grantId: _, ...open } = move(c.held.value, 'waiting', now);
  const step: Step = {
    event: 'grant.cancelled',
    actor: { type: 'app' },
    facts: { grantId: grant.value.id, check: refusal.check },
  };
  const done = await record(
    deps.store,
    c.issue.id,
    [step],
    [
      put(grants, cancelled.value, grant.rev),
      put(requests, open, c.held.rev),
      dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'provision' }),
    ],
    circumstances(deps),
  );
  return done.done ? { ...c, held: { value: open, rev: c.held.rev + 1 } } : undefined;
}

async function begin(
  deps: Deps,
  held: Held<AccessRequest>,
  issue: Issue,
  consent: Consent,
  names: {
    appName: string;
    connection: Connection;
    role: Pick<Role, 'name' | 'risk' | 'groups' | 'endSessions'>;
  },
): Promise<Checked> {
  const now = deps.now();
  const { pin: pinned } = held.value;
  if (!pinned) throw new Error('unreachable');
  const { subject } = pinned;
  const grant: Grant = {
    v: 1,
    // A fact, so that a second run cannot make a second grant of the same consent.
    id: `g-${issue.id}-${pinned.round}`,
    state: 'approved',
    issueId: issue.id,
    issueKey: issue.key,
    bindingId: held.value.bindingId,
    round: pinned.round,
    beneficiary: pinned.beneficiary,
    connectionId: subject.connectionId,
    tenant: subject.tenant,
    personId: subject.personId,
    ...(pinned.foundBy && { foundBy: pinned.foundBy }),
    appId: subject.roleId.split('.')[0] as string,
    appName: names.appName,
    roleId: subject.roleId,
    roleName: names.role.name,
    accessVersion: subject.accessVersion,
    privileged: names.role.risk === 'privileged',
    ...(names.role.endSessions && { endSessions: true }),
    digest: pinned.digest,
    edges: names.role.groups.map((g) => ({ groupId: g.id, groupName: g.name, state: 'to-do' })),
    duration: consent.duration,
    decidedAt: consent.decidedAt,
    episode: 1,
    endsAt: null,
    changedAt: now,
  };
  const decisions = pinned.auto
    ? held.value.decisions
    : [...held.value.decisions, ...consent.decisions];
  const next: AccessRequest = {
    ...move(held.value, 'approved', now),
    decisions: [...decisions],
    grantId: grant.id,
  };
  const steps: Step[] = [
    ...(pinned.auto ? [] : consent.decisions).map(
      (d): Step => ({
        event: 'decision.recorded',
        actor: { type: 'person', accountId: d.by },
        facts: {
          ...d,
          digest: pinned.digest,
          shownHash: pinned.shownHash,
          because: whyPermitted(pinned.stages, d.by),
        },
      }),
    ),
    {
      event: 'gate.passed',
      actor: { type: 'app' },
      facts: {
        digest: pinned.digest,
        round: pinned.round,
        decidedAt: consent.decidedAt,
        grantId: grant.id,
      },
    },
  ];
  const at = plusSeconds(now, TAKE_UP_SECONDS);
  const done = await record(
    deps.store,
    issue.id,
    steps,
    [
      put(requests, next, held.rev),
      put(grants, grant, 0),
      setTimer({
        kind: 'grant',
        objectId: grant.id,
        what: 'provision',
        at,
        privileged: grant.privileged,
      }),
    ],
    circumstances(deps),
  );
  if (!done.done) return overtaken;
  return {
    kind: 'provision',
    grant: { value: grant, rev: 1 },
    issue,
    connection: names.connection,
    head: done.head,
  };
}

const whyPermitted = (
  stages: readonly {
    approvers: readonly { accountId: string; because: string; readAt: string }[];
  }[],
  by: string,
) => stages.flatMap((s) => s.approvers).find((a) => a.accountId === by)?.because ?? null;

type Case = Parameters<typeof attention>[1];

/** Tells the refusal and opens another round where that can mend it. */
export async function refuse(deps: Deps, c: Case, refusal: GateRefusal): Promise<Next> {
  const step: Step = {
    event: 'gate.refused',
    actor: { type: 'app' },
    facts: { check: refusal.check, round: c.held.value.round, ...refusal.facts },
  };
  if (refusal.way === 'person') return attention(deps, c, [step], refusal);
  if (c.held.value.round >= MOST_ROUNDS) return attention(deps, c, [step], tooManyRounds(refusal));
  const told: Step = {
    ...step,
    tell: { internal: refused('Approval not accepted', refusal).internal as never },
  };
  const pinned = await pin(deps, {
    ...c,
    requestTypeId: c.issue.requestTypeId ?? '',
    before: [told],
    because: `${refusal.sentence} Nothing was changed in any directory.`,
  });
  if (pinned.kind === 'attention')
    return attention(deps, c, [step], {
      ...pinned.refusal,
      sentence: `${refusal.sentence} ${pinned.refusal.sentence}`,
      facts: { ...refusal.facts, refused: refusal.check, ...pinned.refusal.facts },
    });
  return settle(deps, c, [step], pinned);
}
