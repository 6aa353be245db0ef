/**
 * Ends a grant whose record this version of the app cannot read: written by a newer version that
 * was taken back, or damaged. Fail closed to grant, keep going to revoke: person, groups and end are
 * enough to take away what the holds say is ours.
 *
 * The record itself is left as it is, for people to look at; its timer stays until every membership
 * is proven gone, so the sweep brings it back for ever.
 */
import type { Directory } from '../directories/directory';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, plusSeconds } from '../shared/instant';
import type { UnreadableRecord } from '../shared/record';
import { dropTimer, setTimer, type Timer } from '../shared/timer';
import { holdKey, leave } from './model/hold';
import { openFor } from './open';
import { connectionLeft, type GrantLeft, grantLeft, headLeft, holdLeft } from './remains';
import { factsOfSignOut } from './sign-out';
import { putHold } from './store';

const AGAIN_SECONDS = 300;

export async function salvage(
  deps: Deps,
  unreadable: UnreadableRecord,
  due: Pick<Timer, 'objectId' | 'what'>,
): Promise<Next> {
  deps.log.error('grant.unreadable', unreadable, { grant: due.objectId });
  const left = grantLeft.safeParse(unreadable.row.body);
  if (!left.success) return { kind: 'done', what: 'unreadable, and no person and groups in it' };
  const { id, issueId, connectionId, personId, endsAt, edges } = left.data;
  if (due.what === 'end' && (endsAt === null || endsAt > deps.now())) {
    return { kind: 'done', what: 'unreadable, not due yet' };
  }
  const [connectionRow, headRow] = await deps.store.getMany([
    { entity: 'config', key: `connection:${connectionId}` },
    { entity: 'chain', key: issueId },
  ]);
  const opened = await openFor(deps, left.data, connectionLeft(connectionRow));
  if (!opened.ok) return waits(deps, due, opened.error.detail);
  let standing = 0;
  for (const { groupId } of edges) {
    if (!(await isOut(deps, opened.value, left.data, groupId))) standing++;
  }
  if (standing > 0) return waits(deps, due, `${standing} memberships are not gone yet`);
  // Asked for in whatever way a newer version writes it. Signing out once too often harms nobody.
  const signedOut = left.data.endSessions ? await opened.value.endSessions(personId) : undefined;
  const done = await record(
    deps.store,
    issueId,
    [
      {
        event: 'grant.revoked',
        actor: { type: 'app' },
        facts: {
          grantId: id,
          person: `${connectionId}:${personId}`,
          because: 'record-unreadable',
          ...(signedOut && { sessions: factsOfSignOut(signedOut) }),
        },
        tell: signedOut && !signedOut.ok ? NOT_SIGNED_OUT : ENDED,
      },
    ],
    [
      dropTimer({ kind: 'grant', objectId: id, what: 'end' }),
      dropTimer({ kind: 'grant', objectId: id, what: 'revoke' }),
    ],
    circumstances(deps),
    await headLeft(deps, issueId, headRow),
  );
  if (done.done) await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'ended although unreadable' };
}

const ENDED = {
  public: {
    headline: 'Access ended',
    lines: ['Its time is over, and what the app had added for it was removed.'],
  },
  internal: {
    headline: 'Ended from what was left of its record',
    lines: ['This version of the app cannot read the record of this access; IT looks at it.'],
  },
};

const NOT_SIGNED_OUT = {
  ...ENDED,
  internal: {
    ...ENDED.internal,
    lines: [
      ...ENDED.internal.lines,
      'The person could not be signed out of the directory; IT ends their sessions there.',
    ],
  },
};

/** Whether this grant no longer keeps the person in that group. One group never waits for another. */
async function isOut(
  deps: Deps,
  directory: Directory,
  { id, connectionId, personId }: GrantLeft,
  groupId: string,
): Promise<boolean> {
  const key = holdKey({ connectionId, groupId, personId });
  const found = holdLeft(await deps.store.get('hold', key));
  if (found === 'unreadable') return false;
  const step = leave(found?.value, id, deps.now());
  if (step.hold && found) {
    if ((await deps.store.transact([putHold(step.hold, found.rev)])) === 'conflict') return false;
  }
  if (step.do === 'leave') return true;
  const membership = { group: groupId, person: personId };
  const asked = await directory.ensureNotMember(membership);
  const seen = asked.ok ? await directory.isMember(membership) : asked;
  if (!seen.ok || seen.value) return false;
  const { op: _, ...rest } = step.hold;
  await deps.store.transact([putHold(rest, (found?.rev ?? 0) + 1)]);
  return true;
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
