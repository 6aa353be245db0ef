/**
 * Access "until INC-42 closes", and what happens when that ticket closes.
 *
 * 1. before the access is given, its ticket is noted as watched (`until-record.ts`), and then read once
 *    more: what is closed by then gives nothing, and what closes after it finds who waits for it;
 * 2. an event of a ticket project says that something changed; the ticket is read again, and if it is
 *    closed, every access that was given until then ends, read back as any other. What cannot be ended
 *    at that moment brings the message back, and keeps no other from ending;
 * 3. every hour all watched tickets are asked about, so that a lost event costs an hour at most;
 * 4. a ticket that Jira said was deleted, or that is not to be found for an hour (moved where the app
 *    sees nothing), counts as closed, and the request says so.
 * Opening the ticket again gives nothing back: whoever still needs the access asks again.
 */
import type { Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Ticket, ticketNow } from '../requests/ticket';
import { HOUR, type Instant, secondsBetween } from '../shared/instant';
import { find, type Held, load, put, remove, UnreadableRecord } from '../shared/record';
import type { Grant } from './model/grant';
import { grantLeft } from './remains';
import { endGrant } from './revoke';
import { salvage } from './salvage';
import { grants } from './store';
import { type Until, untilTickets, watchTicket } from './until-record';

const PAGE = 50;
/** Seconds until what changed meanwhile is read again. */
const CHANGED = 5;
/** By then an access that is being given is given, or is not. */
const BEING_GIVEN = 60;
/** Between pages of tickets, so that what else waits in the queue of revocations finds room. */
const SPREAD = 30;
const LONGEST_DELAY = 900;

/** `undefined`: it can be given now. Asked before the first change only: what has begun goes on. */
export async function beforeGiving(deps: Deps, grant: Grant): Promise<Next | undefined> {
  if (!grant.untilTicket || grant.state !== 'approved') return undefined;
  if (!(await watchTicket(deps, grant)))
    return { kind: 'later', seconds: CHANGED, why: 'changed meanwhile' };
  const ticket = await ticketNow(deps, grant.untilTicket.issueId);
  if (!ticket.ok)
    return {
      kind: 'later',
      seconds: ticket.error.retryAfter ?? 30,
      why: ticket.error.code,
      failure: ticket.error,
    };
  // What is not to be found may come back: the request's own day of patience decides about that.
  if (ticket.value === null)
    return { kind: 'later', seconds: 300, why: 'the ticket is not to be found' };
  if (!ticket.value.open)
    return { kind: 'taken-back', how: 'withdrawn', by: undefined, why: closedBefore(grant) };
  return undefined;
}

const closedBefore = ({ untilTicket }: Grant) =>
  `The ticket ${untilTicket?.key} was closed before the access was given.`;

/** Something happened to a ticket, or an hour has passed. `deleted`: Jira said so. */
export async function ticketChanged(deps: Deps, issueId: string, deleted = false): Promise<Next> {
  const held = await load(deps.store, untilTickets, `until:${issueId}`);
  if (!held) return { kind: 'done', what: 'nobody waits for it' };
  const ticket = await ticketNow(deps, issueId);
  if (!ticket.ok)
    return {
      kind: 'later',
      seconds: ticket.error.retryAfter ?? 60,
      why: ticket.error.code,
      failure: ticket.error,
    };
  const ends =
    deleted && ticket.value === null ? 'missing' : hasClosed(held.value, ticket.value, deps.now());
  const kept: string[] = [];
  const waits: number[] = [];
  for (const id of held.value.grants) {
    const look = await lookAt(deps, id, ends);
    if (look !== 'over') kept.push(id);
    if (look === 'overtaken') waits.push(CHANGED);
    if (look === 'being given') waits.push(BEING_GIVEN);
  }
  const noted = await note(deps, held, ticket.value, kept);
  if (noted.kind === 'later' || waits.length === 0) return noted;
  return { kind: 'later', seconds: Math.min(...waits), why: 'not all of it could be ended yet' };
}

type Closed = 'closed' | 'missing' | undefined;

function hasClosed(until: Until, ticket: Ticket | null, now: Instant): Closed {
  if (ticket) return ticket.open ? undefined : 'closed';
  const { missingSince } = until;
  const gone = missingSince !== undefined && secondsBetween(missingSince as Instant, now) >= HOUR;
  return gone ? 'missing' : undefined;
}

