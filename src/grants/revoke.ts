/**
 * What happens when a grant ends, for whatever reason: its time, a withdrawal, a roll-back, a person.
 *
 * 1. intent: the grant is `revoking`, each hold drops this holder; the last holder of a membership
 *    that we made marks its removal, in one transaction;
 * 2. each marked membership is removed and its absence read back; within ten minutes of our own add
 *    that takes two absent reads a minute apart, because directories answer from lagging copies;
 * 3. all gone: `revoked` (a roll-back becomes `blocked` and asks a person), told on the issue;
 *    not yet: a timer brings it back, for ever. After five minutes, or at once when the directory
 *    refuses, it is also shown as `stuck`. Nothing here looks at licences, policy or approvals.
 */
import type { SiteSettings } from '../catalog/model/settings';
import { spentKey } from '../catalog/spent';
import type { Directory } from '../directories/directory';
import { deliverFresh } from '../evidence/deliver';
import type { Head } from '../evidence/model/chain';
import { record, type Step } from '../evidence/record';
import type { Row } from '../forge/ports';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import type { Failure, Result } from '../shared/result';
import { dropTimer } from '../shared/timer';
import { requestAfter } from './block';
import type { Ending } from './ending';
import { askFor, factsOf, holdKeysOf, statusesOf, timer } from './facts';
import { tellMayReturn } from './may-return';
import { type Ask, decide, type Edge, type Grant } from './model/grant';
import { type Hold, leave } from './model/hold';
import { openFor } from './open';
import { connectionLeft, headLeft, holdLeft, settingsLeft } from './remains';
import { removeOne } from './remove';
import { factsOfSignOut, type SignedOut, signOut, signsOut } from './sign-out';
import { grants, putHold } from './store';
import { blocked, ended, propertyOf, stuck } from './telling';

const STUCK_AFTER = 5 * MINUTE;
export const RETRY_AFTER = 5 * MINUTE;
/** So many holds fit into one transaction beside everything else that a finished grant writes. */
export const MOST_HOLDS = 10;

/** Without `ending`: goes on with one that has begun. */
export async function endGrant(
  deps: Deps,
  grantId: string,
  ending?: Ending,
  known?: Held<Grant>,
): Promise<Next> {
  const held = known ?? (await load(deps.store, grants, grantId));
  if (!held) return { kind: 'done', what: 'no such grant' };
  if (held.value.manual) return (await import('./manual-end')).endByHand(deps, held, ending);
  const begun = ending
    ? decide(held.value, { type: 'end', ...ending, now: deps.now() })
    : undefined;
  const wanted = begun?.ok ? begun.value : held.value;
  if (wanted.state !== 'revoking' && wanted.state !== 'stuck')
    return { kind: 'done', what: wanted.state };
  const keys = holdKeysOf(wanted);
  const rows = await deps.store.getMany([
    { entity: 'config', key: 'settings:site' },
    { entity: 'config', key: `connection:${wanted.connectionId}` },
    { entity: 'chain', key: wanted.issueId },
    { entity: 'request', key: wanted.issueId },
    { entity: 'config', key: spentKey(wanted.connectionId) },
    ...keys.map((key) => ({ entity: 'hold' as const, key })),
  ]);
  const [settingsRow, connectionRow, headRow, requestRow, spentRow] = rows;
  deps.knowSpent(wanted.connectionId, spentRow);
  const settings = settingsLeft(deps, settingsRow);
  const now = deps.now();
  const found = rows.slice(5).map(holdLeft);
  const leaves = wanted.edges.map((edge, i) => plan(edge, found[i], wanted.id, now));
  const grant: Ended = { ...wanted, edges: leaves.map((l) => l.edge) };
  const head = await headLeft(deps, grant.issueId, headRow);
  const begin: Step[] = begun?.ok
    ? [
        {
          event: 'grant.ending',
          actor: ending?.by ? { type: 'person', accountId: ending.by } : { type: 'app' },
          facts: { ...ending?.facts, because: grant.because, ...factsOf(grant) },
          ...(ending?.handOver && ending.tell && { tell: ending.tell }),
        },
      ]
    : [];
  const intent = await record(
    deps.store,
    grant.issueId,
    begin,
    [
      put(grants, grant, held.rev),
      ...leaves.flatMap((l) => (l.hold ? [putHold(l.hold.value, l.hold.rev)] : [])),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'end' }),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'roll-back' }),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'warn' }),
      timer(grant, 'revoke', plusSeconds(now, RETRY_AFTER)),
    ],
    circumstances(deps),
    head,
  );
  if (!intent.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  if (ending?.handOver) {
    const due = [{ kind: 'grant', objectId: grant.id, what: 'revoke' }];
    await deps.queues.push('revoke', [{ body: { kind: 'due', due } }]);
    await deliverFresh(deps, intent.entries);
    return { kind: 'done', what: 'handed over' };
  }
  const run: Run = {
    deps,
    grant: { value: grant, rev: held.rev + 1 },
    head: intent.head,
    settings,
    request: readable(requestRow),
    marked: leaves.map(({ hold }) =>
      hold?.value.op?.kind === 'remove' ? { hold: hold.value, rev: hold.rev + 1 } : undefined,
    ),
  };
  // An earlier run may have removed what asks for the sign-out, and died before it.
  const removed =
    run.marked.some((m) => m !== undefined) || signsOut(grant)
      ? await removeAll(run, await openFor(deps, grant, connectionLeft(connectionRow)))
      : { edges: grant.edges };
  return conclude(
    run,
    found.includes('unreadable') ? { ...removed, cause: HOLD_UNREADABLE } : removed,
  );
}

