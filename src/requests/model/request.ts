/**
 * An access request: the question, tied to one Jira issue.
 *
 * state      what it waits for                         leaves to
 * received   the app's own reading                     asked, attention, waiting, approved, withdrawn
 * asked      one answer of the requester               waiting, approved, attention, withdrawn
 * waiting    the approvers of this round               approved, declined, attention, waiting (new round), asked, withdrawn
 * approved   the gate and the directory                granted, attention, waiting (new round), declined, withdrawn, ended (observed)
 * attention  a person who can put something right      received, waiting, approved, withdrawn, declined
 * granted    nothing: the grant has its own machine    attention, waiting (asked again), ended
 * declined, withdrawn, lapsed, ended                   nothing
 * `lapsed`: nobody decided in time.
 */
import * as z from 'zod/mini';
import { risk } from '../../catalog/model/catalog';
import { rulesSchema, tierSchema } from '../../contracts/policy';
import { subjectSchema } from './digest';

const instant = z.string();
const account = z.string();

export const approverSchema = z.strictObject({
  accountId: account,
  /** Why this person: the rule, where its value came from, and when it was read. */
  because: z.string(),
  readAt: instant,
  /** The approver's own id in the grant's directory, where it is known: closes self-approval through a second account. */
  personId: z.optional(z.string()),
  /** Whom they stand in for, nearest first, ending with the one whom the policy names. */
  covers: z.optional(z.array(account)),
  /** Id of the directory group whose member they are: who is in it is read again when they answer. */
  inGroup: z.optional(z.string()),
  /** Whom an operator took out for them. */
  replaces: z.optional(account),
});
export type Approver = z.infer<typeof approverSchema>;

/** A group that decides as a whole: who is in it is read when they answer. */
export const groupDecidesSchema = z.strictObject({
  kind: z.enum(['jira-group', 'directory-group']),
  id: z.string(),
  /** Only of a directory group. */
  connection: z.optional(z.string()),
  name: z.string(),
  because: z.string(),
});
export type GroupDecides = z.infer<typeof groupDecidesSchema>;

export const stageSchema = z.strictObject({
  id: z.string(),
  /** How many of the approvers must say yes. */
  needs: z.int().check(z.positive()),
  /** People, parties and the inactive taken out; of a directory group its members of that hour. Empty only with `groups`. */
  approvers: z.array(approverSchema),
  groups: z.optional(z.array(groupDecidesSchema)),
  /** Asked as well when nobody answers in time: the owner, then the IT queue. */
  fallbacks: z.optional(z.array(approverSchema)),
  /** The separation-of-duties set whose exception this stage decides on. */
  sod: z.optional(z.string()),
});
export type Stage = z.infer<typeof stageSchema>;

/** How the directory person of an account was found. */
export const foundBySchema = z.enum(['link', 'attribute', 'e-mail']);
export type FoundBy = z.infer<typeof foundBySchema>;

export const ticketSchema = z.strictObject({ issueId: z.string(), key: z.string() });

/** Facts of `policy/model/evaluate.ts` as they were read; absent members could not be read. Ids only. */
export const judgedSchema = z.strictObject({
  duration: z.nullable(z.int()),
  start: z.optional(z.int()),
  reasonLength: z.int(),
  asksForSelf: z.boolean(),
  renewsSince: z.optional(z.int()),
  department: z.optional(z.nullable(z.string())),
  employment: z.optional(z.nullable(z.string())),
  /** Only those that a policy named then. */
  groups: z.optional(z.array(z.string())),
  heldRoles: z.optional(z.array(z.string())),
  /** Groups and roles that were looked at; what a later policy names beyond them is not known. */
  looked: z.optional(z.strictObject({ groups: z.array(z.string()), roles: z.array(z.string()) })),
  ticket: z.optional(z.nullable(z.strictObject({ counts: z.boolean(), open: z.boolean() }))),
});
export type Judged = z.infer<typeof judgedSchema>;

/** Why the app made an issue by itself. */
export const filedSchema = z.strictObject({
  why: z.enum(['renewal', 'again', 'together']),
  /** Who asked for it. */
  by: account,
  /** Grant that it renews. */
  renewalOf: z.optional(z.string()),
});
export type Filed = z.infer<typeof filedSchema>;

