/** What waits for one person's decision, the soonest to lapse first. */
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { decode, find } from '../shared/record';
import { type Task, taskKey, tasks } from './task-record';
import { stageOf } from './tasks';

const PAGE = 50;
/** Keys of one strictly consistent read. */
const BATCH = 25;

export interface OpenDecision {
  readonly issueId: string;
  readonly issueKey: string;
  readonly roleId: string;
  readonly beneficiary: string;
  readonly openedAt: string;
  readonly dueAt: string;
  /** Whom they decide instead of. */
  readonly insteadOf?: string;
}

export async function myOpenDecisions(
  deps: Pick<Deps, 'store' | 'log'>,
  accountId: string,
  cursor?: string,
): Promise<Answer<{ items: OpenDecision[]; cursor?: string }>> {
  const page = await find(deps.store, tasks, {
    index: 'by-approver',
    partition: [accountId, 'yes'],
    sort: 'ascending',
    limit: PAGE,
    ...(cursor !== undefined && { cursor }),
  });
  const items: OpenDecision[] = [];
  const stale: Task[] = [];
  for (let i = 0; i < page.found.length; i += BATCH) {
    const some = page.found.slice(i, i + BATCH).map(({ value }) => value);
    const rows = await deps.store.getMany(
      some.map(({ issueId }) => ({ entity: 'request', key: issueId })),
    );
    some.forEach((task, n) => {
      const row = rows[n];
      const request = row && decode(requests, task.issueId, row).value;
      const theirs =
        request?.state === 'waiting' &&
        request.round === task.round &&
        stageOf(request)?.id === task.stage;
      if (theirs) items.push(shown(task));
      else stale.push(task);
    });
  }
  await sweepAway(deps, stale);
  const next = page.cursor === undefined ? {} : { cursor: page.cursor };
  return { ok: true, value: { items, ...next } };
}

/** Left over from a stage with more people than one transaction takes. */
export async function sweepAway(
  deps: Pick<Deps, 'store'>,
  stale: readonly Pick<Task, 'issueId' | 'round' | 'stage' | 'accountId'>[],
): Promise<void> {
  for (let i = 0; i < stale.length; i += BATCH) {
    await deps.store.transact(
      stale
        .slice(i, i + BATCH)
        .map((task) => ({ op: 'remove', entity: 'task', key: taskKey(task), ifRev: 'any' })),
    );
  }
}

const shown = ({
  issueId,
  issueKey,
  roleId,
  beneficiary,
  openedAt,
  dueAt,
  insteadOf,
}: Task): OpenDecision => ({
  issueId,
  issueKey,
  roleId,
  beneficiary,
  openedAt,
  dueAt,
  ...(insteadOf !== undefined && { insteadOf }),
});
