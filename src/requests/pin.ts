/**
 * Pins a request: from here on it is one exact question.
 *
 * 1. the wish is read and matched to one role; what is missing is asked back, once;
 * 2. the beneficiary becomes one active directory person;
 * 3. the approvers are resolved, parties taken out;
 * 4. the five answers go into the description and the approvers into their field, in one write;
 * 5. the issue is read again; if all stands as it was read and written, digest and source hash are
 *    computed from it, and the newest change is noted: any later one voids what is answered;
 * 6. approvals and answers that exist already are noted: they count for nothing;
 * 7. state, evidence and outbox are written together; only then does the issue move on.
 * `intake.ts` calls it for new requests, `approvals/consent.ts` for another round.
 */
import type { Binding } from '../catalog/model/settings';
import type { Offer } from '../catalog/store';
import type { Rules } from '../contracts/policy';
import type { OutboxEntry } from '../evidence/model/telling';
import { record, type Step, type Telling } from '../evidence/record';
import type { Approval, Issue } from '../jira/port';
import type { RolePolicy } from '../policy/model/effective';
import { hashOf } from '../shared/canonical';
import { type Held, put } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import { automatable } from './automatable';
import { choose, type Question } from './choose';
import { circumstances, type Deps } from './deps';
import { fiveAnswers } from './five-answers';
import { withoutMappers } from './mappers';
import { digestOf, type Subject, sourceHashOf } from './model/digest';
import { standsAs, timesIn } from './model/document';
import { type AccessRequest, move, type Pin } from './model/request';
import { HEADING, readWish, type Wish } from './model/wish';
import { type People, resolvePeople } from './parties';
import { lookAlike, notAsWritten, tooLong, unknownApp, withdrawnRole } from './refusals';
import { requests } from './store';
import { decided, propertyOf } from './telling';

export interface PinContext {
  readonly binding: Binding;
  readonly requestTypeId: string;
  readonly issue: Issue;
  readonly held: Held<AccessRequest>;
  /** What happened before and belongs into the same transaction (a refused round). */
  readonly before: readonly Step[];
  /** Said first in the public comment when this is another round. */
  readonly because?: string;
}

export type Pinned =
  | {
      readonly kind: 'pinned';
      readonly request: AccessRequest;
      readonly auto: boolean;
      readonly entries: readonly Held<OutboxEntry>[];
    }
  | { readonly kind: 'ask'; readonly questions: readonly Question[] }
  | { readonly kind: 'attention'; readonly refusal: Refusal }
  | { readonly kind: 'retry'; readonly failure: Failure }
  | { readonly kind: 'conflict' };

/** Ids of the issue's fields that a wish may be read from; also what the gate reads again. */
export const wishFields = (binding: Binding): string[] =>
  [
    binding.fields.app,
    binding.fields.role,
    binding.fields.duration,
    binding.fields.beneficiary,
    binding.fields.reason,
  ].filter((id) => id !== undefined);

export async function pin(deps: Deps, ctx: PinContext): Promise<Pinned> {
  const { issue, binding, held } = ctx;
  const wish = readWish(issue, binding.fields, held.value.answers);
  if (!wish.ok) return { kind: 'attention', refusal: wish.error };
  const choice = await choose(deps.store, wish.value);
  if (choice.kind === 'ask') return { kind: 'ask', questions: choice.questions };
  if (choice.kind === 'unknown-app') return { kind: 'attention', refusal: unknownApp(choice.said) };
  if (choice.kind === 'withdrawn')
    return { kind: 'attention', refusal: withdrawnRole(choice.what) };
  const { offer, duration } = choice;
  const automatic = automatable(offer, deps);
  if (!automatic.ok) return { kind: 'attention', refusal: automatic.error };
  const opened = await deps.directory(automatic.value);
  if (!opened.ok) return outside(opened.error);
  const people = await resolvePeople(deps, opened.value, issue, offer, wish.value);
  if (!people.ok)
    return 'refusal' in people.error
      ? { kind: 'attention', refusal: people.error.refusal }
      : outside(people.error.failure);
  const permitted = withoutMappers(people.value, offer, deps.now());
  if (!permitted.ok) return { kind: 'attention', refusal: permitted.error };
  const way = wayIn(ctx, people.value.stages.length === 0);
  if (!way.ok) return { kind: 'attention', refusal: way.error };
  return write(deps, ctx, {
    offer,
    duration,
    wish: wish.value,
    ...permitted.value,
    toStatusId: way.value,
    tenant: automatic.value.tenant,
  });
}

/** A failure that waiting cannot mend is a person's to mend, and says so. */
export function outside(failure: Failure): Pinned {
  if (failure.class === 'retryable') return { kind: 'retry', failure };
  return {
    kind: 'attention',
    refusal: {
      check: `outside-${failure.code}`,
      sentence:
        'A system that the app depends on refused an answer, so the request could not be checked.',
      nextStep: 'IT sees the details and presses Resume once it is mended.',
      facts: { detail: failure.detail, ...(failure.requestId && { requestId: failure.requestId }) },
    },
  };
}

