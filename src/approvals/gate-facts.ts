/**
 * Reads what the consent gate looks at (`model/gate.ts`), each thing once: the approvals, the offer as
 * the catalog has it today, the deciders' accounts when the pin is older than an hour, who is in the
 * groups that decide, and what prohibitions look at.
 */
import type { Binding, SiteSettings } from '../catalog/model/settings';
import { bindingFor } from '../catalog/model/settings';
import { loadOffer, type Offer } from '../catalog/store';
import type { GroupId } from '../directories/directory';
import { stoppedAmong } from '../grants/stop-people';
import type { Account, Approval, Issue } from '../jira/port';
import type { ApartRead } from '../policy/apart-record';
import { durationFor } from '../requests/choose';
import type { Deps } from '../requests/deps';
import { digestOf } from '../requests/model/digest';
import type { AccessRequest, Approver, Pin } from '../requests/model/request';
import { startOf } from '../requests/model/start';
import { readWish } from '../requests/model/wish';
import { pastReporters } from '../requests/parties';
import { isLinked, personsOf } from '../requests/person';
import { laterChanges, sourceOf, subjectOf, wishFields } from '../requests/source';
import { type Instant, secondsBetween } from '../shared/instant';
import { type Failure, no, ok, type Result } from '../shared/result';
import { membersNow } from './members-now';
import { personIdsOf } from './model/deciders';
import { type GateFacts, REREAD_SECONDS } from './model/gate';
import { readKnown } from './prohibitions';

export interface Judging {
  readonly request: AccessRequest & { readonly pin: Pin };
  readonly issue: Issue;
  readonly binding: Binding;
  /** Approval steps that the issue has left behind since the turn began. */
  readonly steps: number;
  /** The grant that is judged a second time. */
  readonly grantId: string | undefined;
}

export interface GateRead {
  readonly facts: GateFacts;
  readonly offer: Offer | undefined;
  readonly approvals: readonly Approval[];
  /** The person's groups, if they were read: `grants/provision.ts` needs them too. */
  readonly groups?: readonly GroupId[];
  /** Grants of roles that are kept apart from this one: written on with the grant. */
  readonly begun?: ApartRead;
}

export async function readGateFacts(
  deps: Deps,
  settings: SiteSettings,
  j: Judging,
): Promise<Result<GateRead, Failure>> {
  const { request, issue, binding } = j;
  const { pin } = request;
  const { subject } = pin;
  const offer = await loadOffer(deps.store, subject.roleId, subject.connectionId, {
    beneficiary: pin.beneficiary,
    personId: subject.personId,
    askedBy: pin.parties,
  });
  const byCard = binding.approval === 'app';
  const byRule = pin.auto !== undefined || pin.breakGlass !== undefined;
  const read = byCard || byRule ? ok([]) : await deps.jira.approvals(issue.id);
  if (!read.ok) return read;
  const approvals = read.value;
  const turn = request.turn ?? { at: pin.at, approvalsBefore: pin.approvalsBefore };
  const recorded = request.decisions.slice(0, request.turn?.decided ?? 0);
  const cards = request.cards ?? [];
  const grouped = await groupsAnswering(deps, j, approvals, offer);
  if (!grouped.ok) return grouped;
  const { members, left } = grouped.value;
  const answered = answeredOf(request, approvals);
  const personsNow = await personsAnswering(deps, offer, request, answered);
  if (!personsNow.ok) return personsNow;
  const old = secondsBetween(pin.at as Instant, deps.now()) > REREAD_SECONDS;
  const deciders = [
    ...new Set([
      ...pin.stages.flatMap((s) => s.approvers.flatMap((a) => [a.accountId, ...(a.covers ?? [])])),
      ...recorded.map((d) => d.by),
      ...members.map((m) => m.accountId),
    ]),
  ].filter((id) => id !== 'rule');
  // Whether they are active was read for whoever was asked, and for nobody else.
  const isRead = (id: string) =>
    pin.stages.some((s) => s.approvers.some((a) => a.accountId === id));
  const unread = answered.some((id) => deciders.includes(id) && !isRead(id));
  const accountsNow =
    (old || unread) && deciders.length > 0 ? await deps.jira.accounts(deciders) : undefined;
  if (accountsNow && !accountsNow.ok) return accountsNow;
  const people = { pin, members, personsNow: personsNow.value };
  const acting = new Set([...answered, ...recorded.map((d) => d.by)].filter((id) => id !== 'rule'));
  const stoppedNow = await stoppedAmong(
    deps,
    subject.connectionId,
    [...acting].map((accountId) => ({ accountId, personIds: personIdsOf(accountId, people) })),
  );
  const known = offer ? await readKnown(deps, offer, j) : ok(undefined);
  if (!known.ok) return known;
  const { groups, begun, known: seen } = known.value ?? {};
  return ok({
    offer,
    approvals,
    ...(groups && { groups }),
    ...(begun && { begun }),
    facts: {
      pin,
      stage: request.stage,
      turn,
      steps: j.steps,
      recorded: byRule ? [] : recorded,
      cards,
      byCard,
      members,
      left,
      personsNow: personsNow.value,
      digestNow: digestNow(settings, offer, j),
      sourceHashNow: sourceOf(issue, binding),
      laterChanges: laterChanges(issue, pin.lastChange),
      wishFields: wishFields(binding),
      reporters: [...(issue.reporter ? [issue.reporter] : []), ...pastReporters(issue)],
      approvals,
      accountsNow: accountsNow?.value,
      linkedNow: await linkedAmong(deps, accountsNow?.value ?? [], subject.connectionId),
      ownerNow: offer?.app.owner,
      roleNow: offer?.app.status === 'live' ? offer.role : undefined,
      policyNow: offer?.policy,
      ...(seen && { known: seen }),
      stoppedNow,
      stopped: offer?.against?.stopped ?? false,
      licensed: deps.installation.licensed,
      paused: settings.paused,
      now: deps.now(),
    },
  });
}