const HOLD_UNREADABLE: Ask = {
  check: 'hold-readable',
  sentence:
    'What the app noted about one of its memberships cannot be read, so nobody can say whose it is, and it stays.',
  nextStep:
    'IT looks at the groups in the directory and brings the app to its newest version; the app tries again every five minutes.',
};

/** A request that cannot be read must not keep an access from ending. */
function readable(row: Row | undefined): Held<AccessRequest> | undefined {
  const parsed = row && requests.schema.safeParse(row.body);
  return row && parsed?.success ? { value: parsed.data, rev: row.rev } : undefined;
}

type Ended = Extract<Grant, { state: 'revoking' | 'stuck' }>;
interface Run {
  readonly deps: Deps;
  readonly grant: Held<Ended>;
  readonly head: Held<Head>;
  readonly settings: SiteSettings | undefined;
  readonly request: Held<AccessRequest> | undefined;
  readonly marked: readonly ({ hold: Hold; rev: number } | undefined)[];
}
interface Removed {
  readonly edges: readonly Edge[];
  readonly failure?: Failure;
  /** Accepted, but absence is not proven yet: seconds until the next look. */
  readonly wait?: number;
  /** Something other than the directory's answer stands in the way. */
  readonly cause?: Ask;
  readonly directory?: Directory;
}

function plan(
  edge: Edge,
  found: ReturnType<typeof holdLeft>,
  grantId: string,
  now: Instant,
): { edge: Edge; hold?: Held<Hold> } {
  if (edge.state === 'gone' || edge.state === 'left') return { edge };
  // From here on `verifiedAt` is when the absence was first seen, no longer the presence.
  const { verifiedAt: _, ...begun } = edge;
  const removing: Edge = edge.state === 'removing' ? edge : { ...begun, state: 'removing' };
  if (found === 'unreadable') return { edge: removing };
  const l = leave(found?.value, grantId, now);
  const rev = found?.rev ?? 0;
  if (l.do === 'remove') return { edge: removing, hold: { value: l.hold, rev } };
  return {
    edge: { ...edge, state: 'left', why: l.why },
    ...(l.hold && l.why !== 'not-held' && { hold: { value: l.hold, rev } }),
  };
}

/** Each membership on its own: one that the directory refuses does not keep the others. */
async function removeAll(run: Run, opened: Result<Directory, Failure>): Promise<Removed> {
  if (!opened.ok) return { edges: run.grant.value.edges, failure: opened.error };
  const directory = opened.value;
  const edges: Edge[] = [];
  let failure: Failure | undefined;
  let wait: number | undefined;
  for (const [i, edge] of run.grant.value.edges.entries()) {
    const hold = run.marked[i]?.hold;
    if (!hold) {
      edges.push(edge);
      continue;
    }
    const one = await removeOne(
      { directory, now: run.deps.now, person: run.grant.value.personId },
      edge,
      hold,
    );
    edges.push(one.edge);
    failure ??= one.failure;
    if (one.wait !== undefined) wait = Math.max(wait ?? 0, one.wait);
  }
  return { edges, directory, ...(failure && { failure }), ...(wait !== undefined && { wait }) };
}

async function conclude(run: Run, removed: Removed): Promise<Next> {
  const { deps, grant } = run;
  const open = removed.edges.some((e) => e.state === 'removing');
  if (!open) return finished(run, removed.edges, await signOut(grant.value, removed));
  const now = deps.now();
  const age = secondsBetween(grant.value.since as Instant, now);
  const { failure } = removed;
  const isStuck = grant.value.state === 'stuck';
  const refusedOutright = failure !== undefined && failure.class !== 'retryable';
  const hindered = removed.cause !== undefined && failure === undefined;
  if (!isStuck && (refusedOutright || hindered || age >= STUCK_AFTER)) return stick(run, removed);
  const seconds = failure ? Math.min(failure.retryAfter ?? 60, RETRY_AFTER) : (removed.wait ?? 60);
  const at = plusSeconds(now, isStuck ? RETRY_AFTER : seconds);
  const next: Grant = { ...grant.value, edges: [...removed.edges], changedAt: now };
  const writes = [
    put(grants, next, grant.rev),
    timer(next, 'revoke', at),
    ...goneHolds(run, removed.edges),
  ];
  const done = await record(deps.store, next.issueId, [], writes, circumstances(deps), run.head);
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  if (isStuck) return { kind: 'done', what: 'still stuck' };
  return {
    kind: 'later',
    seconds,
    why: failure?.code ?? 'absence is not proven yet',
    ...(failure && { failure }),
  };
}

