/**
 * One stage has decided and another follows, or a stage wants more answers than Jira's step asked for.
 *
 * 1. where the next people are asked: in the step that Jira has moved on to by itself; after the last one
 *    the app goes back, if the workflow lets it; without steps of Jira's nothing moves;
 * 2. who is away or has left by now gives way to whoever stands in (`coming-stage.ts`), and all is judged
 *    once more;
 * 3. the Approvers field is set first, so that Jira opens its approval with the right people;
 * 4. decisions, the new turn, open decisions and the move are written in one transaction, then told.
 * Without a way back a person must add it: the request says which transition is missing.
 */
import type { Binding } from '../catalog/model/settings';
import type { Offer } from '../catalog/store';
import { noteWayBack } from '../catalog/way-back';
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import type { Approval, Issue } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import { attention, type Next } from '../requests/intake';
import { type AccessRequest, MOST_ROUNDS, type Pin, type Turn } from '../requests/model/request';
import { decidersToShow, letSee } from '../requests/participants';
import { outside } from '../requests/pin';
import { newestChange } from '../requests/source';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { type Held, put } from '../shared/record';
import { decisionSteps, decisionsNow } from './begin';
import { UNANSWERED } from './model/answers';
import type { Judged } from './model/gate';
import type { GateRefusal } from './model/refusal';
import { approvalStatuses, fieldsFrom, stepAt, waysBack } from './model/steps';
import { openTasks } from './tasks';
import { noWayBack, overtaken, stageAsked } from './words';

export interface Following {
  readonly held: Held<AccessRequest & { readonly pin: Pin }>;
  readonly issue: Issue;
  readonly binding: Binding;
  readonly offer: Offer;
  readonly approvals: readonly Approval[];
  /** Why the same people are asked once more. */
  readonly refusal?: GateRefusal;
}

type Asks = Extract<Judged, { kind: 'next' | 'more' }>;

export async function askNext(deps: Deps, f: Following, judged: Asks): Promise<Next> {
  const { held, issue, binding, offer } = f;
  const { pin } = held.value;
  if (judged.stage !== held.value.stage) {
    const { settleComing } = await import('./coming-stage');
    const changed = await settleComing(deps, held.value, judged.stage);
    if (changed) return changed;
  }
  const before = [...decisionSteps(judged.decisions, pin), ...(f.refusal ? [refusedStep(f)] : [])];
  const place = await placeOf(deps, f, judged);
  if (!place) return attention(deps, { ...f, resumed: false }, before, noWayBack(issue, binding));
  const decisions = decisionsNow(held.value, judged.decisions);
  if (place.field) {
    const fields = fieldsFrom(binding, pin.stages, { stage: judged.stage, ...place }, decisions);
    const edited = await deps.jira.edit(issue.id, { fields });
    if (!edited.ok) return failed(deps, f, outside(edited.error));
  }
  await letSee(deps, issue.id, decidersToShow(binding, pin.stages[judged.stage]));
  const now = deps.now();
  const { question, ...rest } = held.value;
  // Whoever asked it has decided, so nobody waits for what the requester says.
  const over = judged.decisions.some(({ by }) => by === question?.by);
  const next: AccessRequest = {
    ...rest,
    ...(question && !over && { question }),
    changedAt: now,
    stage: judged.stage,
    decisions,
    turn: turnOf(f, judged, { step: place.step, fresh: place.to !== undefined, now }),
  };
  const settings = await deps.settings();
  const property = propertyOf(next, { app: offer.app.id, role: offer.role.id, state: 'waiting' });
  const asked: Step = {
    event: 'stage.asked',
    actor: { type: 'app' },
    facts: {
      digest: pin.digest,
      round: pin.round,
      stage: pin.stages[judged.stage]?.id ?? null,
      why: judged.kind,
      approvers: pin.stages[judged.stage]?.approvers.map((a) => a.accountId) ?? [],
    },
    tell: {
      ...stageAsked(next, await namesOf(deps, next), f.refusal ?? judged.kind),
      ...(place.to === undefined ? { property } : { move: { toStatusIds: [place.to], property } }),
    },
  };
  const done = await record(
    deps.store,
    issue.id,
    [...before, asked],
    [
      put(requests, next, held.rev),
      ...openTasks(next, { policy: offer.site, zone: settings.timeZone, now }, held.value),
    ],
    circumstances(deps),
  );
  if (!done.done) return overtaken;
  await deliverFresh(deps, done.entries, issue);
  return { kind: 'done', what: judged.kind === 'next' ? 'the next stage is asked' : 'more asked' };
}