export const pinSchema = z.strictObject({
  round: z.int().check(z.positive()),
  at: instant,
  digest: z.string(),
  sourceHash: z.string(),
  /** Id of the newest change in the issue's history; `0` when there was none. */
  lastChange: z.string(),
  subject: subjectSchema,
  /** Hash of the five answers as the approvers can read them on the issue. */
  shownHash: z.string(),
  beneficiary: account,
  foundBy: z.optional(foundBySchema),
  risk: z.optional(risk),
  /** Accounts that may not decide: submitter, reporters so far, beneficiary. */
  parties: z.array(account),
  /** Their ids in the directory, as far as known: a second Jira account of the same person is no way round. */
  partyPersons: z.array(z.string()),
  stages: z.array(stageSchema),
  /** What the request was judged by, whole: a later policy is laid beside it. */
  policy: z.optional(
    z.strictObject({
      /** Versions of the site's policy, of the app and of the role. */
      site: z.int(),
      app: z.int(),
      role: z.int(),
      tier: tierSchema,
      rules: rulesSchema,
      /** Of the app, as the catalog said then. */
      owner: z.optional(account),
    }),
  ),
  /** What was asked and what was known then, so that a changed policy can be rehearsed on it. */
  judged: z.optional(judgedSchema),
  /** The ticket it names: required by the policy, or the one that ends the access. */
  ticket: z.optional(ticketSchema),
  /** The access ends when that ticket is closed, at the latest at its own end. */
  untilTicket: z.optional(z.literal(true)),
  /** The running grant that this one follows without a gap. */
  renewalOf: z.optional(z.string()),
  /** When the unbroken line of grants began that it follows. */
  lineSince: z.optional(instant),
  /** Set beside `stages` when it is given at once: they are told, and review. */
  breakGlass: z.optional(z.literal(true)),
  /** Set instead of stages when a published rule decides. */
  auto: z.optional(
    z.strictObject({ rule: z.string(), signedOffBy: account, signedOffAt: instant }),
  ),
  /** Approvals and answers that existed already: they count for nothing. */
  approvalsBefore: z.array(z.strictObject({ id: z.string(), answered: z.array(account) })),
});
export type Pin = z.infer<typeof pinSchema>;

export const decisionSchema = z.strictObject({
  stage: z.string(),
  by: z.union([account, z.literal('rule')]),
  /** Their ids in the grant's directory, as far as known then. */
  personIds: z.optional(z.array(z.string())),
  decision: z.enum(['approved', 'declined']),
  /** When it was made, as far as can be known. */
  at: instant,
  /** When the app first saw it. */
  seenAt: instant,
  channel: z.enum(['jira-approval', 'card', 'rule']),
  /** Of a decision by card: the digest that was shown, and the length they allowed (seconds) if shorter. */
  digest: z.optional(z.string()),
  shortened: z.optional(z.int()),
  approvalId: z.optional(z.string()),
  /** When that approval was opened and closed; `null`: never closed. */
  opened: z.optional(instant),
  closed: z.optional(z.nullable(instant)),
  rule: z.optional(z.string()),
});
export type Decision = z.infer<typeof decisionSchema>;

/** When a later stage, or the rest of one, was asked, and what stood there already: that counts for nothing. */
export const turnSchema = z.strictObject({
  at: instant,
  /** Id of the newest change of the issue then. */
  lastChange: z.string(),
  approvalsBefore: z.array(z.strictObject({ id: z.string(), answered: z.array(account) })),
  /** So many decisions of this round were on record. */
  decided: z.int().check(z.nonnegative()),
  /** How often its people had to be asked once more, because others had moved the request on. */
  tries: z.optional(z.int().check(z.positive())),
  /** Which of Jira's approval steps it is asked in: 0 is the first. */
  step: z.int().check(z.nonnegative()),
});
export type Turn = z.infer<typeof turnSchema>;

/**
 * What a person answered on the app's own card. Where Jira has an approval step it counts only together
 * with their answer there, which it binds to what was shown; without such a step it is the decision.
 */
