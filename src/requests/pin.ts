/**
 * Pins a request: from here on it is one exact question.
 *
 * 1. the wish is read and matched to one role; what is missing is asked back, once;
 * 2. the beneficiary becomes one active directory person;
 * 3. the policy says what stands against it and who decides (`asking.ts`); a prohibition stops it before
 *    anybody is asked; the approvers are resolved, parties taken out;
 * 4. the five answers go into the description and the approvers into their field, in one write;
 * 5. the issue is read again; if all stands as it was read and written, digest and source hash are
 *    computed from it, and the newest change is noted: any later one voids what is answered;
 * 6. approvals and answers that exist already are noted: they count for nothing;
 * 7. state, evidence and outbox are written together; only then does the issue move on.
 * `intake.ts` calls it for new requests, `approvals/consent.ts` for another round.
 */
import { fieldsFrom, unaskable } from '../approvals/model/steps';
import { closeTasks, openTasks } from '../approvals/tasks';
import type { Binding } from '../catalog/model/settings';
import type { OutboxEntry } from '../evidence/model/telling';
import { record, type Step, type Telling } from '../evidence/record';
import type { Issue } from '../jira/port';
import { shadow } from '../policy/shadow';
import { type Held, put } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import { judge } from './asking';
import { automatable } from './automatable';
import { choose, type Question } from './choose';
import { circumstances, type Deps } from './deps';
import { fiveAnswers } from './five-answers';
import { withoutMappers } from './mappers';
import { digestOf } from './model/digest';
import { standsAs, timesIn } from './model/document';
import { type AccessRequest, type Decision, move, type Pin } from './model/request';
import { HEADING, readWish } from './model/wish';
import { decidersToShow, letSee } from './participants';
import { resolveConcerned, resolveDeciders } from './parties';
import { askedOf, type By, type Pinning, pinFacts, pinOf } from './pinned';
import { lookAlike, notAsWritten, tooLong, unknownApp, withdrawnRole } from './refusals';
import { laterChanges, newestChange, sourceOf, subjectOf, wishFields } from './source';
import { requests } from './store';
import { tellBeneficiary } from './tell-beneficiary';
import { decided, propertyOf } from './telling';

export { laterChanges, sourceOf, wishFields } from './source';

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
  | {
      readonly kind: 'attention';
      readonly refusal: Refusal;
      /** What else is to be kept of it. */
      readonly also?: readonly Step[];
    }
  | { readonly kind: 'retry'; readonly failure: Failure }
  | { readonly kind: 'conflict' };

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
  const directory = opened.value;
  const concerned = await resolveConcerned(deps, directory, issue, offer, wish.value);
  if (!concerned.ok) return stopped(concerned.error);
  const { beneficiary, person } = concerned.value;
  const about = { offer, duration, wish: wish.value, beneficiary, person };
  const judged = await judge(deps, directory, { ...about, issue, filed: held.value.filed });
  if (!judged.ok) return stopped(judged.error);
  const { verdict } = judged.value;
  if (verdict.outcome === 'refused' || (verdict.outcome === 'broken' && !verdict.stages))
    return {
      kind: 'attention',
      refusal: verdict.refusal,
      // A draft that would let it through is told apart only here.
      also: await shadow(deps, { issueId: issue.id, offer, ...judged.value }),
    };
  const by: By = verdict.outcome === 'satisfied' ? verdict.by : 'people';
  const people = await resolveDeciders(deps, directory, {
    offer,
    concerned: concerned.value,
    stages: verdict.stages ?? [],
  });
  if (!people.ok) return stopped(people.error);
  const permitted = withoutMappers(people.value, offer, deps.now());
  if (!permitted.ok) return { kind: 'attention', refusal: permitted.error };
  const unasked = by === 'people' && unaskable(ctx.binding, permitted.value.stages);
  if (unasked) return { kind: 'attention', refusal: unasked };
  const way = wayIn(ctx, by !== 'people');
  if (!way.ok) return { kind: 'attention', refusal: way.error };
  return write(deps, ctx, {
    offer,
    duration,
    wish: wish.value,
    judged: judged.value,
    by,
    ...permitted.value,
    toStatusId: way.value,
    tenant: automatic.value.tenant,
  });
}