function digestNow(
  settings: SiteSettings,
  offer: Offer | undefined,
  { request, issue, binding }: Judging,
): string {
  const { subject, ticket, policy } = request.pin;
  const wish = readWish(issue, binding.fields, request.answers);
  const bound = bindingFor(settings, issue.projectId, issue.requestTypeId)?.id === binding.id;
  if (!wish.ok || !offer || !bound) return 'unreadable';
  const start = startOf(wish.value, settings.timeZone);
  if (!start.ok) return 'unreadable';
  const until = wish.value.untilTicket ? (ticket?.issueId ?? 'unread') : undefined;
  return digestOf({
    ...subjectOf(issue, issue.requestTypeId ?? '', {
      offer,
      personId: subject.personId,
      // A length not offered any more is the same question still.
      duration: durationFor(wish.value, policy?.rules ?? offer.policy) ?? null,
      reason: wish.value.reason,
      tenant: offer.connection?.tenant ?? '',
      start: start.value,
      until,
    }),
    // A policy that changed is judged by the prohibitions, not as a changed request.
    policyVersion: subject.policyVersion,
    policyHash: subject.policyHash,
    accessVersion: subject.accessVersion,
    groupIds: subject.groupIds,
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

const answeredOf = (request: AccessRequest, approvals: readonly Approval[]): string[] => [
  ...new Set([
    ...approvals.flatMap((a) =>
      a.answers.filter((x) => x.decision !== 'pending').map((x) => x.accountId),
    ),
    ...(request.cards ?? []).map((card) => card.by),
  ]),
];

/**
 * Whoever is away may answer all the same, and for the pin nobody read who that is; an approver who was
 * nobody in the directory may be known by now.
 */
async function personsAnswering(
  deps: Deps,
  offer: Offer | undefined,
  { pin, stage }: Judging['request'],
  answered: readonly string[],
): Promise<Result<GateFacts['personsNow'], Failure>> {
  if (!offer?.connection) return ok([]);
  const asked = pin.stages.slice(stage).flatMap((s) => s.approvers);
  const known = new Set(asked.flatMap((a) => (a.personId === undefined ? [] : [a.accountId])));
  const may = new Set(asked.flatMap((a) => [a.accountId, ...(a.covers ?? [])]));
  const unknown = answered.filter((id) => may.has(id) && !known.has(id));
  if (unknown.length === 0) return ok([]);
  const directory = await deps.directory(offer.connection);
  if (!directory.ok) return directory;
  const read: { accountId: string; personIds: readonly string[] }[] = [];
  for (const accountId of unknown) {
    const persons = await personsOf(deps, directory.value, offer.connection.id, accountId);
    if (!persons.ok) return persons;
    read.push({ accountId, personIds: persons.value });
  }
  return ok(read);
}

/** Of those who answered: who is in the stage's group at this moment, and who is not any more. */
async function groupsAnswering(
  deps: Deps,
  { request }: Judging,
  approvals: readonly Approval[],
  offer: Offer | undefined,
): Promise<Result<Pick<GateFacts, 'members' | 'left'>, Failure>> {
  const members: (Approver & { stage: string })[] = [];
  const left: { stage: string; accountId: string }[] = [];
  const { pin } = request;
  const answered = answeredOf(request, approvals);
  for (const stage of pin.stages.slice(request.stage)) {
    if (!stage.groups || stage.groups.length === 0) continue;
    const named = new Map(stage.approvers.map((a) => [a.accountId, a]));
    const asked = answered.filter((id) => named.get(id)?.inGroup ?? !named.has(id));
    if (asked.length === 0) continue;
    const now = await membersNow(deps, stage, asked);
    if (!now.ok) return now;
    for (const accountId of asked) {
      if (!now.value.includes(accountId)) {
        if (named.has(accountId)) left.push({ stage: stage.id, accountId });
        continue;
      }
      if (named.has(accountId)) continue;
      const one = await memberOf(deps, offer, stage.id, accountId);
      if (!one.ok) return no(one.error);
      members.push(...one.value);
    }
  }
  return ok({ members, left });
}

/** With the directory person behind the account: somebody's second account is no second person. */
async function memberOf(
  deps: Deps,
  offer: Offer | undefined,
  stage: string,
  accountId: string,
): Promise<Result<(Approver & { stage: string })[], Failure>> {
  if (!offer?.connection) return ok([]);
  const directory = await deps.directory(offer.connection);
  if (!directory.ok) return directory;
  const persons = await personsOf(deps, directory.value, offer.connection.id, accountId);
  if (!persons.ok) return persons;
  const base = { stage, accountId, because: 'in the group that decides', readAt: deps.now() };
  return ok(
    persons.value.length === 0 ? [base] : persons.value.map((personId) => ({ ...base, personId })),
  );
}
