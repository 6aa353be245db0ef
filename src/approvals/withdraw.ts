/**
 * Somebody takes a request back. Before the first change in a directory nothing is ever changed;
 * after it, everything that was done is undone (`grants/revoke.ts`).
 */
import { deliverFresh } from '../evidence/deliver';
import { record, type Step } from '../evidence/record';
import { decide } from '../grants/model/grant';
import { endGrant } from '../grants/revoke';
import { grants } from '../grants/store';
import type { Closed } from '../requests/closed';
import { circumstances, type Deps } from '../requests/deps';
import { type Next, OVERTAKEN } from '../requests/intake';
import { type AccessRequest, isOver, move } from '../requests/model/request';
import { requests } from '../requests/store';
import { propertyOf } from '../requests/telling';
import { wayOut } from '../requests/way-out';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { reasonGiven } from './model/reason';
import { closeTasks } from './tasks';

/** Somebody else writes at the same moment: reading again settles it, and a few times is plenty. */
const TRIES = 5;

/** `how`: what the request becomes. `by`: absent when Jira does not say who closed the issue. */
export async function takeBackRequest(
  deps: Deps,
  issueId: string,
  by: string | undefined,
  how: Closed = 'withdrawn',
  why?: string,
): Promise<Next> {
  for (let attempt = 1; ; attempt++) {
    const held = await load(deps.store, requests, issueId);
    if (!held) return { kind: 'done', what: 'no such request' };
    const next = await withdraw(deps, held, by, how, why);
    const overtaken = next.kind === 'later' && next.why === OVERTAKEN;
    if (!overtaken || attempt === TRIES) return next;
  }
}

async function withdraw(
  deps: Deps,
  held: Held<AccessRequest>,
  by: string | undefined,
  how: Closed,
  why: string | undefined,
): Promise<Next> {
  const request = held.value;
  if (isOver(request)) return { kind: 'done', what: request.state };
  const grant =
    request.grantId === undefined ? undefined : await load(deps.store, grants, request.grantId);
  const state = grant?.value.state;
  if (grant && (state === 'provisioning' || state === 'active')) {
    return endGrant(deps, grant.value.id, {
      because: 'withdrawn',
      ...(by !== undefined && { by }),
    });
  }
  if (state === 'revoking' || state === 'stuck') return { kind: 'done', what: 'already ending' };
  const now = deps.now();
  const cancelled = grant && decide(grant.value, { type: 'cancel', now });
  const next = move(request, how, now);
  const binding = (await deps.settings()).bindings.find((b) => b.id === request.bindingId);
  const property = propertyOf(next, {
    app: '',
    role: request.pin?.subject.roleId ?? '',
    state: how,
  });
  const step: Step = {
    event: how === 'declined' ? 'request.declined' : 'request.withdrawn',
    actor: by === undefined ? { type: 'app' } : { type: 'person', accountId: by },
    facts: { round: request.round, grantId: request.grantId ?? null },
    tell: {
      public: {
        headline: how === 'declined' ? 'Declined' : 'Withdrawn',
        lines: [
          ...(how === 'declined' ? reasonGiven(request) : []),
          ...(why === undefined ? [] : [why]),
          'Nothing was changed in any directory.',
          'You can ask again at any time from the portal.',
        ],
      },
      ...wayOut(
        binding?.statuses,
        how === 'declined' ? ['declined', 'withdrawn'] : ['withdrawn', 'declined'],
        property,
      ),
    },
  };
  const done = await record(
    deps.store,
    request.issueId,
    [step],
    [
      put(requests, next, held.rev),
      ...(request.state === 'waiting' ? closeTasks(request) : []),
      ...(grant && cancelled?.ok
        ? [
            put(grants, cancelled.value, grant.rev),
            dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'provision' }),
          ]
        : []),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: OVERTAKEN };
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: how };
}