/** The status to enter, if the app can get there from where the issue stands. */
function wayIn({ issue, binding }: PinContext, auto: boolean): Result<string, Refusal> {
  const to = auto ? binding.statuses.approved : binding.statuses.waiting;
  if (issue.status.id === to || issue.transitions.some((t) => t.toStatusId === to)) return ok(to);
  return no({
    check: auto ? 'workflow-way-to-approved' : 'workflow-way-to-approval',
    sentence: auto
      ? 'This request needs no approval, but the workflow does not let the app move it on.'
      : 'The workflow does not let the app put this request up for approval again.',
    nextStep: `A Jira administrator adds a transition that the app may use from "${issue.status.name}" to the ${auto ? 'approved' : 'approval'} status; then IT presses Resume.`,
    facts: { from: issue.status.id, to },
  });
}

async function write(
  deps: Deps,
  ctx: PinContext,
  p: People & {
    offer: Offer;
    duration: number | null;
    wish: Wish;
    toStatusId: string;
    tenant: string;
  },
): Promise<Pinned> {
  const { binding, held } = ctx;
  const { role, app } = p.offer;
  const requester = ctx.issue.reporter as string;
  const named = [
    ...new Set([
      p.beneficiary,
      requester,
      ...p.stages.flatMap((s) => s.approvers.map((a) => a.accountId)),
      ...(p.offer.policy.auto ? [p.offer.policy.auto.signedOffBy] : []),
    ]),
  ];
  const accounts = await deps.jira.accounts(named);
  if (!accounts.ok) return outside(accounts.error);
  const text = fiveAnswers({
    ...p,
    requester,
    reason: p.wish.reason,
    accounts: accounts.value,
    issueKey: ctx.issue.key,
  });
  const approvers = (p.stages[0]?.approvers ?? []).map((a) => ({ accountId: a.accountId }));
  const edited = await deps.jira.edit(ctx.issue.id, {
    description: { before: ctx.issue.description, heading: HEADING, text },
    fields: { [binding.fields.approvers]: approvers },
  });
  if (!edited.ok)
    return edited.error.code === 'too-large'
      ? { kind: 'attention', refusal: tooLong }
      : outside(edited.error);
  if (p.beneficiary !== requester) {
    // Without it the person who receives the access cannot see the request; it holds up nothing.
    const joined = await deps.jira.addParticipants(ctx.issue.id, [p.beneficiary]);
    if (!joined.ok)
      deps.log.warn('participant.not-added', { issue: ctx.issue.id, code: joined.error.code });
  }
  const again = await deps.jira.issue(ctx.issue.id, {
    fields: [...wishFields(binding), binding.fields.approvers],
    changes: true,
    transitions: true,
  });
  if (!again.ok) return outside(again.error);
  const issue = again.value;
  const disturbed = disturbance(ctx, edited.value.description, issue);
  if (disturbed) return disturbed;
  const before = await deps.jira.approvals(issue.id);
  if (!before.ok) return outside(before.error);
  const now = deps.now();
  const made = pinOf(p, {
    issue,
    binding,
    requestTypeId: ctx.requestTypeId,
    approvals: before.value,
    round: held.value.round + 1,
    now,
  });
  const auto = made.auto;
  let next: AccessRequest = {
    ...move(held.value, auto ? 'approved' : 'waiting', now),
    round: made.round,
    pin: made,
    asked: [],
    requester,
    issueKey: issue.key,
    decisions: [],
  };
  const steps: Step[] = [...ctx.before];
  const property = propertyOf(next, {
    app: app.id,
    role: role.id,
    state: auto ? 'approved' : 'waiting',
  });
  const tell = decided({ offer: p.offer, pin: made, duration: p.duration, because: ctx.because });
  const moving: Telling = { move: { toStatusIds: [p.toStatusId], property } };
  steps.push({
    event: 'request.pinned',
    actor: { type: 'app' },
    facts: pinFacts(made, p),
    tell: auto ? {} : { ...tell, ...moving },
  });
  if (auto) {
    next = {
      ...next,
      decisions: [
        {
          stage: 'rule',
          by: 'rule',
          decision: 'approved',
          at: now,
          seenAt: now,
          channel: 'rule',
          rule: auto.rule,
        },
      ],
    };
    steps.push({
      event: 'decision.recorded',
      actor: { type: 'rule', rule: auto.rule },
      facts: {
        digest: made.digest,
        round: made.round,
        signedOffBy: auto.signedOffBy,
        signedOffAt: auto.signedOffAt,
      },
      tell: { ...tell, ...moving },
    });
  }
  const done = await record(
    deps.store,
    issue.id,
    steps,
    [put(requests, next, held.rev)],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'conflict' };
  return { kind: 'pinned', request: next, auto: auto !== undefined, entries: done.entries };
}

