/**
 * Looks again for memberships that the directory accepted but did not show: after 1, 5 and 15
 * minutes. Shown: verified. Never shown: said to IT; it is not added a second time, because by
 * then somebody may have removed it on purpose.
 */
import { connections } from '../catalog/store';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { factsOf, timer } from './facts';
import { decide, type Edge } from './model/grant';
import { openFor } from './open';
import { grants } from './store';
import { edgeLine, propertyOf } from './telling';

/** Seconds after the start at which to look. */
export const VERIFY_AFTER = [MINUTE, 5 * MINUTE, 15 * MINUTE];

export async function verify(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (held?.value.state !== 'active' || held.value.verified)
    return { kind: 'done', what: held?.value.state ?? 'no such grant' };
  const grant = held.value;
  const connection = await load(deps.store, connections, `connection:${grant.connectionId}`);
  const opened = await openFor(deps, grant, connection?.value);
  if (!opened.ok)
    return {
      kind: 'later',
      seconds: opened.error.class === 'retryable' ? (opened.error.retryAfter ?? 60) : 15 * MINUTE,
      why: opened.error.code,
      failure: opened.error,
    };
  const now = deps.now();
  const edges: Edge[] = [];
  for (const edge of grant.edges) {
    if (edge.verifiedAt !== undefined) {
      edges.push(edge);
      continue;
    }
    const seen = await opened.value.isMember({ group: edge.groupId, person: grant.personId });
    if (!seen.ok && seen.error.class === 'retryable')
      return {
        kind: 'later',
        seconds: seen.error.retryAfter ?? 60,
        why: seen.error.code,
        failure: seen.error,
      };
    edges.push(seen.ok && seen.value ? { ...edge, verifiedAt: now } : edge);
  }
  const mine = { kind: 'grant', objectId: grant.id, what: 'verify' } as const;
  if (edges.every((e) => e.verifiedAt !== undefined)) {
    const verified = decide(grant, { type: 'verify', edges, now });
    if (!verified.ok) return { kind: 'done', what: verified.error.state };
    const done = await record(
      deps.store,
      grant.issueId,
      [
        {
          event: 'grant.verified',
          actor: { type: 'app' },
          facts: factsOf(verified.value),
          tell: { property: propertyOf(verified.value) },
        },
      ],
      [put(grants, verified.value, held.rev), dropTimer(mine)],
      circumstances(deps),
    );
    if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
    await deliverFresh(deps, done.entries);
    return { kind: 'done', what: 'verified' };
  }
  const age = secondsBetween((grant.startedAt ?? grant.changedAt) as Instant, now);
  const next = VERIFY_AFTER.find((after) => after > age);
  const after = { ...grant, edges };
  if (next !== undefined) {
    const at = plusSeconds((grant.startedAt ?? grant.changedAt) as Instant, next);
    await deps.store.transact([put(grants, after, held.rev), timer(grant, 'verify', at)]);
    return { kind: 'done', what: 'not visible yet' };
  }
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.unverified',
        actor: { type: 'app' },
        facts: factsOf(after),
        tell: {
          internal: {
            headline: 'The directory accepted this access but does not show it after 15 minutes',
            lines: [
              'IT looks at the groups in the directory. The app does not add it a second time; it still ends at its end.',
            ],
            items: edges.map(edgeLine),
          },
        },
      },
    ],
    [put(grants, after, held.rev), dropTimer(mine)],
    circumstances(deps),
  );
  if (done.done) await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'never visible' };
}
