/**
 * The card: what a person sees before they decide, read when they look.
 *
 * 1. only parties, the people asked up to now, operators and auditors see it; to everybody else it is
 *    not there, in the same words as a request that does not exist;
 * 2. the issue is read again: what people typed is shown from there, and kept nowhere;
 * 3. the digest of the pin goes along; an answer names it, so it can only be for this very question;
 * 4. it says which way of answering is open to this person. Where Forge cannot act as them the card
 *    leads to Jira's own buttons; the app never answers in anyone's place.
 * `card-answer.ts` takes the answer and looks at everything again.
 */
import { DIRECTORY_NAMES, durationInWords, personKey } from '../catalog/model/catalog';
import type { Binding } from '../catalog/model/settings';
import { loadOffer, type Offer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import type { Card, Way } from '../contracts/approvals';
import type { Approval, Issue } from '../jira/port';
import type { Deps } from '../requests/deps';
import type { AccessRequest, Pin } from '../requests/model/request';
import { readWish } from '../requests/model/wish';
import { wishFields } from '../requests/pin';
import { requests } from '../requests/store';
import { readRights } from '../rights/rights';
import { find, load } from '../shared/record';
import type { Result } from '../shared/result';
import { answersOf, hasAnswered, openApproval } from './answered';
import { deciderNow } from './deciders';
import { editedSince } from './edited';
import { happensNext, warningsOf } from './model/card';
import { NOT_YOURS } from './not-yours';
import { openQuestion } from './question';
import { cardAnswers, stageOf } from './tasks';

export interface Looking {
  readonly accountId: string;
  /** What the platform calls the account: whether Forge can act as it. A hint, never a right. */
  readonly accountType?: string | undefined;
}

export async function readCard(
  deps: Deps,
  issueId: string,
  caller: Looking,
): Promise<Answer<Card>> {
  const request = (await load(deps.store, requests, issueId))?.value;
  const { pin } = request ?? {};
  if (!request || !pin) return no(NOT_YOURS);
  const asked = await deciderNow(deps, request, caller.accountId);
  if (!asked.ok && !(await maySee(deps, request, caller.accountId))) return no(NOT_YOURS);
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  const issue = await deps.jira.issue(issueId, {
    fields: binding ? wishFields(binding) : [],
    changes: true,
  });
  if (!binding || !issue.ok) return no(JIRA_SILENT);
  const approvals = await deps.jira.approvals(issueId);
  if (!approvals.ok) return no(JIRA_SILENT);
  const offer = await loadOffer(deps.store, pin.subject.roleId, pin.subject.connectionId);
  const names = await namesOf(deps, request);
  if (!names) return no(JIRA_SILENT);
  const seen = { request, pin, binding, issue: issue.value, approvals: approvals.value };
  return {
    ok: true,
    value: {
      ...(await shown(deps, seen, offer, names)),
      way: wayOf(seen, asked, caller),
      ...questionOf(request, caller.accountId),
    },
  };
}

const no = (problem: Problem) => ({ ok: false as const, problem });

export interface Seen {
  readonly request: AccessRequest;
  readonly pin: Pin;
  readonly binding: Binding;
  readonly issue: Issue;
  readonly approvals: readonly Approval[];
}

async function maySee(deps: Deps, request: AccessRequest, accountId: string): Promise<boolean> {
  const { pin, requester, stage } = request;
  const parties = [...(pin?.parties ?? []), pin?.beneficiary, requester];
  const upToNow = (pin?.stages ?? []).slice(0, stage + 1).flatMap((s) => s.approvers);
  if (parties.includes(accountId)) return true;
  if (upToNow.some((one) => one.accountId === accountId)) return true;
  return (await readRights(deps, accountId)).auditor;
}

async function namesOf(deps: Deps, { pin, requester }: AccessRequest) {
  const ids = [
    ...(pin ? [pin.beneficiary] : []),
    ...(requester === undefined ? [] : [requester]),
    ...(pin?.stages ?? []).flatMap((s) => s.approvers.map((a) => a.accountId)),
  ];
  const accounts = await deps.jira.accounts([...new Set(ids)]);
  if (!accounts.ok) return undefined;
  const known = new Map(accounts.value.map((a) => [a.accountId, a.displayName]));
  return (id: string) => known.get(id) || 'an account without a name';
}

async function shown(
  deps: Deps,
  { request, pin, binding, issue, approvals }: Seen,
  offer: Offer | undefined,
  name: (accountId: string) => string,
): Promise<Omit<Card, 'way' | 'question'>> {
  const stage = stageOf(request);
  const { subject } = pin;
  const wish = readWish(issue, binding.fields, request.answers);
  const groups = offer?.role.groups.map((g) => g.name).join(', ') || subject.groupIds.join(', ');
  const where = offer?.connection ? DIRECTORY_NAMES[offer.connection.kind] : 'the directory';
  const offered = pin.policy?.rules.durations ?? offer?.policy.durations ?? [];
  const answered = answersOf(request, binding, approvals);
  const rest = pin.stages.length - request.stage - 1;
  return {
    issueKey: request.issueKey,
    state: request.state,
    round: request.round,
    turn: {
      number: request.stage + 1,
      of: pin.stages.length,
      needs: stage?.needs ?? 0,
    },
    who: name(pin.beneficiary),
    ...(request.requester !== undefined &&
      request.requester !== pin.beneficiary && { askedBy: name(request.requester) }),
    role: offer?.role.name ?? subject.roleId,
    app: offer?.app.name ?? (subject.roleId.split('.')[0] as string),
    description: offer?.role.description ?? '',
    duration: subject.duration,
    until:
      subject.duration === null
        ? 'no end: until it is revoked'
        : `${durationInWords(subject.duration)}, counted from the moment access is given`,
    ...(subject.start !== null && { start: subject.start }),
    ...(pin.ticket && { ticket: pin.ticket.key }),
    deciders: [
      ...(stage?.approvers ?? []).map((one) => ({
        name: name(one.accountId),
        because: one.because,
        answered: answered(one.accountId),
      })),
      ...(stage?.groups ?? []).map((g) => ({ name: g.name, because: g.because, answered: false })),
    ],
    changes: `${groups} in ${where}`,
    why: wish.ok ? wish.value.reason : '',
    next: happensNext(rest, subject.duration, pin.untilTicket === true),
    risk: pin.policy?.tier ?? pin.risk ?? 'unknown',
    warnings: warningsOf(offer?.site.sod ?? [], {
      roleId: subject.roleId,
      held: pin.judged?.heldRoles,
      exception: stage?.sod,
    }),
    history: await historyOf(deps, request, pin),
    edited: editedSince(issue, binding, pin),
    digest: pin.digest,
    shorter: offered.filter((one) => subject.duration === null || one < subject.duration),
  };
}

/** Counts of one page: what the ledger holds of this person and this role, this request apart. */
async function historyOf(deps: Deps, request: AccessRequest, pin: Pin): Promise<Card['history']> {
  const { connectionId, personId, roleId } = pin.subject;
  const { found } = await find(deps.store, requests, {
    index: 'by-beneficiary',
    partition: [personKey(connectionId, personId)],
    sort: 'descending',
    limit: 100,
  });
  const same = found
    .map(({ value }) => value)
    .filter((one) => one.issueId !== request.issueId && one.pin?.subject.roleId === roleId);
  const given = same.filter((one) => one.state === 'granted' || one.state === 'ended').length;
  const declined = same.filter((one) => one.state === 'declined').length;
  return { given, declined, other: same.length - given - declined };
}

function wayOf(
  seen: Seen,
  asked: Result<unknown, Problem>,
  { accountId, accountType }: Looking,
): Way {
  const { request, binding, issue, approvals, pin } = seen;
  if (!asked.ok) return { by: 'nothing', because: asked.error.sentence };
  if (binding.approval === 'app') {
    const answered = cardAnswers(request, stageOf(request)?.id).some(
      (card) => card.by === accountId && card.digest === pin.digest,
    );
    return answered ? ANSWERED : { by: 'card' };
  }
  if (hasAnswered(request, approvals, accountId)) return ANSWERED;
  if (editedSince(issue, binding, pin).length > 0) return { by: 'card' };
  if (!openApproval(approvals)) return NOT_THERE_YET;
  if (accountType === 'unlicensed') return NO_ACTING;
  return { by: 'card' };
}

const questionOf = (request: AccessRequest, accountId: string): Pick<Card, 'question'> => {
  const question = openQuestion(request);
  return question ? { question: { at: question.at, yours: question.by === accountId } } : {};
};

const ANSWERED: Way = { by: 'nothing', because: 'You have answered already.' };
const NOT_THERE_YET: Way = {
  by: 'nothing',
  because: 'Jira has not opened the approval yet. Look again in a minute.',
};
export const NO_ACTING = {
  by: 'jira',
  because:
    'Atlassian lets no app answer for an account like yours, so please use the Approve and Decline buttons that Jira shows on the request.',
} as const;
export const JIRA_SILENT: Problem = {
  check: 'jira-answers',
  sentence: 'Jira did not answer, so nothing can be shown or done.',
  nextStep: 'Try again in a minute.',
};
