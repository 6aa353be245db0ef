/**
 * Who decides while somebody is away: set by the person themself, or by an administrator for anybody.
 *
 * 1. refused is what could not work: no end, a cover who may not decide here or is the same person, a
 *    second cover for the same time, a ring, more than three one after another;
 * 2. the cover, its two timers and its evidence are written together;
 * 3. one that runs already takes over at once what is open (`cover-take-over.ts`); else its timer does.
 * Whether a cover may decide on one certain request is judged there and then, never here.
 */
import { liveConnections } from '../catalog/open-connection';
import type { Answer, Problem } from '../contracts/answer';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import { isLinked, mayStandFor, personsOf } from '../requests/person';
import { DAY, type Instant, later, parseInstant, secondsBetween } from '../shared/instant';
import { load, put } from '../shared/record';
import { ok } from '../shared/result';
import { setTimer } from '../shared/timer';
import { anyIsParty } from './chain-party';
import { coversOf } from './cover-chain';
import { type Cover, covers } from './cover-record';
import { crossing } from './cover-rings';

const CHAIN = 'covers';
const LONGEST = 366 * DAY;

export interface CoverAsked {
  readonly away: string;
  readonly cover: string;
  readonly from?: string | undefined;
  readonly until: string;
}

export async function setCover(deps: Deps, asked: CoverAsked, by: string): Promise<Answer<Cover>> {
  const now = deps.now();
  const from = asked.from === undefined ? now : parseInstant(asked.from);
  const wanted = { ...asked, from: later(from, now), until: parseInstant(asked.until) };
  const wrong =
    times(wanted, now) ?? (await people(deps, wanted, by)) ?? (await crossing(deps, wanted));
  if (wrong) return { ok: false, problem: wrong };
  const cover: Cover = {
    v: 1,
    // A fact: pressed twice it is the same cover.
    id: `${asked.away}.${wanted.from.replace(/\D/g, '').slice(0, 14)}`,
    away: asked.away,
    cover: asked.cover,
    from: wanted.from,
    until: wanted.until,
    setBy: by,
    setAt: now,
    status: 'set',
  };
  const held = await load(deps.store, covers, cover.id);
  const timer = { kind: 'cover', objectId: cover.id, privileged: false } as const;
  const done = await record(
    deps.store,
    CHAIN,
    [{ event: 'cover.set', actor: { type: 'person', accountId: by }, facts: { ...cover } }],
    [
      put(covers, cover, held?.rev ?? 0),
      setTimer({ ...timer, what: 'begin', at: wanted.from }),
      setTimer({ ...timer, what: 'over', at: wanted.until }),
    ],
    circumstances(deps),
  );
  if (!done.done) return { ok: false, problem: BUSY };
  if (wanted.from <= deps.now()) await atOnce(deps, cover.id, 'begin');
  return { ok: true, value: cover };
}

/** Ended early: what nobody has answered goes back. */
export async function endCover(
  deps: Deps,
  id: string,
  by: string,
  isAdministrator: boolean,
): Promise<Answer<Cover>> {
  const held = await load(deps.store, covers, id);
  const own = held?.value.away === by || held?.value.setBy === by;
  if (!held || !(own || isAdministrator)) return { ok: false, problem: UNKNOWN };
  if (held.value.status === 'ended' || held.value.until <= deps.now())
    return { ok: true, value: held.value };
  const cover: Cover = { ...held.value, status: 'ended', endedAt: deps.now() };
  const over = { kind: 'cover', objectId: id, what: 'over', privileged: false } as const;
  const done = await record(
    deps.store,
    CHAIN,
    [{ event: 'cover.ended', actor: { type: 'person', accountId: by }, facts: { ...cover } }],
    [put(covers, cover, held.rev), setTimer({ ...over, at: deps.now() })],
    circumstances(deps),
  );
  if (!done.done) return { ok: false, problem: BUSY };
  await atOnce(deps, id, 'over');
  return { ok: true, value: cover };
}

