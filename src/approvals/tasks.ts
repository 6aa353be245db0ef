/**
 * Who has something to decide: a record for each person whose answer a stage waits for.
 *
 * They are an index ("my open decisions"), written into the transactions that change who is asked;
 * who may decide is said by the pin's stages alone. The timers that remind and let the request lapse
 * live and end with them. A stage with more people than one transaction holds gets the rest by the
 * reminder's timer, which then comes at once.
 *
 * An answer by card stands on the request itself (`cards`): it is read and compared with the very
 * record that says what was asked, and costs the gate no reading.
 */
import type { SitePolicy } from '../contracts/policy';
import type { Write } from '../forge/ports';
import { addBusinessSeconds } from '../policy/model/hours';
import type { AccessRequest, Approver, CardAnswer, Stage } from '../requests/model/request';
import { type Instant, plusSeconds } from '../shared/instant';
import { put } from '../shared/record';
import { dropTimer, setTimer } from '../shared/timer';
import { type Task, taskKey, tasks } from './task-record';

export interface Asking {
  readonly policy: Pick<SitePolicy, 'hours' | 'remindAfter' | 'lapseAfter'>;
  /** The site's time zone. */
  readonly zone: string;
  readonly now: Instant;
}

/** A transaction has room for these beside the request, its evidence, its outbox and its timers. */
export const MOST_AT_ONCE = 6;

/**
 * Asks the people of the stage whose turn it is now. With `before`, the request as it stood, those who
 * are asked no longer are let off in the same writes: for a new round or the next stage.
 */
export function openTasks(request: AccessRequest, asking: Asking, before?: AccessRequest): Write[] {
  const asked = stageOf(request)?.approvers.filter(({ accountId }) => !saidYes(request, accountId));
  if (!asked) return [];
  const now = asked.slice(0, MOST_AT_ONCE);
  const kept = new Set(now.map((one) => keyOf(request, one.accountId)));
  const { policy, zone } = asking;
  const at =
    asked.length > now.length
      ? asking.now
      : addBusinessSeconds(asking.now, policy.remindAfter, policy.hours, zone);
  const timer = { kind: 'request', objectId: request.issueId, privileged: false } as const;
  return [
    ...(before ? removals(before).filter((write) => !kept.has(write.key)) : []),
    ...now.map((one) => put(tasks, taskOf(request, one, asking), 'any')),
    setTimer({ ...timer, what: 'remind', at }),
    setTimer({ ...timer, what: 'lapse', at: plusSeconds(asking.now, warnAfter(policy)) }),
  ];
}

/** Nobody has to answer any more: decided, taken back, lapsed, or a person must look first. */
export function closeTasks(request: AccessRequest): Write[] {
  const timer = { kind: 'request', objectId: request.issueId } as const;
  const left = (stageOf(request)?.approvers.length ?? 0) > MOST_AT_ONCE;
  return [
    ...removals(request),
    // Due already: the reminder's own run takes away what this transaction has no room for.
    left
      ? setTimer({
          ...timer,
          what: 'remind',
          at: request.changedAt as Instant,
          privileged: false,
        })
      : dropTimer({ ...timer, what: 'remind' }),
    dropTimer({ ...timer, what: 'lapse' }),
  ];
}

/** Also for who joins an open stage: a cover, a replacement, the fallback. */
export const taskOf = (
  request: AccessRequest,
  approver: Pick<Approver, 'accountId' | 'covers'>,
  { now, policy }: Pick<Asking, 'now'> & { readonly policy: Pick<SitePolicy, 'lapseAfter'> },
): Task => ({
  v: 1,
  issueId: request.issueId,
  issueKey: request.issueKey,
  round: request.round,
  stage: stageOf(request)?.id ?? 'none',
  accountId: approver.accountId,
  roleId: request.pin?.subject.roleId ?? 'none',
  beneficiary: request.pin?.beneficiary ?? 'none',
  state: 'open',
  openedAt: now,
  dueAt: plusSeconds(now, policy.lapseAfter),
  reminded: 0,
  ...(approver.covers && { insteadOf: approver.covers.at(-1) }),
});

/** The stage whose turn it is. */
export const stageOf = (request: AccessRequest): Stage | undefined =>
  request.pin?.stages[request.stage];

/** That one, or a later one which comes next. */
export const stageAt = (request: AccessRequest, coming = request.stage): Stage | undefined =>
  request.pin?.stages[coming];

/** What people answered by card in this round; of a stage, or of all. */
export const cardAnswers = (request: AccessRequest, stage?: string): readonly CardAnswer[] =>
  (request.cards ?? []).filter(
    (card) => card.round === request.round && (stage === undefined || card.stage === stage),
  );

/** Seconds from the asking until the requester is told that it will lapse: a day before it does. */
export const warnAfter = ({ lapseAfter }: Pick<SitePolicy, 'lapseAfter'>): number =>
  Math.max(lapseAfter - 86_400, lapseAfter / 2);

/** Of a stage that wants more answers than Jira's step asked for. */
const saidYes = (request: AccessRequest, accountId: string): boolean =>
  request.decisions.some(
    (d) => d.stage === stageOf(request)?.id && d.by === accountId && d.decision === 'approved',
  );

const keyOf = (request: AccessRequest, accountId: string): string =>
  taskKey({
    issueId: request.issueId,
    round: request.round,
    stage: stageOf(request)?.id ?? 'none',
    accountId,
  });

/** Those of the first people asked; what is left over is removed by the reminder's run, or when it is read. */
const removals = (request: AccessRequest) =>
  (stageOf(request)?.approvers ?? []).slice(0, MOST_AT_ONCE).map((one) => ({
    op: 'remove' as const,
    entity: 'task' as const,
    key: keyOf(request, one.accountId),
    ifRev: 'any' as const,
  }));
