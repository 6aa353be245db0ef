/**
 * What happens when an issue of a bound request type is made or changes.
 *
 * 1. the issue is read again: the event is only a hint, and may be old, doubled or out of order;
 * 2. a new request waits a moment for the create panel's property, which Jira may store after the
 *    event has gone out;
 * 3. what its status says is followed (declined, withdrawn, approved → `approvals/consent.ts`);
 * 4. a request that still needs reading is pinned (`pin.ts`); what is missing is asked back once,
 *    what only people can mend goes to "needs attention" with the named next step;
 * 5. what was written is delivered to the issue (`evidence/deliver.ts`); an automatic approval goes
 *    straight on, because the app's own transitions do not come back as events.
 */
import { reasonGiven } from '../approvals/model/reason';
import { closeTasks } from '../approvals/tasks';
import { type Binding, bindingFor, type SiteSettings } from '../catalog/model/settings';
import { deliverFresh } from '../evidence/deliver';
import { type Recorded, record, type Step } from '../evidence/record';
import type { Issue } from '../jira/port';
import { secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import type { Failure, Refusal } from '../shared/result';
import { answersFrom } from './answers';
import type { Question } from './choose';
import { type Closed, closedBy, lastMover } from './closed';
import { circumstances, type Deps } from './deps';
import { mayBeFiled } from './filing-record';
import { fresh } from './fresh';
import { backAgain, missing } from './gone';
import { type AccessRequest, isOver, MOST_ROUNDS, move } from './model/request';
import { type Pinned, pin, sourceOf, wishFields } from './pin';
import { requests } from './store';
import { askedBack, propertyOf, refused } from './telling';

export type Next =
  | { readonly kind: 'done'; readonly what: string }
  /** Consent is to be checked now (`approvals/consent.ts`). */
  | { readonly kind: 'check-consent' }
  /** Nothing is pinned yet: the request is to be read first. */
  | { readonly kind: 'read-first' }
  /** People closed the issue although a grant is under way (`approvals/withdraw.ts`). */
  | {
      readonly kind: 'taken-back';
      readonly how: Closed;
      readonly by: string | undefined;
      /** One sentence, where the app itself takes it back. */
      readonly why?: string;
    }
  | {
      readonly kind: 'later';
      readonly seconds: number;
      readonly why: string;
      readonly failure?: Failure;
    };

/** How long the create panel's property may lag behind its issue. [unverified] */
const PANEL_LAG_SECONDS = 150;
const PANEL_WAITS = [5, 30, 120];
const CONFLICT_SECONDS = 2;
/** A message comes back four times at most, which together makes the hour of `gone.ts`. */
const LOOK_AGAIN_SECONDS = 900;

/** Why a run stops when a record it read was written by somebody else; reading again settles it. */
export const OVERTAKEN = 'changed meanwhile';

export interface IntakeMessage {
  readonly issueId: string;
  readonly attempt: number;
  /** A person pressed Resume. */
  readonly resumed?: boolean;
  /** Jira said that the issue was deleted. */
  readonly deleted?: boolean;
  /** A comment that may answer what was asked back. */
  readonly comment?: { readonly by: string; readonly text: string };
}

export async function intake(deps: Deps, message: IntakeMessage): Promise<Next> {
  const settings = await deps.settings();
  const found = await load(deps.store, requests, message.issueId);
  if (message.comment && found?.value.state !== 'asked')
    return aComment(deps, found, message.comment);
  const read = await deps.jira.issue(message.issueId, {
    fields: allFields(settings),
    changes: true,
    transitions: true,
  });
  if (!read.ok) {
    if (read.error.code === 'not-found') return afterMissing(deps, found, message.deleted ?? false);
    return {
      kind: 'later',
      seconds: read.error.retryAfter ?? 30,
      why: read.error.code,
      failure: read.error,
    };
  }
  const held = found && (await backAgain(deps, found));
  if (found && !held) return overtaken;
  const issue = read.value;
  const binding = bindingFor(settings, issue.projectId, issue.requestTypeId);
  if (!binding || issue.requestTypeId === undefined) return { kind: 'done', what: 'not bound' };
  const request: Held<AccessRequest> = held ?? { value: fresh(issue, binding, deps.now()), rev: 0 };
  if (!held && mayBeFiled(issue.summary)) {
    const seconds = await (await import('./filed')).beingFiled(deps, issue);
    if (seconds !== undefined) return { kind: 'later', seconds, why: 'it is being filed' };
  }
  if (isOver(request.value) || request.value.state === 'granted')
    return { kind: 'done', what: request.value.state };

  const closed = closedBy(issue, binding, request.value.state);
  if (closed) return close(deps, request, issue, closed);
  if (request.value.state === 'approved') return { kind: 'check-consent' };
  const waits = waitsForPeople(request.value, message, issue, binding);
  if (waits !== undefined) return { kind: 'done', what: waits };
  if (request.value.state === 'waiting') {
    return issue.status.id === binding.statuses.waiting && !answeredHere(request.value, binding)
      ? { kind: 'done', what: 'waiting' }
      : { kind: 'check-consent' };
  }
  if (request.rev === 0 && issue.panel === undefined && nothingWritten(issue, binding)) {
    const wait = PANEL_WAITS[message.attempt];
    if (wait !== undefined && secondsBetween(issue.created, deps.now()) < PANEL_LAG_SECONDS) {
      return { kind: 'later', seconds: wait, why: 'the panel property is not there yet' };
    }
  }
  const answered = answersFrom(request.value, message.comment);
  if (message.comment && !answered) return { kind: 'done', what: 'a comment' };
  const value = answered
    ? { ...request.value, answers: { ...request.value.answers, ...answered } }
    : request.value;
  return outcome(deps, {
    held: { value, rev: request.rev },
    issue,
    binding,
    resumed: message.resumed ?? false,
  });
}

/** Without approval steps of Jira's the card decides, and nothing else tells of it. */
const answeredHere = (request: AccessRequest, { approval }: Binding): boolean =>
  approval === 'app' && (request.cards ?? []).some((card) => card.round === request.round);

/** It may answer what an approver asked back. */
async function aComment(
  deps: Deps,
  found: Held<AccessRequest> | undefined,
  comment: NonNullable<IntakeMessage['comment']>,
): Promise<Next> {
  if (!found?.value.question) return { kind: 'done', what: 'a comment' };
  const { answerQuestion } = await import('../approvals/question');
  const said = await answerQuestion(deps, found, comment);
  return said === 'overtaken' ? overtaken : { kind: 'done', what: said };
}

interface Case {
  readonly held: Held<AccessRequest>;
  readonly issue: Issue;
  readonly binding: Binding;
  readonly resumed: boolean;
}

async function outcome(deps: Deps, c: Case): Promise<Next> {
  const requestTypeId = c.issue.requestTypeId as string;
  const before: Step[] = [];
  if (c.held.rev === 0) before.push(received(c));
  const pinned = await pin(deps, { ...c, requestTypeId, before, ...voided(c) });
  return settle(deps, c, before, pinned);
}

/** Also the end of another round of approval, whose case is the same. */
export async function settle(
  deps: Deps,
  c: Case,
  before: readonly Step[],
  pinned: Pinned,
): Promise<Next> {
  switch (pinned.kind) {
    case 'pinned':
      await deliverFresh(deps, pinned.entries, c.issue);
      return pinned.auto ? { kind: 'check-consent' } : { kind: 'done', what: 'pinned' };
    case 'conflict':
      return { kind: 'later', seconds: CONFLICT_SECONDS, why: OVERTAKEN };
    case 'retry':
      return {
        kind: 'later',
        seconds: pinned.failure.retryAfter ?? 30,
        why: pinned.failure.code,
        failure: pinned.failure,
      };
    case 'ask':
      return wasAsked(c.held.value, pinned.questions)
        ? attention(deps, c, before, stillMissing(pinned.questions))
        : ask(deps, c, before, pinned.questions);
    case 'attention':
      return attention(deps, c, [...before, ...(pinned.also ?? [])], pinned.refusal);
  }
}

/** Once, in one breath; what a change of the policy has made a question since then is asked too, once. */
const wasAsked = ({ asked, round }: AccessRequest, questions: readonly Question[]): boolean =>
  round === 0 ? asked.length > 0 : questions.some(({ about }) => asked.includes(about));

async function ask(
  deps: Deps,
  c: Case,
  before: readonly Step[],
  questions: readonly Question[],
): Promise<Next> {
  const now = deps.now();
  const next: AccessRequest = {
    ...move(c.held.value, 'asked', now),
    asked: questions.map((q) => q.about),
    askedAt: sourceOf(c.issue, c.binding),
  };
  const property = propertyOf(next, { app: '', role: '', state: 'asked' });
  const status = c.binding.statuses.attention;
  const step: Step = {
    event: 'request.asked',
    actor: { type: 'app' },
    facts: { about: next.asked, choices: questions.flatMap((q) => q.choices) },
    tell: {
      ...askedBack(questions),
      // What people answered before counts for nothing, so it is not left at "approved".
      ...(c.held.value.round > 0 && status
        ? { move: { toStatusIds: [status], property } }
        : { property }),
    },
  };
  return tell(deps, c, [...before, step], next, 'asked back');
}

export async function attention(
  deps: Deps,
  c: Case,
  before: readonly Step[],
  refusal: Refusal,
): Promise<Next> {
  const same = c.held.value.state === 'attention' && c.held.value.refusal?.check === refusal.check;
  if (same && !c.resumed && before.length === 0)
    return { kind: 'done', what: `still ${refusal.check}` };
  const now = deps.now();
  const next: AccessRequest = {
    ...move(c.held.value, 'attention', now),
    // Only what is kept: a refusal by the gate says more than the record takes.
    refusal: {
      check: refusal.check,
      sentence: refusal.sentence,
      nextStep: refusal.nextStep,
      facts: { ...refusal.facts },
    },
  };
  const property = propertyOf(next, { app: '', role: '', state: 'attention' });
  const status = c.binding.statuses.attention;
  const step: Step = {
    event: 'request.attention',
    actor: { type: 'app' },
    facts: { check: refusal.check, ...refusal.facts },
    tell: {
      ...refused('This request needs attention', refusal),
      ...(status ? { move: { toStatusIds: [status], property } } : { property }),
    },
  };
  return tell(deps, c, [...before, step], next, refusal.check);
}

async function tell(
  deps: Deps,
  c: Case,
  steps: readonly Step[],
  next: AccessRequest,
  what: string,
): Promise<Next> {
  const done = await record(
    deps.store,
    c.issue.id,
    steps,
    [put(requests, next, c.held.rev), ...letOff(c.held.value)],
    circumstances(deps),
  );
  return finish(deps, done, c.issue, what);
}

/** Nobody has to decide any more. */
const letOff = (before: AccessRequest) => (before.state === 'waiting' ? closeTasks(before) : []);

async function finish(deps: Deps, done: Recorded, issue: Issue, what: string): Promise<Next> {
  if (!done.done) return { kind: 'later', seconds: CONFLICT_SECONDS, why: OVERTAKEN };
  await deliverFresh(deps, done.entries, issue);
  return { kind: 'done', what };
}

/** Events come doubled, and edits that settle nothing come often: neither may use up what was asked. */
function waitsForPeople(
  request: AccessRequest,
  message: IntakeMessage,
  issue: Issue,
  binding: Binding,
): string | undefined {
  if (message.resumed || message.comment) return undefined;
  if (request.state === 'asked' && request.askedAt === sourceOf(issue, binding)) return 'asked';
  if (request.state !== 'attention') return undefined;
  if (request.grantId !== undefined) return 'a grant of it waits for Resume';
  return request.round >= MOST_ROUNDS ? 'IT decides how it goes on' : undefined;
}

async function close(
  deps: Deps,
  held: Held<AccessRequest>,
  issue: Issue,
  how: Closed,
): Promise<Next> {
  const by = lastMover(issue);
  if (held.value.grantId !== undefined) return { kind: 'taken-back', how, by };
  const next: AccessRequest = move(held.value, how, deps.now());
  const step: Step = {
    event: how === 'declined' ? 'request.declined' : 'request.withdrawn',
    actor: by === undefined ? { type: 'app' } : { type: 'person', accountId: by },
    facts: { round: held.value.round, ...(held.value.pin && { digest: held.value.pin.digest }) },
    tell: {
      public: {
        headline: how === 'declined' ? 'Declined' : 'Withdrawn',
        lines: [
          ...(how === 'declined' ? reasonGiven(held.value) : []),
          'Nothing was changed in any directory.',
          'You can ask again at any time from the portal.',
        ],
      },
      property: propertyOf(next, { app: '', role: next.pin?.subject.roleId ?? '', state: how }),
    },
  };
  const done = await record(
    deps.store,
    issue.id,
    [step],
    [put(requests, next, held.rev), ...letOff(held.value)],
    circumstances(deps),
  );
  return finish(deps, done, issue, how);
}

async function afterMissing(
  deps: Deps,
  held: Held<AccessRequest> | undefined,
  deleted: boolean,
): Promise<Next> {
  const gone = await missing(deps, held, deleted);
  if (gone === 'conflict') return overtaken;
  if (gone === 'look-again')
    return { kind: 'later', seconds: LOOK_AGAIN_SECONDS, why: 'the issue is not to be found' };
  return { kind: 'done', what: gone === 'ended' ? 'issue gone' : 'no such issue' };
}

const overtaken: Next = { kind: 'later', seconds: CONFLICT_SECONDS, why: OVERTAKEN };

const received = (c: Case): Step => ({
  event: 'request.received',
  actor: c.issue.creator ? { type: 'person', accountId: c.issue.creator } : { type: 'app' },
  facts: {
    issueKey: c.issue.key,
    reporter: c.issue.reporter ?? null,
    binding: c.binding.id,
    created: c.issue.created,
  },
});

/** In JSM's stock workflow people can answer before the app has read the request. */
function voided(c: Case): { because?: string } {
  const early = c.held.value.round === 0 && c.issue.status.id === c.binding.statuses.approved;
  return early
    ? {
        because:
          'This request was moved on before it had been checked. What was answered until then cannot count, because what it was for was not settled yet. Please decide again.',
      }
    : {};
}

const stillMissing = (questions: readonly Question[]): Refusal => ({
  check: 'request-complete',
  sentence: `The answer did not settle what is missing: ${questions.map((q) => q.about).join(', ')}.`,
  nextStep: 'IT has been told and completes the request with you here.',
  facts: { choices: questions.flatMap((q) => q.choices) },
});

const nothingWritten = (issue: Issue, binding: Binding) =>
  [binding.fields.app, binding.fields.role].every(
    (id) => id === undefined || issue.fields[id] == null,
  );

const allFields = (settings: SiteSettings) => [
  ...new Set(settings.bindings.flatMap((b) => [...wishFields(b), b.fields.approvers])),
];
