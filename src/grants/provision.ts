/**
 * What happens when a grant is carried out.
 *
 * 1. the directory is read: the person is active, which groups they are in, each group can be changed;
 * 2. intent: grant, holds with the state found, timers and evidence, in one transaction;
 * 3. each membership is made sure of and read back;
 * 4. all there: active, with its final end = first accepted change + duration, told on the issue;
 *    a failure that waiting mends: the queue brings it back, and half an hour after the first
 *    change it is rolled back whole;
 *    any other failure: rolled back at once (`revoke.ts`), and the named person is asked.
 * Killed anywhere, the next run starts at 1 and the holds remember what was found first.
 */
import type { Connection } from '../catalog/model/catalog';
import { deliverFresh } from '../evidence/deliver';
import type { Head } from '../evidence/model/chain';
import { headType, record } from '../evidence/record';
import type { Row } from '../forge/ports';
import type { Issue } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { move } from '../requests/model/request';
import { links } from '../requests/person';
import { requests } from '../requests/store';
import { type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { decode, type Held, load, put } from '../shared/record';
import type { Failure } from '../shared/result';
import { dropTimer } from '../shared/timer';
import { type Acted, act } from './act';
import { armEnd } from './arm';
import { nativeFacts, tellNativeEnds, withNativeEnd } from './backstop';
import { block } from './block';
import { breakGlassOf, useWrites } from './break-glass';
import { askFor, factsOf, holdKeysOf, statusesOf, timer } from './facts';
import { look } from './look';
import { type Ask, decide, type Edge, type Grant } from './model/grant';
import { type Hold, type Join, join } from './model/hold';
import { nextWarning, windowOf } from './model/warnings';
import { connectionOf, openFor } from './open';
import { endGrant, MOST_HOLDS } from './revoke';
import { grants, holds, putHold } from './store';
import { granted, propertyOf } from './telling';
import { beforeGiving } from './until';
import { VERIFY_AFTER } from './verify';

export const ROLL_BACK_AFTER = 30 * MINUTE;
const TAKE_UP_SECONDS = 180;

export interface Known {
  /** The person's groups, read in this very run. */
  readonly groups?: readonly string[];
  readonly issue?: Issue;
  readonly connection?: Connection;
  readonly head?: Held<Head>;
}

export async function provision(deps: Deps, held: Held<Grant>, known: Known = {}): Promise<Next> {
  const grant = held.value;
  if (grant.state !== 'approved' && grant.state !== 'provisioning')
    return { kind: 'done', what: grant.state };
  const not = await beforeGiving(deps, grant);
  if (not) return not;
  // Its task is out; only a person can say what became of it.
  if (grant.manual && grant.state === 'provisioning')
    return (await import('./manual')).giveByHand(deps, held);
  const keys = holdKeysOf(grant);
  const rows = await deps.store.getMany([
    { entity: 'request', key: grant.issueId },
    { entity: 'chain', key: grant.issueId },
    { entity: 'link', key: `${grant.beneficiary}:${grant.connectionId}` },
    ...(known.connection
      ? []
      : [{ entity: 'config' as const, key: `connection:${grant.connectionId}` }]),
    ...keys.map((key) => ({ entity: 'hold' as const, key })),
  ]);
  const [requestRow, headRow, linkRow] = rows;
  const head = known.head ?? (headRow && decode(headType, grant.issueId, headRow));
  const connection = known.connection ?? connectionOf(grant, rows[3]);
  const holdRows = rows.slice(known.connection ? 3 : 4);
  const before = holdRows.map((row, i) => row && decode(holds, keys[i] as string, row));

  const opened = await openFor(deps, grant, connection);
  if (!opened.ok) return failed(deps, held, known, opened.error);
  const link = linkRow && decode(links, `${grant.beneficiary}:${grant.connectionId}`, linkRow);
  // What people change by hand the app need not be able to change.
  const looked = grant.manual ? { ...grant, edges: [] } : grant;
  const found = await look(deps, opened.value, looked, {
    link: link?.value,
    groups: known.groups,
  });
  if (!found.ok)
    return 'ask' in found.error
      ? stop(deps, held, known, found.error.ask)
      : failed(deps, held, known, found.error.failure);

  if (grant.observed)
    return (await import('./observe')).observed(deps, held, found.value, known.issue);
  if (grant.manual) return (await import('./manual')).giveByHand(deps, held);
  const now = deps.now();
  const provisionalEnd = grant.duration === null ? null : plusSeconds(now, grant.duration);
  const joined = grant.edges.map((edge, i) =>
    join(before[i]?.value, {
      connectionId: grant.connectionId,
      groupId: edge.groupId,
      personId: grant.personId,
      grantId: grant.id,
      endsAt: provisionalEnd,
      found: found.value.has(edge.groupId) ? 'member' : 'not-member',
      now,
    }),
  );
  const joins = joined.map((j) =>
    j.do === 'add' ? { ...j, hold: withNativeEnd(opened.value, j.hold) } : j,
  );
  if (joins.some((j) => j.do === 'wait'))
    return {
      kind: 'later',
      seconds: 30,
      why: 'a removal of the same membership is not proven yet',
    };
  const planned = grant.edges.map((edge, i): Edge => {
    const j = joins[i];
    if (!j || j.do === 'wait') return edge;
    const origin =
      j.hold.origin === 'absent'
        ? 'not-member'
        : j.hold.origin === 'uncertain'
          ? 'uncertain'
          : 'member';
    return { ...edge, state: j.do === 'add' ? 'adding' : 'held', found: origin };
  });
  const firstTime = grant.state === 'approved';
  const { pin } = (requestRow && decode(requests, grant.issueId, requestRow).value) ?? {};
  const fresh: Grant = { ...grant, ...(firstTime && breakGlassOf(pin, now)) };
  const begun = decide(fresh, { type: 'begin', edges: planned, endsAt: provisionalEnd, now });
  if (!begun.ok) return { kind: 'done', what: begun.error.state };
  const intent = await record(
    deps.store,
    grant.issueId,
    firstTime
      ? [
          {
            event: 'grant.provisioning',
            actor: { type: 'app' },
            facts: { ...factsOf(begun.value) },
          },
        ]
      : [],
    [
      put(grants, begun.value, held.rev),
      ...joins.flatMap((j, i) => (j.do === 'wait' ? [] : [putHold(j.hold, before[i]?.rev ?? 0)])),
      ...(firstTime ? [timer(grant, 'roll-back', plusSeconds(now, ROLL_BACK_AFTER))] : []),
      ...(provisionalEnd ? [timer(grant, 'end', provisionalEnd)] : []),
      timer(grant, 'provision', plusSeconds(now, TAKE_UP_SECONDS)),
      ...(firstTime ? useWrites(begun.value, now) : []),
    ],
    circumstances(deps),
    head,
  );
  if (!intent.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  const standing = joins.flatMap((j, i) =>
    j.do === 'wait'
      ? []
      : [
          {
            hold: j.hold,
            rev: (before[i]?.rev ?? 0) + 1,
            add: j.do === 'add',
            known: nativeEndOf(joined[i]),
            ownSince: ownSince(j.hold, found.value),
          },
        ],
  );
  const acted = await act(deps, opened.value, begun.value, standing);
  const after: After = {
    deps,
    grant: { value: begun.value, rev: held.rev + 1 },
    known,
    head: intent.head,
    requestRow,
  };
  return acted.failure ? interrupted(after, acted) : complete(after, acted);
}

const nativeEndOf = (j: Join | undefined) =>
  j === undefined || j.do === 'wait' ? undefined : j.hold.nativeEnd;

const ownSince = (hold: Hold, groups: ReadonlySet<string>): Instant | undefined =>
  hold.op !== undefined && hold.op.attempt > 1 && groups.has(hold.groupId)
    ? (hold.op.since as Instant)
    : undefined;

interface After {
  readonly deps: Deps;
  readonly grant: Held<Grant>;
  readonly known: Known;
  readonly head: Held<Head>;
  readonly requestRow: Row | undefined;
}

async function complete(after: After, acted: Acted): Promise<Next> {
  const { deps, grant, known, head, requestRow } = after;
  if (acted.holds.length > MOST_HOLDS) {
    // With the largest roles all of it is more than one transaction takes.
    const kept = await keep(after, acted);
    return kept
      ? complete({ ...after, grant: kept }, { ...acted, holds: [] })
      : overtaken(deps, grant.value.id);
  }
  const now = deps.now();
  const active = decide(grant.value, {
    type: 'activate',
    edges: acted.edges,
    startedAt: acted.startedAt,
    endsAt: acted.endsAt,
    verified: acted.verified,
    now,
  });
  if (!active.ok) return { kind: 'done', what: active.error.state };
  const request = requestRow && decode(requests, grant.value.issueId, requestRow);
  const property = propertyOf(active.value);
  const settings = await deps.settings();
  const to = statusesOf(settings, grant.value)?.granted;
  const window = windowOf(active.value);
  const warnAt = window && nextWarning(window, now);
  const done = await record(
    deps.store,
    grant.value.issueId,
    [
      {
        event: 'grant.active',
        actor: { type: 'app' },
        facts: {
          ...factsOf(active.value),
          startedAt: acted.startedAt,
          endsAt: acted.endsAt,
          verified: acted.verified,
          ...nativeFacts(acted.native),
        },
        tell: {
          ...granted(
            active.value,
            settings.timeZone,
            acted.verified,
            request?.value.decisions ?? [],
          ),
          ...(to ? { move: { toStatusIds: [to], property } } : { property }),
        },
      },
    ],
    [
      put(grants, active.value, grant.rev),
      ...acted.holds.map((h) => putHold(h.hold, h.rev)),
      ...(request ? [put(requests, move(request.value, 'granted', now), request.rev)] : []),
      dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'roll-back' }),
      dropTimer({ kind: 'grant', objectId: grant.value.id, what: 'provision' }),
      ...(acted.endsAt ? [timer(active.value, 'end', acted.endsAt)] : []),
      ...(warnAt ? [timer(active.value, 'warn', warnAt)] : []),
      ...(acted.verified
        ? []
        : [timer(active.value, 'verify', plusSeconds(now, VERIFY_AFTER[0] as number))]),
    ],
    circumstances(deps),
    head,
  );
  if (!done.done) return overtaken(deps, grant.value.id);
  await armEnd(deps, active.value);
  await tellNativeEnds(deps, active.value, acted.native);
  await deliverFresh(deps, done.entries, known.issue);
  // Loaded when it is needed: no other grant pays for it.
  if (active.value.breakGlass) await (await import('./review')).openReview(deps, grant.value.id);
  return { kind: 'done', what: 'granted' };
}

