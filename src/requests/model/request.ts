/**
 * An access request: the question, tied to one Jira issue.
 *
 * state      what it waits for                         leaves to
 * received   the app's own reading                     asked, attention, waiting, approved, withdrawn
 * asked      one answer of the requester               waiting, approved, attention, withdrawn
 * waiting    the approvers of this round               approved, declined, attention, waiting (new round), withdrawn
 * approved   the gate and the directory                granted, attention, waiting (new round), declined, withdrawn
 * attention  a person who can put something right      received, waiting, approved, withdrawn, declined
 * granted    nothing: the grant has its own machine    attention, waiting (asked again), ended
 * declined, withdrawn, ended                           nothing
 */
import * as z from 'zod/mini';
import { risk } from '../../catalog/model/catalog';
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
});
export type Approver = z.infer<typeof approverSchema>;

export const stageSchema = z.strictObject({
  id: z.string(),
  /** How many of the approvers must say yes. */
  needs: z.int().check(z.positive()),
  approvers: z.array(approverSchema).check(z.minLength(1)),
});
export type Stage = z.infer<typeof stageSchema>;

/** How the directory person of an account was found. */
export const foundBySchema = z.enum(['link', 'attribute', 'e-mail']);
export type FoundBy = z.infer<typeof foundBySchema>;

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
  decision: z.enum(['approved', 'declined']),
  /** When it was made, as far as can be known. */
  at: instant,
  /** When the app first saw it. */
  seenAt: instant,
  channel: z.enum(['jira-approval', 'rule']),
  approvalId: z.optional(z.string()),
  /** When that approval was opened and closed; `null`: never closed. */
  opened: z.optional(instant),
  closed: z.optional(z.nullable(instant)),
  rule: z.optional(z.string()),
});
export type Decision = z.infer<typeof decisionSchema>;

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
  'ended',
] as const;
export type RequestState = (typeof requestStates)[number];

export const requestSchema = z.strictObject({
  v: z.literal(1),
  issueId: z.string(),
  issueKey: z.string(),
  bindingId: z.string(),
  state: z.enum(requestStates),
  /** Rounds of approval so far; a new one opens when a round was void. */
  round: z.int().check(z.nonnegative()),
  /** Answers the requester gave in comments after being asked back, by question. */
  answers: z.record(z.string(), z.string()),
  /** What was asked back, so that a comment can be read as the answer. */
  asked: z.array(z.enum(['app', 'role', 'duration', 'reason', 'beneficiary'])),
  /** Source hash of the issue when it was asked: as long as it stands, nothing was answered there. */
  askedAt: z.optional(z.string()),
  requester: z.optional(account),
  pin: z.optional(pinSchema),
  decisions: z.array(decisionSchema),
  grantId: z.optional(z.string()),
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
  waiting: ['waiting', 'approved', 'declined', 'attention', 'withdrawn'],
  approved: ['approved', 'granted', 'attention', 'waiting', 'declined', 'withdrawn'],
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