export const cardAnswerSchema = z.strictObject({
  round: z.int(),
  /** Stage id. */
  stage: z.string(),
  by: account,
  decision: z.enum(['approved', 'declined']),
  /** The digest that was shown. */
  digest: z.string(),
  /** Seconds, when they allowed less than was asked for. */
  shortened: z.optional(z.int()),
  reason: z.optional(z.string()),
  at: instant,
});
export type CardAnswer = z.infer<typeof cardAnswerSchema>;

export const refusalSchema = z.strictObject({
  check: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  facts: z.optional(z.record(z.string(), z.unknown())),
});

export const requestStates = [
  'received',
  'asked',
  'waiting',
  'approved',
  'granted',
  'attention',
  'declined',
  'withdrawn',
  'lapsed',
  'ended',
] as const;
export type RequestState = (typeof requestStates)[number];

export const requestSchema = z.strictObject({
  v: z.literal(1),
  issueId: z.string(),
  issueKey: z.string(),
  bindingId: z.string(),
  state: z.enum(requestStates),
  /** Index of the stage whose turn it is. */
  stage: z._default(z.int().check(z.nonnegative()), 0),
  /** Since when that is so; absent: since the pin. */
  turn: z.optional(turnSchema),
  /** Rounds of approval so far; a new one opens when a round was void. */
  round: z.int().check(z.nonnegative()),
  /** Answers the requester gave in comments after being asked back, by question. */
  answers: z.record(z.string(), z.string()),
  /** What was asked back, so that a comment can be read as the answer. */
  asked: z.array(z.enum(['app', 'role', 'duration', 'reason', 'beneficiary', 'ticket'])),
  /** Source hash of the issue when it was asked: as long as it stands, nothing was answered there. */
  askedAt: z.optional(z.string()),
  requester: z.optional(account),
  pin: z.optional(pinSchema),
  decisions: z.array(decisionSchema),
  /** Answers by card; those of earlier rounds count for nothing. */
  cards: z.optional(z.array(cardAnswerSchema)),
  grantId: z.optional(z.string()),
  /** A question that an approver asked back and that waits for its answer. */
  question: z.optional(
    z.strictObject({
      by: account,
      at: instant,
      /** Stage whose people wait for the answer. */
      stage: z.string(),
      /** Business seconds that were left until the next reminder: it waits as long as they do. */
      left: z.int(),
    }),
  ),
  /** When it lapses, once the requester was told so; for that stage of that round only. */
  lapse: z.optional(z.strictObject({ round: z.int(), stage: z.string(), at: instant })),
  /** What the app filed this request for; only the app writes it, never an issue. */
  filed: z.optional(filedSchema),
  /** What stands in the way while in `attention`. */
  refusal: z.optional(refusalSchema),
  /** The site's own issue was deleted. */
  issueGone: z.boolean(),
  /** When Jira first did not find the issue any more. */
  missingSince: z.optional(instant),
  changedAt: instant,
});
export type AccessRequest = z.infer<typeof requestSchema>;

export const MOST_ROUNDS = 3;

const LEAVES: Record<RequestState, readonly RequestState[]> = {
  received: ['received', 'asked', 'attention', 'waiting', 'approved', 'withdrawn', 'declined'],
  asked: ['asked', 'waiting', 'approved', 'attention', 'withdrawn', 'declined'],
  waiting: ['waiting', 'asked', 'approved', 'declined', 'attention', 'withdrawn', 'lapsed'],
  approved: ['approved', 'granted', 'attention', 'waiting', 'declined', 'withdrawn', 'ended'],
  attention: [
    'attention',
    'received',
    'asked',
    'waiting',
    'approved',
    'granted',
    'withdrawn',
    'declined',
  ],
  granted: ['granted', 'attention', 'waiting', 'ended'],
  declined: [],
  withdrawn: [],
  lapsed: [],
  ended: [],
};

/** Moves the request on; a step the table does not have is a bug and stops here. */
export function move(request: AccessRequest, to: RequestState, at: string): AccessRequest {
  if (!LEAVES[request.state].includes(to)) {
    throw new Error(`A request cannot go from ${request.state} to ${to}`);
  }
  const { refusal: _, missingSince: __, ...rest } = request;
  return { ...rest, state: to, changedAt: at };
}

export const isOver = (request: AccessRequest): boolean => LEAVES[request.state].length === 0;