type Look = 'over' | 'open' | 'overtaken' | 'being given';

/** One that cannot be read ends from what is left of it, and never keeps the others. */
async function lookAt(deps: Deps, id: string, ends: Closed): Promise<Look> {
  try {
    return await endWhereDue(deps, id, ends);
  } catch (cause) {
    if (!(cause instanceof UnreadableRecord) || cause.entity !== 'grant') throw cause;
    if (ends === undefined || !grantLeft.safeParse(cause.row.body).success) {
      deps.log.error('grant.unreadable', cause, { grant: id });
      return 'open';
    }
    // What is not proven gone comes back by the timer that this sets.
    await salvage(deps, cause, { objectId: id, what: 'revoke' });
    return 'over';
  }
}

async function endWhereDue(deps: Deps, id: string, ends: Closed): Promise<Look> {
  const held = await load(deps.store, grants, id);
  if (!held) return 'over';
  const { state } = held.value;
  // Its ticket was read as open a moment ago, and only what is given can be ended.
  if (state === 'approved') return ends === 'closed' ? 'being given' : 'open';
  if (state !== 'active' && state !== 'provisioning') return 'over';
  if (ends === undefined) return 'open';
  const known = ends === 'missing' ? await markMissing(deps, held) : held;
  if (!known) return 'overtaken';
  // The queue of revocations carries it on: one ticket may end many.
  const next = await endGrant(deps, id, { because: 'ticket-closed', handOver: true }, known);
  return next.kind === 'later' ? 'overtaken' : 'over';
}

/** So that the request can say what really happened. */
async function markMissing(deps: Deps, held: Held<Grant>): Promise<Held<Grant> | undefined> {
  const { untilTicket } = held.value;
  if (!untilTicket || untilTicket.missing) return held;
  const value: Grant = { ...held.value, untilTicket: { ...untilTicket, missing: true } };
  const done = await deps.store.transact([put(grants, value, held.rev)]);
  return done === 'done' ? { value, rev: held.rev + 1 } : undefined;
}

/** What is over is watched no more; a ticket that came back counts its absence anew. */
async function note(
  deps: Deps,
  held: Held<Until>,
  ticket: Ticket | null,
  kept: readonly string[],
): Promise<Next> {
  const { missingSince: before, ...rest } = held.value;
  const missingSince = ticket ? undefined : (before ?? deps.now());
  const unchanged = kept.length === held.value.grants.length && missingSince === before;
  if (unchanged && kept.length > 0) return { kind: 'done', what: 'still open' };
  const value: Until = {
    ...rest,
    grants: [...kept],
    ...(ticket && { key: ticket.key }),
    ...(missingSince !== undefined && { missingSince }),
  };
  const write =
    kept.length > 0 ? put(untilTickets, value, held.rev) : remove(untilTickets, value, held.rev);
  return (await deps.store.transact([write])) === 'done'
    ? { kind: 'done', what: kept.length > 0 ? 'watched on' : 'nothing waits any more' }
    : { kind: 'later', seconds: CHANGED, why: 'changed meanwhile' };
}

/** Every hour: of those that are open Jira says so in one search for fifty, the others get a message each. */
export async function checkTickets(deps: Deps): Promise<number> {
  let looked = 0;
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await find(deps.store, untilTickets, {
      index: 'by-kind',
      partition: ['until', 'live'],
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const one of page.unreadable) deps.log.error('until.unreadable', one, { key: one.key });
    const ids = page.found.map(({ value }) => value.issueId);
    const closed = await notOpen(deps, ids);
    const delay = Math.min(SPREAD * pages++, LONGEST_DELAY);
    await deps.queues.push(
      'revoke',
      closed.map((issueId) => ({ body: { kind: 'ticket', issueId }, delay })),
    );
    looked += closed.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return looked;
}

/** One that is gone makes the search invalid that names it: then each is read. */
async function notOpen(deps: Deps, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const open = await deps.jira.search(
    `id in (${ids.join(', ')}) AND statusCategory != Done`,
    ids.length,
  );
  if (open.ok) return ids.filter((id) => !open.value.includes(id));
  deps.log.warn('tickets.search-failed', { code: open.error.code });
  return ids;
}
