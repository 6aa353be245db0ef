/**
 * Somebody takes a request back. Before the first change in a directory nothing is ever changed;
 * after it, everything that was done is undone (`grants/revoke.ts`).
 */
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import { decide } from '../grants/model/grant';
import { endGrant } from '../grants/revoke';
import { grants } from '../grants/store';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type AccessRequest, isOver, move } from '../requests/model/request';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';

export async function withdraw(deps: Deps, held: Held<AccessRequest>, by: string): Promise<Next> {
  const request = held.value;
  if (isOver(request)) return { kind: 'done', what: request.state };
  const grant =
    request.grantId === undefined ? undefined : await load(deps.store, grants, request.grantId);
  const state = grant?.value.state;
  if (grant && (state === 'provisioning' || state === 'active')) {
    return endGrant(deps, grant.value.id, { because: 'withdrawn', by });
  }
  if (state === 'revoking' || state === 'stuck') return { kind: 'done', what: 'already ending' };
  const now = deps.now();
  const cancelled = grant && decide(grant.value, { type: 'cancel', now });
  const next = move(request, 'withdrawn', now);
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  const { withdrawn, declined, attention } = binding?.statuses ?? {};
  const to = [withdrawn, declined].filter((id) => id !== undefined);
  const property = propertyOf(next, {
    app: '',
    role: request.pin?.subject.roleId ?? '',
    state: 'withdrawn',
  });
  const step: Step = {
    event: 'request.withdrawn',
    actor: { type: 'person', accountId: by },
    facts: { round: request.round, grantId: request.grantId ?? null },
    tell: {
      public: {
        headline: 'Withdrawn',
        lines: [
          'Nothing was changed in any directory.',
          'You can ask again at any time from the portal.',
        ],
      },
      ...(to.length > 0
        ? {
            // No way leads there from a running approval; "needs attention" is the app's way out.
            move: { toStatusIds: to, ...(attention && { viaStatusId: attention }), property },
          }
        : { property }),
    },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [
      put(requests, next, held.rev),
      ...(grant && cancelled?.ok
        ? [
            put(grants, cancelled.value, grant.rev),
            dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'provision' }),
          ]
        : []),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'withdrawn' };
}