const stopped = (error: { refusal: Refusal } | { failure: Failure }): Pinned =>
  'refusal' in error ? { kind: 'attention', refusal: error.refusal } : outside(error.failure);

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
  p: Pinning & { readonly toStatusId: string },
): Promise<Pinned> {
  const { binding, held } = ctx;
  const { role, app } = p.offer;
  const settings = await deps.settings();
  const requester = ctx.issue.reporter as string;
  const named = [
    ...new Set([
      p.beneficiary,
      requester,
      ...p.stages.flatMap((s) => [...s.approvers, ...(s.fallbacks ?? [])].map((a) => a.accountId)),
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
    timeZone: settings.timeZone,
    digest: digestOf(subjectOf(ctx.issue, ctx.requestTypeId, askedOf(p))),
  });
  // Whom a rule decides for nobody is asked, whoever else may be told.
  const asked = p.by === 'people' ? p.stages : [];
  const edited = await deps.jira.edit(ctx.issue.id, {
    description: { before: ctx.issue.description, heading: HEADING, text },
    fields: fieldsFrom(binding, asked, { stage: 0, step: 0 }, [], held.value.pin?.stages),
  });
  if (!edited.ok)
    return edited.error.code === 'too-large'
      ? { kind: 'attention', refusal: tooLong }
      : outside(edited.error);
  await letSee(deps, ctx.issue.id, [
    ...(p.beneficiary === requester ? [] : [p.beneficiary]),
    ...decidersToShow(binding, asked[0]),
  ]);
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
  const { by } = p;
  const {
    turn: _,
    question: __,
    ...rest
  } = move(held.value, by === 'people' ? 'waiting' : 'approved', now);
  const next: AccessRequest = {
    ...rest,
    stage: 0,
    round: made.round,
    pin: made,
    asked: [],
    requester,
    issueKey: issue.key,
    decisions: by === 'people' ? [] : [decisionByRule(made, now)],
  };
  const state = by === 'people' ? 'waiting' : 'approved';
  const moving: Telling = {
    move: {
      toStatusIds: [p.toStatusId],
      property: propertyOf(next, { app: app.id, role: role.id, state }),
    },
  };
  const tell = {
    ...decided({ offer: p.offer, pin: made, duration: p.duration, because: becauseOf(ctx, p) }),
    ...moving,
  };
  const steps: Step[] = [
    ...ctx.before,
    {
      event: 'request.pinned',
      actor: { type: 'app' },
      facts: pinFacts(made, p),
      tell: by === 'people' ? tell : {},
    },
    ...(await shadow(deps, { issueId: issue.id, offer: p.offer, ...p.judged })),
    ...(by === 'people' ? [] : [ruleStep(made, tell)]),
  ];
  const asking = { policy: p.offer.site, zone: settings.timeZone, now };
  const done = await record(
    deps.store,
    issue.id,
    steps,
    [
      put(requests, next, held.rev),
      ...(by === 'people' ? openTasks(next, asking, held.value) : closeTasks(held.value)),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'conflict' };
  await tellBeneficiary(deps, next, p.offer);
  return { kind: 'pinned', request: next, auto: by !== 'people', entries: done.entries };
}

/** A rule that could not be judged leaves the request to people, and the issue says so. */
function becauseOf({ because }: PinContext, { judged: { verdict } }: Pinning): string | undefined {
  const broken = verdict.outcome === 'broken' ? verdict.refusal.sentence : undefined;
  return [because, broken].filter((line) => line !== undefined).join(' ') || undefined;
}

/** The rule's name where nobody published one. */
const BREAK_GLASS = 'break-glass';

const decisionByRule = (made: Pin, now: string): Decision => ({
  stage: 'rule',
  by: 'rule',
  decision: 'approved',
  at: now,
  seenAt: now,
  channel: 'rule',
  rule: made.auto?.rule ?? BREAK_GLASS,
});

const ruleStep = (made: Pin, tell: Telling): Step => ({
  event: 'decision.recorded',
  actor: { type: 'rule', rule: made.auto?.rule ?? BREAK_GLASS },
  facts: {
    digest: made.digest,
    round: made.round,
    ...(made.auto && { signedOffBy: made.auto.signedOffBy, signedOffAt: made.auto.signedOffAt }),
  },
  tell,
});

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
