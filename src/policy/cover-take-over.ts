/**
 * What a cover does to approvals that are open when it begins, ends, or is set.
 *
 * 1. the open decisions of everybody whom it touches are found: who is away, and who stands in;
 * 2. each is compared with who should be asked at this hour: the last of the covers, or the person
 *    themself when nobody stands in any more;
 * 3. where that is somebody else, `approvals/reassign.ts` moves it and tells everybody. Who may not decide
 *    on this very request (a party, or somebody of another stage) is passed over: then the fallbacks of
 *    the stage are asked, and without any it stays where it is.
 * When a cover is over, an approval goes back if nobody has answered it. It is all read anew, so running
 * it twice, late, or at once with other covers comes to the same.
 */
import { type Reassigned, reassign } from '../approvals/reassign';
import { chosenByParty, mayStandIn } from '../approvals/stand-in';
import { stageAt } from '../approvals/tasks';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { Approver, Pin, Stage } from '../requests/model/request';
import { requests } from '../requests/store';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { load, put } from '../shared/record';
import { dropTimer, setTimer } from '../shared/timer';
import { inTheirPlace, isEntered } from './chain-stand-in';
import { coverChain, standsInFor } from './cover-chain';
import { heldFor, openOf } from './cover-open';
import { type Cover, covers } from './cover-record';

const AGAIN = 5 * MINUTE;
/** What was asked, or covered, a moment ago no index shows yet; so each is looked at once more. */
const INDEX_LAG = 4 * MINUTE;
const COVERS = 'covers';

/** The timers `cover:<id>:begin` and `cover:<id>:over`. */
export async function coverDue(deps: Deps, id: string, what: 'begin' | 'over'): Promise<Next> {
  const held = await load(deps.store, covers, id);
  const timer = dropTimer({ kind: 'cover', objectId: id, what });
  if (!held) {
    await deps.store.transact([timer]);
    return { kind: 'done', what: 'no such cover' };
  }
  const cover = held.value;
  const moved = await moveOpen(deps, cover);
  if (moved.waits > 0) return { kind: 'later', seconds: AGAIN, why: 'some could not be moved' };
  const at = deps.now();
  const since =
    what === 'begin' ? laterOf(cover.from, cover.setAt) : (cover.endedAt ?? cover.until);
  if (secondsBetween(since as Instant, at) < INDEX_LAG) {
    const again = plusSeconds(at, AGAIN);
    await deps.store.transact([
      setTimer({ kind: 'cover', objectId: id, what, at: again, privileged: false }),
    ]);
    return { kind: 'done', what: `${moved.done} moved, looked at once more` };
  }
  if (cover.status === 'ended' || cover.until > at) {
    await deps.store.transact([timer]);
    return { kind: 'done', what: `${moved.done} moved` };
  }
  const done = await record(
    deps.store,
    COVERS,
    [{ event: 'cover.ended', actor: { type: 'app' }, facts: { ...cover } }],
    [put(covers, { ...cover, status: 'ended' }, held.rev), timer],
    circumstances(deps),
  );
  return done.done
    ? { kind: 'done', what: `${moved.done} moved, over` }
    : { kind: 'later', seconds: 30, why: 'changed meanwhile' };
}

const laterOf = (a: string, b: string) => (a > b ? a : b);

export interface Moved {
  readonly done: number;
  /** Could not be moved now; asked again later. */
  readonly waits: number;
}

/** Open decisions of whoever is away and of everybody who stands in. */
export async function moveOpen(deps: Deps, cover: Pick<Cover, 'away' | 'cover'>): Promise<Moved> {
  const chain = await coverChain(deps, cover.cover);
  const people = new Set([cover.away, cover.cover, ...chain.map((one) => one.cover)]);
  const issues = new Set<string>();
  for (const accountId of people)
    for (const issueId of await openOf(deps, accountId)) issues.add(issueId);
  for (const issueId of await heldFor(deps, cover.away)) issues.add(issueId);
  let done = 0;
  let waits = 0;
  for (const issueId of issues) {
    const moved = await settleCovers(deps, issueId);
    done += moved.done;
    waits += moved.waits;
  }
  return { done, waits };
}

