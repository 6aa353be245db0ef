/**
 * Ends a grant whose record this version of the app cannot read: written by a newer version that
 * was taken back, or damaged. Fail closed to grant, keep going to revoke: person, groups and end are
 * enough to take away what the holds say is ours.
 *
 * The record itself is left as it is, for people to look at; its timer stays until every membership
 * is proven gone, so the sweep brings it back for ever.
 */
import * as z from 'zod/mini';
import { connections } from '../catalog/store';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, plusSeconds } from '../shared/instant';
import { load, put, type UnreadableRecord } from '../shared/record';
import { dropTimer, setTimer, type Timer } from '../shared/timer';
import { type Hold, holdKey, leave } from './model/hold';
import { holds, putHold } from './store';

const remainsSchema = z.object({
  id: z.string(),
  issueId: z.string(),
  connectionId: z.string(),
  tenant: z.string(),
  personId: z.string(),
  endsAt: z.nullable(z.string()),
  edges: z.array(z.object({ groupId: z.string() })),
});

const AGAIN_SECONDS = 300;

export async function salvage(
  deps: Deps,
  unreadable: UnreadableRecord,
  due: Pick<Timer, 'objectId' | 'what'>,
): Promise<Next> {
  deps.log.error('grant.unreadable', unreadable, { grant: due.objectId });
  const remains = remainsSchema.safeParse(unreadable.row.body);
  if (!remains.success) return { kind: 'done', what: 'unreadable, and no person and groups in it' };
  const { id, issueId, connectionId, tenant, personId, endsAt, edges } = remains.data;
  const now = deps.now();
  if (due.what === 'end' && (endsAt === null || endsAt > now)) {
    return { kind: 'done', what: 'unreadable, not due yet' };
  }
  const connection = (await load(deps.store, connections, `connection:${connectionId}`))?.value;
  if (!connection || connection.tenant !== tenant) {
    return { kind: 'done', what: 'unreadable, and its connection is gone' };
  }
  const opened = await deps.directory(connection);
  if (!opened.ok) return waits(deps, due, opened.error.code);
  const left: string[] = [];
  for (const { groupId } of edges) {
    const key = holdKey({ connectionId, groupId, personId });
    const held = await load(deps.store, holds, key);
    const step = leave(held?.value, id, now);
    if (step.hold && held) {
      if ((await deps.store.transact([putHold(step.hold, held.rev)])) === 'conflict') {
        return waits(deps, due, 'changed meanwhile');
      }
    }
    if (step.do === 'leave') continue;
    const membership = { group: groupId, person: personId };
    const asked = await opened.value.ensureNotMember(membership);
    const seen = asked.ok ? await opened.value.isMember(membership) : asked;
    if (!seen.ok || seen.value) left.push(groupId);
    else await free(deps, step.hold, (held?.rev ?? 0) + 1);
  }
  if (left.length > 0) return waits(deps, due, `${left.length} memberships are not gone yet`);
  const done = await record(
    deps.store,
    issueId,
    [
      {
        event: 'grant.revoked',
        actor: { type: 'app' },
        facts: { grantId: id, person: `${connectionId}:${personId}`, because: 'record-unreadable' },
        tell: {
          public: {
            headline: 'Access ended',
            lines: ['Its time is over, and the membership was removed.'],
          },
          internal: {
            headline: 'Ended from what was left of its record',
            lines: [
              'This version of the app cannot read the record of this access; IT looks at it.',
            ],
          },
        },
      },
    ],
    [
      dropTimer({ kind: 'grant', objectId: id, what: 'end' }),
      dropTimer({ kind: 'grant', objectId: id, what: 'revoke' }),
    ],
    circumstances(deps),
  );
  if (done.done) await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'ended although unreadable' };
}

async function free(deps: Deps, hold: Hold, rev: number): Promise<void> {
  const { op: _, ...rest } = hold;
  await deps.store.transact([
    rest.holders.length === 0 ? putHold(rest, rev) : put(holds, rest, rev),
  ]);
}

async function waits(
  deps: Deps,
  due: Pick<Timer, 'objectId' | 'what'>,
  why: string,
): Promise<Next> {
  const at = plusSeconds(deps.now(), AGAIN_SECONDS) as Instant;
  await deps.store.transact([
    setTimer({ kind: 'grant', objectId: due.objectId, what: 'revoke', at, privileged: true }),
  ]);
  return { kind: 'done', what: `unreadable, tried again: ${why}` };
}