/** What was done so far is kept, so that the end counts from the first change. */
async function interrupted(after: After, acted: Acted): Promise<Next> {
  const { deps, grant, known } = after;
  const kept = await keep(after, acted);
  if (!kept) return overtaken(deps, grant.value.id);
  return failed(deps, kept, known, acted.failure as Failure, acted.failedAt);
}

async function keep({ deps, grant }: After, acted: Acted): Promise<Held<Grant> | undefined> {
  const soFar: Grant = {
    ...grant.value,
    edges: [...acted.edges],
    ...(acted.holds.length > 0 && { startedAt: acted.startedAt, endsAt: acted.endsAt }),
    changedAt: deps.now(),
  };
  const kept = await deps.store.transact([
    put(grants, soFar, grant.rev),
    ...[...acted.holds, ...(acted.released ?? [])].map((h) => putHold(h.hold, h.rev)),
  ]);
  return kept === 'done' ? { value: soFar, rev: grant.rev + 1 } : undefined;
}

/** Somebody ended the grant while this run was changing the directory: its removal looks again later. */
async function overtaken(deps: Deps, grantId: string): Promise<Next> {
  const now = await load(deps.store, grants, grantId);
  return now?.value.state === 'provisioning'
    ? { kind: 'later', seconds: 5, why: 'changed meanwhile' }
    : { kind: 'done', what: `overtaken: ${now?.value.state}` };
}

async function failed(
  deps: Deps,
  held: Held<Grant>,
  known: Known,
  failure: Failure,
  groupName?: string,
): Promise<Next> {
  if (failure.class === 'retryable') {
    return { kind: 'later', seconds: failure.retryAfter ?? 30, why: failure.code, failure };
  }
  return stop(deps, held, known, askFor(failure, groupName));
}

async function stop(deps: Deps, held: Held<Grant>, known: Known, ask: Ask): Promise<Next> {
  if (held.value.state === 'approved') return block(deps, held, ask, known.issue);
  return endGrant(deps, held.value.id, { because: 'rolled-back', ask });
}