/** Who should be asked at this hour, for each approver of the stage whose turn it is, or comes. */
export async function settleCovers(deps: Deps, issueId: string, coming?: number): Promise<Moved> {
  const held = await load(deps.store, requests, issueId);
  const pin = held?.value.pin;
  const stage = held && stageAt(held.value, coming);
  if (!pin || !stage || held.value.state !== 'waiting') return { done: 0, waits: 0 };
  let done = 0;
  let waits = 0;
  for (const approver of stage.approvers) {
    // A group covers itself, and whom an operator named stays named.
    if (approver.inGroup !== undefined) continue;
    const now = await load(deps.store, requests, issueId);
    const current = now && stageAt(now.value, coming);
    if (!now?.value.pin || !current) break;
    const moved = await settleOne(deps, { issueId, pin: now.value.pin, stage: current, approver });
    if (moved?.kind === 'done') done++;
    if (moved?.kind === 'later') waits++;
  }
  return { done, waits };
}

interface One {
  readonly issueId: string;
  readonly pin: Pin;
  readonly stage: Stage;
  readonly approver: Approver;
}

async function settleOne(deps: Deps, one: One): Promise<Reassigned | undefined> {
  const { issueId, pin, stage, approver } = one;
  const named = approver.covers?.at(-1) ?? approver.accountId;
  const chain = await coverChain(deps, named);
  const last = chain.at(-1);
  const wanted = last?.cover ?? named;
  if (wanted === approver.accountId) return undefined;
  const setBy = chain.map((one) => one.setBy);
  const chosen = await chosenByParty(deps, pin, setBy);
  if (!chosen.ok) return { kind: 'later', seconds: AGAIN, why: chosen.error.code };
  const because = last
    ? inTheirPlace(chain, approver.because)
    : 'back again, and named by the policy';
  const joins = chosen.value
    ? undefined
    : await mayStandIn(deps, pin, without(stage, approver), { accountId: wanted, because });
  if (joins && !joins.ok && 'failure' in joins.error && joins.error.failure.class === 'retryable')
    return { kind: 'later', seconds: AGAIN, why: joins.error.failure.code };
  const change = { stage: stage.id, remove: [approver.accountId], by: { type: 'app' } as const };
  if (joins?.ok) {
    const covering = chain.length > 0 ? { covers: standsInFor(chain) } : {};
    return reassign(deps, issueId, {
      ...change,
      add: [{ ...joins.value, ...covering }],
      because: last ? (isEntered(chain) ? ENTERED : AWAY) : BACK,
      event: 'approver.covered',
      facts: { coverIds: chain.map(({ id }) => id) },
    });
  }
  if (!last) return undefined;
  const add = await fallbackOf(deps, one);
  if (!add || add.accountId === approver.accountId) return undefined;
  return reassign(deps, issueId, {
    ...change,
    add: [{ ...add, covers: [named] }],
    because: NOT_BY_COVER,
    event: 'approver.covered',
    facts: { coverIds: chain.map(({ id }) => id) },
  });
}

/** The first of the stage's fallbacks who may decide at this hour. */
export async function fallbackOf(
  deps: Deps,
  { pin, stage, approver }: Omit<One, 'issueId'>,
): Promise<Approver | undefined> {
  for (const { accountId, because } of stage.fallbacks ?? []) {
    const joins = await mayStandIn(deps, pin, without(stage, approver), { accountId, because });
    if (joins.ok) return joins.value;
  }
  return undefined;
}

const without = (stage: Stage, { accountId }: Approver): Stage => ({
  ...stage,
  approvers: stage.approvers.filter((one) => one.accountId !== accountId),
});

const AWAY = 'An approver is away, and their cover is asked instead.';
const ENTERED =
  'An administrator has entered that an approver is away, and the cover entered for them is asked instead.';
const BACK = 'An approver is back, and nobody has answered yet: they are asked again.';
const NOT_BY_COVER =
  'An approver is away and their cover may not decide on this request, so the next in line is asked.';
