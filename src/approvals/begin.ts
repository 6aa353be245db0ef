/**
 * Consent stands: its decisions and the grant are written in one transaction, and what was open is closed.
 * A grant whose start was asked for later waits for it, and consent is judged again then.
 */
import type { Connection } from '../catalog/model/catalog';
import type { Binding } from '../catalog/model/settings';
import type { Offer } from '../catalog/store';
import { deliverFresh } from '../evidence/deliver';
import { record, type Step, type Telling } from '../evidence/record';
import { breakGlassOf } from '../grants/break-glass';
import type { Grant } from '../grants/model/grant';
import { grants } from '../grants/store';
import { moment } from '../grants/telling';
import type { Issue } from '../jira/port';
import { type ApartRead, putApart } from '../policy/apart-record';
import { circumstances, type Deps } from '../requests/deps';
import { type AccessRequest, type Decision, move, type Pin } from '../requests/model/request';
import { waitsUntil } from '../requests/model/start';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { type Instant, plusSeconds } from '../shared/instant';
import { type Held, put } from '../shared/record';
import { setTimer } from '../shared/timer';
import type { Checked } from './checked';
import type { Consent } from './model/gate';
import { closeTasks } from './tasks';
import { overtaken } from './words';

/** Should the run die right after writing the grant, the sweep takes it up again. */
const TAKE_UP_SECONDS = 180;
/** More decisions than this become one record, because a transaction takes so many writes. */
const MOST_RECORDS = 3;

interface Beginning {
  readonly held: Held<AccessRequest>;
  readonly pin: Pin;
  readonly issue: Issue;
  readonly binding: Binding;
  readonly offer: Offer;
  readonly connection: Connection;
  /** Where the role is kept apart from others. */
  readonly apart?: ApartRead;
}

export async function begin(deps: Deps, b: Beginning, consent: Consent): Promise<Checked> {
  const { held, pin, issue, binding, offer } = b;
  const now = deps.now();
  const starts = waitsUntil(pin.subject.start, now);
  const grant = grantOf(b, consent, now);
  const byRule = pin.auto !== undefined || pin.breakGlass !== undefined;
  const next: AccessRequest = {
    ...move(held.value, 'approved', now),
    decisions: byRule ? held.value.decisions : decisionsNow(held.value, consent.decisions),
    grantId: grant.id,
  };
  const passed: Step = {
    event: 'gate.passed',
    actor: { type: 'app' },
    facts: {
      digest: pin.digest,
      round: pin.round,
      decidedAt: consent.decidedAt,
      grantId: grant.id,
      ...(consent.duration !== pin.subject.duration && { shortened: consent.duration }),
      ...(starts && { startsAt: starts }),
    },
    tell: {
      ...(starts && waitsForStart(offer, moment(starts, (await deps.settings()).timeZone))),
      ...(issue.status.id !== binding.statuses.approved && {
        move: {
          toStatusIds: [binding.statuses.approved],
          property: propertyOf(next, { app: offer.app.id, role: offer.role.id, state: 'approved' }),
        },
      }),
    },
  };
  const at = starts ?? plusSeconds(now, TAKE_UP_SECONDS);
  const { id: objectId, privileged } = grant;
  const done = await record(
    deps.store,
    issue.id,
    [...(byRule ? [] : decisionSteps(consent.decisions, pin)), passed],
    [
      put(requests, next, held.rev),
      put(grants, grant, 0),
      ...(b.apart ? [putApart(b.apart, grant)] : []),
      setTimer({ kind: 'grant', objectId, what: 'provision', at, privileged }),
      ...(byRule ? [] : closeTasks(held.value)),
    ],
    circumstances(deps),
  );
  if (!done.done) return overtaken;
  await deliverFresh(deps, done.entries, issue);
  if (starts) return { kind: 'done', what: 'waits for its start' };
  return {
    kind: 'provision',
    grant: { value: grant, rev: 1 },
    connection: b.connection,
    head: done.head,
    // Once it was moved on, what was read of its way no longer holds.
    ...(done.entries.length === 0 && { issue }),
  };
}

function grantOf(
  { held, pin, issue, offer, connection }: Beginning,
  consent: Consent,
  now: Instant,
): Grant {
  const { subject } = pin;
  const { role, app } = offer;
  return {
    v: 1,
    // A fact, so that a second run cannot make a second grant of the same consent.
    id: `g-${issue.id}-${pin.round}`,
    state: 'approved',
    issueId: issue.id,
    issueKey: issue.key,
    bindingId: held.value.bindingId,
    round: pin.round,
    beneficiary: pin.beneficiary,
    connectionId: subject.connectionId,
    tenant: subject.tenant,
    personId: subject.personId,
    ...(pin.foundBy && { foundBy: pin.foundBy }),
    appId: app.id,
    appName: app.name,
    roleId: subject.roleId,
    roleName: role.name,
    accessVersion: subject.accessVersion,
    privileged: role.risk === 'privileged' || role.risk === 'break-glass',
    ...(role.endSessions && { endSessions: true }),
    ...(role.kind === 'manual' && { manual: {} }),
    ...((role.observe || connection.observe) && { observed: true }),
    ...(pin.untilTicket && pin.ticket && { untilTicket: pin.ticket }),
    ...(subject.start !== null && { startsAt: subject.start }),
    ...(pin.renewalOf !== undefined && { renewalOf: pin.renewalOf }),
    ...(pin.lineSince !== undefined && { lineSince: pin.lineSince }),
    ...breakGlassOf(pin, now),
    digest: pin.digest,
    edges: role.groups.map((g) => ({ groupId: g.id, groupName: g.name, state: 'to-do' })),
    duration: consent.duration,
    decidedAt: consent.decidedAt,
    episode: 1,
    endsAt: null,
    changedAt: now,
  };
}

/** What stood on record when the turn began, and what was decided in it. */
export const decisionsNow = (request: AccessRequest, made: readonly Decision[]): Decision[] => [
  ...request.decisions.slice(0, request.turn?.decided ?? 0),
  ...made,
];

export function decisionSteps(decisions: readonly Decision[], pin: Pin): Step[] {
  const facts = (d: Decision) => ({
    ...d,
    digest: pin.digest,
    ...(d.digest !== undefined && { shown: d.digest }),
    shownHash: pin.shownHash,
    because: whyPermitted(pin, d),
  });
  if (decisions.length > MOST_RECORDS) {
    const all = decisions.map(facts);
    return [{ event: 'decision.recorded', actor: { type: 'app' }, facts: { decisions: all } }];
  }
  return decisions.map((d) => ({
    event: 'decision.recorded',
    actor: { type: 'person', accountId: d.by },
    facts: facts(d),
  }));
}

function whyPermitted({ stages }: Pin, { stage, by }: Decision): string | null {
  const of = stages.find((s) => s.id === stage);
  const named = of?.approvers.find((a) => a.accountId === by);
  const covered = of?.approvers.some((a) => a.covers?.includes(by));
  if (!named && covered) return 'somebody stands in for them, and they answered themselves';
  return named?.because ?? of?.groups?.[0]?.because ?? null;
}

const waitsForStart = ({ role, app }: Offer, at: string): Telling => ({
  public: {
    headline: `Approved: ${role.name} in ${app.name}`,
    lines: [`Access begins on ${at}. Nothing is changed before that.`],
  },
});