/** Those that are not over, of a person or for whom a person stands in. */
export async function listCovers(
  deps: Deps,
  accountId: string,
): Promise<Answer<{ away: readonly Cover[]; standsInFor: readonly Cover[] }>> {
  const [away, standsInFor] = [
    await coversOf(deps, 'by-person', accountId),
    await coversOf(deps, 'by-cover', accountId),
  ];
  return { ok: true, value: { away, standsInFor } };
}

/** The sweep's timer brings it as well, should this message be lost. */
const atOnce = (deps: Deps, objectId: string, what: 'begin' | 'over') =>
  deps.queues.push('intake', [{ body: { kind: 'due', due: [{ kind: 'cover', objectId, what }] } }]);

function times(
  { from, until }: { readonly from: Instant; readonly until: Instant },
  now: Instant,
): Problem | undefined {
  if (until <= now || until <= from)
    return refused(
      'cover-times',
      'The absence would be over before it begins.',
      'Enter an end that lies after the beginning and in the future.',
    );
  if (secondsBetween(from, until) > LONGEST)
    return refused(
      'cover-times',
      'An absence of more than a year is no absence.',
      'Choose another approver for good instead, or enter an earlier end.',
    );
  return undefined;
}

/**
 * Both sides by account and by directory person: a second account is no cover. So is whoever enters it
 * for somebody else: nobody makes themself the one who decides.
 */
async function people(
  deps: Deps,
  { away, cover }: Pick<CoverAsked, 'away' | 'cover'>,
  by: string,
): Promise<Problem | undefined> {
  if (away === cover) return SAME;
  if (by === cover) return OWN_HAND;
  const accounts = await deps.jira.accounts([away, cover]);
  if (!accounts.ok) return UNREAD;
  const [gone, one] = [away, cover].map((id) => accounts.value.find((a) => a.accountId === id));
  if (!gone || gone.type === 'unknown')
    return refused('cover-away', 'Jira has no such person.', 'Choose who is away once more.');
  const connections = await liveConnections(deps);
  const links = await Promise.all(connections.map(({ id }) => isLinked(deps, id, cover)));
  if (!one?.active || !mayStandFor(one, links.includes(true)))
    return refused(
      'cover-active',
      'The cover has no active account that may decide here.',
      'Choose somebody with an active account, or let an administrator link a portal-only one to a person.',
    );
  for (const connection of connections) {
    const opened = await deps.directory(connection);
    // A directory that cannot be asked for want of a credential decides on nothing either.
    if (!opened.ok) continue;
    const where = { directory: opened.value, connectionId: connection.id };
    const covers = await personsOf(deps, opened.value, connection.id, cover);
    if (!covers.ok) return UNREAD;
    const parties = { accounts: [cover], persons: covers.value };
    const [same, own] = [
      await anyIsParty(deps, where, parties, [away]),
      by === away ? ok(false) : await anyIsParty(deps, where, parties, [by]),
    ];
    if (!same.ok || !own.ok) return UNREAD;
    if (same.value) return SAME;
    if (own.value) return OWN_HAND;
  }
  return undefined;
}

export const refused = (check: string, sentence: string, nextStep: string): Problem => ({
  check,
  sentence,
  nextStep,
});

const SAME = refused(
  'cover-other-person',
  'Nobody can stand in for themselves, under none of their accounts.',
  'Choose another person.',
);
const OWN_HAND = refused(
  'cover-by-others',
  'Nobody makes themselves the cover of somebody else: they would choose that they decide.',
  'Let the person who is away set it, or another administrator.',
);
const UNREAD = refused(
  'cover-read',
  'Jira or a directory did not answer, so nothing was saved.',
  'Try again in a minute.',
);
const BUSY = refused(
  'cover-free',
  'Somebody else changed a cover at the same moment, so nothing was saved.',
  'Try again in a minute.',
);
const UNKNOWN = refused('cover-known', 'There is no such cover of yours.', 'Reload the page.');
