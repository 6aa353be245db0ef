/**
 * Stops what has changed nothing in a directory yet: an open request, with the grant that waits for its
 * start or for a person. What has begun is ended by `revoke.ts`.
 */
import { closeTasks } from '../approvals/tasks';
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import { isOver, move } from '../requests/model/request';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { wayOut } from '../requests/way-out';
import { load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { decide } from './model/grant';
import { grants } from './store';

export interface Stopping {
  readonly by: string;
  /** Read on the issue by the service team only: it may say more than the requester should know. */
  readonly reason: string;
  /** By which right, in which run. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** `begun`: its grant may have a membership, so it has to be ended instead. */
export type StoppedRequest = 'stopped' | 'over' | 'begun' | 'busy';

const TRIES = 4;

export async function stopRequest(
  deps: Deps,
  issueId: string,
  stopping: Stopping,
): Promise<StoppedRequest> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stopped = await once(deps, issueId, stopping);
    if (stopped !== 'busy') return stopped;
  }
  return 'busy';
}

async function once(
  deps: Deps,
  issueId: string,
  { by, reason, facts }: Stopping,
): Promise<StoppedRequest> {
  const held = await load(deps.store, requests, issueId);
  if (!held || isOver(held.value)) return 'over';
  const { value: request } = held;
  const grant =
    request.grantId === undefined ? undefined : await load(deps.store, grants, request.grantId);
  const now = deps.now();
  const cancelled = grant && decide(grant.value, { type: 'cancel', now });
  if (grant && cancelled && !cancelled.ok) {
    const over = grant.value.state === 'revoked' || grant.value.state === 'cancelled';
    if (!over) return 'begun';
  }
  if (request.state === 'granted') return 'over';
  const next = move(request, 'declined', now);
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  const role = request.pin?.subject.roleId ?? '';
  const property = propertyOf(next, { app: role.split('.')[0] ?? '', role, state: 'declined' });
  const step: Step = {
    event: 'request.stopped',
    actor: { type: 'person', accountId: by },
    facts: { ...facts, round: request.round, grantId: request.grantId ?? null },
    tell: {
      public: {
        headline: 'Stopped',
        lines: [
          'IT stopped this request. Nothing was changed in any directory.',
          'Please talk to IT here if you have questions.',
        ],
      },
      internal: { headline: `Stopped by account ${by}`, lines: [reason] },
      ...wayOut(binding?.statuses, ['declined', 'withdrawn'], property),
    },
  };
  const done = await record(
    deps.store,
    issueId,
    [step],
    [
      put(requests, next, held.rev),
      ...(grant && cancelled?.ok
        ? [
            put(grants, cancelled.value, grant.rev),
            dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'provision' }),
          ]
        : []),
      ...closeTasks(request),
    ],
    circumstances(deps),
  );
  if (!done.done) return 'busy';
  await deliverFresh(deps, done.entries);
  return 'stopped';
}
