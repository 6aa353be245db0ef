/**
 * The issue of a request is not to be found: deleted, hidden from the app for a while, or Jira had a
 * bad moment; its answer is the same. An open request ends when the deletion was announced, or when
 * the issue is still missing an hour later. Nothing is granted meanwhile, because the gate reads the
 * issue. A grant goes on either way.
 */
import { closeTasks } from '../approvals/tasks';
import { record, type Step } from '../evidence/record';
import { HOUR, type Instant, secondsBetween } from '../shared/instant';
import { type Held, put } from '../shared/record';
import { circumstances, type Deps } from './deps';
import { type AccessRequest, isOver, move } from './model/request';
import { requests } from './store';

export type Gone = 'known' | 'ended' | 'look-again' | 'conflict';

export async function missing(
  deps: Deps,
  held: Held<AccessRequest> | undefined,
  deleted: boolean,
): Promise<Gone> {
  if (!held || held.value.issueGone || isOver(held.value)) return 'known';
  const now = deps.now();
  const since = held.value.missingSince;
  if (!deleted && since === undefined) {
    const noted = put(requests, { ...held.value, missingSince: now }, held.rev);
    return (await deps.store.transact([noted])) === 'done' ? 'look-again' : 'conflict';
  }
  if (!deleted && secondsBetween(since as Instant, now) < HOUR) return 'look-again';
  const granted = held.value.state === 'granted' || held.value.grantId !== undefined;
  const marked: AccessRequest = { ...held.value, issueGone: true };
  const step: Step = {
    event: 'request.issue-gone',
    actor: { type: 'app' },
    facts: { grantId: held.value.grantId ?? null, deleted, missingSince: since ?? now },
  };
  const done = await record(
    deps.store,
    held.value.issueId,
    [step],
    [
      put(requests, granted ? marked : move(marked, 'withdrawn', now), held.rev),
      ...(held.value.state === 'waiting' ? closeTasks(held.value) : []),
    ],
    circumstances(deps),
  );
  return done.done ? 'ended' : 'conflict';
}

/** It was there all the time: a later absence counts from its own beginning. */
export async function backAgain(
  deps: Deps,
  held: Held<AccessRequest>,
): Promise<Held<AccessRequest> | undefined> {
  const { missingSince, ...value } = held.value;
  if (missingSince === undefined) return held;
  const cleared = await deps.store.transact([put(requests, value, held.rev)]);
  return cleared === 'done' ? { value, rev: held.rev + 1 } : undefined;
}
