/** Stops a grant that has changed nothing yet, because a person must put something right first. */
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import type { Issue } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type AccessRequest, move } from '../requests/model/request';
import { requests } from '../requests/store';
import type { Instant } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { factsOf, statusesOf } from './facts';
import { type Ask, decide, type Grant } from './model/grant';
import { grants } from './store';
import { blocked, propertyOf } from './telling';

export async function block(deps: Deps, held: Held<Grant>, ask: Ask, issue?: Issue): Promise<Next> {
  const now = deps.now();
  const after = decide(held.value, { type: 'block', ask, now });
  if (!after.ok) return { kind: 'done', what: after.error.state };
  const request = await load(deps.store, requests, held.value.issueId);
  const to = statusesOf(await deps.settings(), held.value)?.attention;
  const property = propertyOf(after.value);
  const done = await record(
    deps.store,
    held.value.issueId,
    [
      {
        event: 'grant.blocked',
        actor: { type: 'app' },
        facts: { ...factsOf(after.value), check: ask.check },
        tell: {
          ...blocked(after.value, ask),
          ...(to ? { move: { toStatusIds: [to], property } } : { property }),
        },
      },
    ],
    [
      put(grants, after.value, held.rev),
      ...(request
        ? [put(requests, requestAfter(request.value, after.value, now), request.rev)]
        : []),
      dropTimer({ kind: 'grant', objectId: held.value.id, what: 'provision' }),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries, issue);
  return { kind: 'done', what: 'blocked' };
}

/** What the request becomes when its grant is over or waits for a person. */
export function requestAfter(request: AccessRequest, grant: Grant, now: Instant): AccessRequest {
  if (grant.state === 'blocked') {
    const { detail, ...refusal } = grant.ask;
    return {
      ...move(request, 'attention', now),
      refusal: { ...refusal, ...(detail !== undefined && { facts: { detail } }) },
    };
  }
  if (request.state === 'granted') return move(request, 'ended', now);
  return request.state === 'approved' || request.state === 'attention'
    ? move(request, 'withdrawn', now)
    : request;
}
