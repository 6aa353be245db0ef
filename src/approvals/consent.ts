/**
 * What happens when an issue leaves an approval step, by whatever way, or somebody answers by card.
 *
 * 1. the request, the issue and the approvals are read again;
 * 2. the gate (`model/gate.ts`) checks that permitted people approved exactly this, after the pin;
 * 3. yes, by every stage: decisions and the grant are written in one transaction (`begin.ts`), and
 *    `grants/provision.ts` begins; by this stage: the next one is asked (`next-stage.ts`);
 * 4. no: the refusal is told on the issue, and a new round opens with the right approvers if the
 *    workflow lets the app go back; else the issue needs attention. Three rounds, then IT.
 * A status on its own never grants anything. And consent is judged again each time a grant that has
 * changed nothing yet is taken up (a directory that was down, a pause, a Resume): what was true when
 * the approval came may not be true days later. Once the intent is written it does not age any more.
 */
import { tellWayBack, wayBackSeen } from '../catalog/way-back';
import { record, type Step } from '../evidence/record';
import { decide, type Grant } from '../grants/model/grant';
import { grants } from '../grants/store';
import type { Issue } from '../jira/port';
import { automatable } from '../requests/automatable';
import { closedBy, lastMover } from '../requests/closed';
import { circumstances, type Deps } from '../requests/deps';
import { attention, type Next, settle } from '../requests/intake';
import { isOver, MOST_ROUNDS, move } from '../requests/model/request';
import { waitsUntil } from '../requests/model/start';
import { outside, pin } from '../requests/pin';
import { laterChanges, wishFields } from '../requests/source';
import { requests } from '../requests/store';
import { refused } from '../requests/telling';
import { HOUR, type Instant, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import type { Failure, Refusal } from '../shared/result';
import { dropTimer } from '../shared/timer';
import { begin } from './begin';
import type { Checked } from './checked';
import { readGateFacts } from './gate-facts';
import { type GateRefusal, gate } from './model/gate';
import { stepAt } from './model/steps';
import { askNext, asksStageAgain } from './next-stage';
import { movedWithoutDecision, neverMoved, noOffer, overtaken, tooManyRounds } from './words';

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
  const { pin: pinned, turn } = held.value;
  const steps = (stepAt(binding, issue.status.id) ?? -1) - (turn?.step ?? 0);
  const isApproved = issue.status.id === binding.statuses.approved;
  const byRule = pinned.auto !== undefined || pinned.breakGlass !== undefined;
  const byCard = binding.approval === 'app' && !byRule;
  // A grant that was resumed still stands at "needs attention".
  const decidable = byRule ? isApproved : steps > 0 || (byCard && steps === 0);
  if (!grant && !decidable) return notThere(deps, c);
  if (held.value.state !== 'waiting' && held.value.state !== 'approved')
    return { kind: 'read-first' };
  const moved = byRule || byCard || !notMovedSince(issue, turn?.lastChange ?? pinned.lastChange);
  if (!grant && !moved) return { kind: 'done', what: 'the way back is not delivered yet' };

  const back = wayBackSeen(binding, issue);
  if (back !== undefined && binding.wayBack === undefined) await tellWayBack(deps, binding, back);
  const request = { ...held.value, pin: pinned };
  const looked = await readGateFacts(deps, settings, {
    request,
    issue,
    binding,
    steps: grant ? Math.max(steps, 1) : steps,
    grantId: grant?.value.id,
  });
  if (!looked.ok) return notRead(deps, c, grant !== undefined, looked.error);
  const { facts, offer, approvals, groups, begun: apart } = looked.value;
  const judged = gate(facts);
  if (!judged.ok) {
    const refusal = judged.error;
    if (!grant && offer && asksStageAgain(request, refusal)) {
      const asked = { ...c, held: { value: request, rev: held.rev }, offer, approvals, refusal };
      return askNext(deps, asked, { kind: 'next', decisions: [], stage: request.stage });
    }
    const open = grant ? await dropGrant(deps, c, grant, judged.error) : c;
    return open ? refuse(deps, open, judged.error) : overtaken;
  }
  const connection = offer && automatable(offer, deps);
  if (!offer || !connection?.ok) {
    const why = connection && !connection.ok ? connection.error : noOffer;
    const open = grant ? await dropGrant(deps, c, grant, why) : c;
    return open ? attention(deps, open, [], why) : overtaken;
  }
  const known = { connection: connection.value, ...(groups && { groups }) };
  switch (judged.value.kind) {
    case 'consent': {
      if (grant) return { kind: 'provision', grant, issue, ...known };
      // Jira asks more often than the policy: the last stage answers there too.
      if (!isApproved && !byCard) return { kind: 'done', what: 'Jira asks once more' };
      const begun = await begin(
        deps,
        { ...c, pin: pinned, offer, connection: connection.value, ...(apart && { apart }) },
        judged.value,
      );
      return begun.kind === 'provision' ? { ...begun, ...known } : begun;
    }
    case 'declined':
      return { kind: 'taken-back', how: 'declined', by: judged.value.by };
    case 'wait':
      return byCard && isApproved
        ? refuse(deps, c, movedWithoutDecision())
        : { kind: 'done', what: 'waiting' };
    case 'next':
    case 'more': {
      const open = grant ? await dropGrant(deps, c, grant, noOffer) : c;
      if (!open) return overtaken;
      if (grant) return refuse(deps, open, movedWithoutDecision());
      const asked = { ...c, held: { value: request, rev: held.rev }, offer, approvals };
      return askNext(deps, asked, judged.value);
    }
  }
}

/** What waiting cannot mend is a person's to mend; a grant that waits is taken up again either way. */
function notRead(deps: Deps, c: Case, waits: boolean, failure: Failure): Promise<Next> | Next {
  const stopped = outside(failure);
  if (stopped.kind === 'attention' && !waits) return attention(deps, c, [], stopped.refusal);
  return { kind: 'later', seconds: failure.retryAfter ?? 30, why: failure.code, failure };
}

/** A grant that has begun goes on whatever the gate would say; one that is over or blocked does not. */
async function underWay(deps: Deps, grant: Held<Grant>): Promise<Checked | undefined> {
  const { state, changedAt } = grant.value;
  if (state !== 'approved' && state !== 'provisioning') return { kind: 'done', what: state };
  if (state === 'approved' && waitsUntil(grant.value.startsAt ?? null, deps.now()))
    return { kind: 'done', what: 'waits for its start' };
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