/** A removal that is proven frees its hold at once, so that a waiting grant can go on. */
function goneHolds(run: Run, edges: readonly Edge[]) {
  const now = run.deps.now();
  return edges.flatMap((edge, i) => {
    const marked = run.marked[i];
    if (!marked || edge.state !== 'gone') return [];
    const { op: _, ...rest } = marked.hold;
    return [putHold({ ...rest, changedAt: now }, marked.rev)];
  });
}

async function finished(
  run: Run,
  edges: readonly Edge[],
  signedOut: SignedOut | undefined,
): Promise<Next> {
  const { deps, grant, request } = run;
  const now = deps.now();
  const done = decide(grant.value, { type: 'finish', edges, now });
  if (!done.ok) return { kind: 'done', what: done.error.state };
  const freed = goneHolds(run, edges);
  // With the largest roles all of it is more than one transaction takes. The holds may go first: what
  // is left of a grant whose groups are all gone is to conclude it.
  if (freed.length > MOST_HOLDS) {
    const next = { ...grant.value, edges: [...edges], changedAt: now };
    const first = await deps.store.transact([put(grants, next, grant.rev), ...freed]);
    if (first === 'conflict') return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
    const rest = { ...run, grant: { value: next, rev: grant.rev + 1 }, marked: [] };
    return finished(rest, edges, signedOut);
  }
  const after = done.value;
  const statuses = run.settings && statusesOf(run.settings, after);
  const property = propertyOf(after);
  const isBlocked = after.state === 'blocked';
  const tell = isBlocked
    ? blocked(after, after.ask)
    : ended({ ...after, because: grant.value.because }, signedOut);
  const to = isBlocked ? statuses?.attention : statuses?.ended;
  const lateness =
    grant.value.because === 'expired' && after.endsAt !== null
      ? Math.max(0, Math.round(secondsBetween(after.endsAt as Instant, now)))
      : undefined;
  const recorded = await record(
    deps.store,
    after.issueId,
    [
      {
        event: isBlocked ? 'grant.blocked' : 'grant.revoked',
        actor: { type: 'app' },
        facts: {
          ...factsOf(after),
          because: grant.value.because,
          ...(lateness !== undefined && { latenessSeconds: lateness }),
          ...(isBlocked && { check: after.ask.check }),
          ...(signedOut && { sessions: factsOfSignOut(signedOut) }),
        },
        tell: { ...tell, ...(to ? { move: { toStatusIds: [to], property } } : { property }) },
      },
    ],
    [
      put(grants, after, grant.rev),
      ...freed,
      ...(request ? [put(requests, requestAfter(request.value, after, now), request.rev)] : []),
      ...(isBlocked && after.breakGlass
        ? await (await import('./use-record')).dropUse(deps, after)
        : []),
      dropTimer({ kind: 'grant', objectId: after.id, what: 'revoke' }),
      dropTimer({ kind: 'grant', objectId: after.id, what: 'provision' }),
      dropTimer({ kind: 'grant', objectId: after.id, what: 'verify' }),
    ],
    circumstances(deps),
    run.head,
  );
  if (!recorded.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await tellMayReturn(deps, after);
  await deliverFresh(deps, recorded.entries);
  return { kind: 'done', what: after.state };
}

const STILL_MEMBER: Ask = {
  check: 'directory-still-member',
  sentence: 'The directory accepts the removal but still shows the membership.',
  nextStep:
    'IT looks for a rule that adds the person again; the app tries again every five minutes.',
};

async function stick(run: Run, removed: Removed): Promise<Next> {
  const { deps, grant } = run;
  const now = deps.now();
  const cause: Ask = removed.failure
    ? {
        ...askFor(removed.failure),
        nextStep:
          'IT mends this in the directory or in the connection; the app tries again every five minutes.',
      }
    : (removed.cause ?? STILL_MEMBER);
  const after = decide(grant.value, { type: 'stick', cause, edges: removed.edges, now });
  if (!after.ok) return { kind: 'done', what: after.error.state };
  const done = await record(
    deps.store,
    after.value.issueId,
    [
      {
        event: 'grant.stuck',
        actor: { type: 'app' },
        facts: {
          ...factsOf(after.value),
          check: cause.check,
          requestId: removed.failure?.requestId ?? null,
        },
        tell: { ...stuck(after.value, cause), property: propertyOf(after.value) },
      },
    ],
    [
      put(grants, after.value, grant.rev),
      ...goneHolds(run, removed.edges),
      timer(after.value, 'revoke', plusSeconds(now, RETRY_AFTER)),
    ],
    circumstances(deps),
    run.head,
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'stuck' };
}