/** What approvers would be shown must be what was just written, from the wish as it was read. */
function disturbance(
  { issue: before, binding }: PinContext,
  sent: unknown,
  now: Issue,
): Pinned | undefined {
  const rest = (issue: Issue) => sourceOf({ ...issue, description: null }, binding);
  if (rest(now) !== rest(before)) return { kind: 'conflict' };
  if (!standsAs(sent, now.description)) {
    // One change is the app's own writing; without another one nobody edited and waiting mends nothing.
    const edits = laterChanges(now, newestChange(before)).filter((id) => id === 'description');
    return edits.length > 1 ? { kind: 'conflict' } : { kind: 'attention', refusal: notAsWritten };
  }
  if (timesIn(now.descriptionText, HEADING) !== 1) return { kind: 'attention', refusal: lookAlike };
  return undefined;
}

/** Ids of changes only rise; `0` stands for none. */
const newestChange = (issue: Issue): string =>
  String(Math.max(0, ...issue.changes.map((change) => Number(change.id))));

/** Fields of the changes made after that one. An id that is no number counts as later. */
export const laterChanges = (issue: Issue, than: string): string[] =>
  issue.changes.filter(({ id }) => !(Number(id) <= Number(than))).map(({ fieldId }) => fieldId);

function pinOf(
  p: People & { offer: Offer; duration: number | null; wish: Wish; tenant: string },
  at: {
    issue: Issue;
    binding: Binding;
    requestTypeId: string;
    approvals: readonly Approval[];
    round: number;
    now: string;
  },
): Pin {
  const { role, policy } = p.offer;
  const subject = subjectOf(at.issue, at.requestTypeId, {
    offer: p.offer,
    personId: p.personId,
    duration: p.duration,
    reason: p.wish.reason,
    tenant: p.tenant,
  });
  return {
    round: at.round,
    at: at.now,
    digest: digestOf(subject),
    sourceHash: sourceOf(at.issue, at.binding),
    lastChange: newestChange(at.issue),
    subject,
    shownHash: hashOf(at.issue.descriptionText),
    beneficiary: p.beneficiary,
    foundBy: p.personBy,
    risk: role.risk,
    parties: [...p.parties.accounts],
    partyPersons: [...p.parties.persons],
    stages: [...p.stages],
    policy: {
      site: p.offer.site.version,
      app: p.offer.app.version,
      role: role.version,
      tier: policy.tier,
      rules: rulesOf(policy),
    },
    ...(policy.auto && {
      auto: {
        rule: policy.auto.rule,
        signedOffBy: policy.auto.signedOffBy,
        signedOffAt: policy.auto.signedOffAt,
      },
    }),
    approvalsBefore: at.approvals.map((a) => ({
      id: a.id,
      answered: a.answers.filter((x) => x.decision !== 'pending').map((x) => x.accountId),
    })),
  };
}

export function subjectOf(
  issue: Issue,
  requestTypeId: string,
  p: { offer: Offer; personId: string; duration: number | null; reason: string; tenant: string },
): Subject {
  const { role } = p.offer;
  return {
    issueId: issue.id,
    projectId: issue.projectId,
    requestTypeId,
    submitter: issue.creator ?? 'unknown',
    personId: p.personId,
    connectionId: role.connectionId,
    tenant: p.tenant,
    roleId: role.id,
    accessVersion: role.accessVersion,
    groupIds: role.groups.map((g) => g.id).sort(),
    duration: p.duration,
    start: null,
    reasonHash: hashOf(p.reason),
    policyVersion: role.policyVersion,
  };
}

function rulesOf({ tier: _, ...rules }: RolePolicy): Rules {
  return rules;
}

/** Of a person in a field only the account counts: names and pictures change by themselves. */
function personOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(personOnly);
  const isPerson = value !== null && typeof value === 'object' && 'accountId' in value;
  return isPerson ? value.accountId : value;
}

export function sourceOf(issue: Issue, binding: Binding): string {
  const fields = Object.fromEntries(
    wishFields(binding).map((id) => [id, personOnly(issue.fields[id] ?? null)]),
  );
  return sourceHashOf({
    panel: issue.panel ?? null,
    fields,
    summary: issue.summary,
    description: issue.description,
    reporter: issue.reporter,
    requestTypeId: issue.requestTypeId,
    projectId: issue.projectId,
  });
}

const pinFacts = (made: Pin, p: People & { wish: Wish }) => ({
  digest: made.digest,
  sourceHash: made.sourceHash,
  shownHash: made.shownHash,
  round: made.round,
  subject: made.subject,
  stages: made.stages,
  parties: made.parties,
  from: p.wish.from,
  personBy: p.personBy,
  person: `${made.subject.connectionId}:${made.subject.personId}`,
  app: made.subject.roleId.split('.')[0],
});