/** Others moved the request on: what was decided before stays, and the people whose turn it is are asked again. */
export const asksStageAgain = (request: AccessRequest, { check }: GateRefusal): boolean =>
  request.stage > 0 && UNANSWERED.includes(check) && (request.turn?.tries ?? 0) < MOST_ROUNDS - 1;

const refusedStep = ({ held, refusal }: Following): Step => ({
  event: 'gate.refused',
  actor: { type: 'app' },
  facts: {
    check: refusal?.check ?? null,
    round: held.value.round,
    stage: held.value.stage,
    ...refusal?.facts,
  },
});

interface Place {
  readonly step: number;
  /** Status to go back to; absent where the request stays. */
  readonly to?: string;
  /** Whether Jira has a field to set. */
  readonly field: boolean;
}

async function placeOf(deps: Deps, f: Following, judged: Asks): Promise<Place | undefined> {
  const { issue, binding, held } = f;
  if (binding.approval === 'app') return { step: 0, field: false };
  const statuses = approvalStatuses(binding);
  const at = stepAt(binding, issue.status.id);
  if (at !== undefined && at < statuses.length) return { step: at, field: true };
  const step = waysBack(binding, held.value.pin, judged.stage).find((n) =>
    issue.transitions.some((t) => t.toStatusId === statuses[n]),
  );
  if (binding.wayBack !== (step !== undefined))
    await noteWayBack(deps, binding.id, step !== undefined);
  const to = step === undefined ? undefined : statuses[step];
  return step === undefined || to === undefined ? undefined : { step, to, field: true };
}

/**
 * Going back opens a new approval: whatever stands there counts for nothing. Where Jira went on by itself
 * the people of its next step may have answered before the app had seen it: only what was used is out.
 */
function turnOf(
  { held, issue, approvals, refusal }: Following,
  { decisions }: Asks,
  { step, fresh, now }: { step: number; fresh: boolean; now: string },
): Turn {
  const { pin, turn } = held.value;
  const before = turn?.approvalsBefore ?? pin.approvalsBefore;
  const used = new Set(decisions.flatMap((d) => d.approvalId ?? []));
  const seen = approvals.filter((a) => fresh || used.has(a.id));
  return {
    at: now,
    lastChange: newestChange(issue),
    approvalsBefore: [
      ...before.filter((old) => !seen.some((a) => a.id === old.id)),
      ...seen.map((a) => ({
        id: a.id,
        answered: a.answers
          .filter((x) => fresh || x.decision !== 'pending')
          .map((x) => x.accountId),
      })),
    ],
    decided: (turn?.decided ?? 0) + decisions.length,
    ...(refusal && { tries: (turn?.tries ?? 0) + 1 }),
    step,
  };
}

async function namesOf(deps: Deps, { pin, stage }: AccessRequest) {
  const ids = pin?.stages[stage]?.approvers.map((a) => a.accountId) ?? [];
  const read = ids.length === 0 ? undefined : await deps.jira.accounts(ids);
  const accounts = read?.ok ? read.value : [];
  return (id: string) => accounts.find((a) => a.accountId === id)?.displayName;
}

function failed(
  deps: Deps,
  f: Following,
  pinned: ReturnType<typeof outside>,
): Promise<Next> | Next {
  if (pinned.kind === 'attention')
    return attention(deps, { ...f, resumed: false }, [], pinned.refusal);
  if (pinned.kind !== 'retry') return overtaken;
  const { failure } = pinned;
  return { kind: 'later', seconds: failure.retryAfter ?? 30, why: failure.code, failure };
}
