/**
 * Access "until INC-42 closes", and what happens when that ticket closes.
 *
 * 1. before the access is given, its ticket is noted as watched (`until-record.ts`), and read once more:
 *    what is closed by then gives nothing;
 * 2. an event of a ticket project says that something changed; the ticket is read again, and if it is
 *    closed, every access that was given until then ends, read back as any other;
 * 3. every hour all watched tickets are asked about, so that a lost event costs an hour at most;
 * 4. a ticket that is not to be found for an hour (deleted, or moved where the app sees nothing) counts
 *    as closed, and the request says so.
 * Opening the ticket again gives nothing back: whoever still needs the access asks again.
 */
import type { Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Ticket, ticketNow } from '../requests/ticket';
import { HOUR, type Instant, secondsBetween } from '../shared/instant';
import { find, type Held, load, put, remove } from '../shared/record';
import type { Grant } from './model/grant';
import { endGrant } from './revoke';
import { grants } from './store';
import { type Until, untilTickets, watchTicket } from './until-record';

const PAGE = 50;

/** `undefined`: it can be given now. Asked before the first change only: what has begun goes on. */
export async function beforeGiving(deps: Deps, grant: Grant): Promise<Next | undefined> {
  if (!grant.untilTicket || grant.state !== 'approved') return undefined;
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
  return (await watchTicket(deps, grant))
    ? undefined
    : { kind: 'later', seconds: 5, why: 'changed meanwhile' };
}

const closedBefore = ({ untilTicket }: Grant) =>
  `The ticket ${untilTicket?.key} was closed before the access was given.`;

/** Something happened to a ticket, or an hour has passed. */
export async function ticketChanged(deps: Deps, issueId: string): Promise<Next> {
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
  const ends = hasClosed(held.value, ticket.value, deps.now());
  const kept: string[] = [];
  for (const id of held.value.grants) {
    if (await isOpen(deps, id, ends)) kept.push(id);
  }
  return note(deps, held, ticket.value, kept);
}

type Closed = 'closed' | 'missing' | undefined;

function hasClosed(until: Until, ticket: Ticket | null, now: Instant): Closed {
  if (ticket) return ticket.open ? undefined : 'closed';
  const { missingSince } = until;
  const gone = missingSince !== undefined && secondsBetween(missingSince as Instant, now) >= HOUR;
  return gone ? 'missing' : undefined;
}

/** Ends it where that is due. Answers whether it still has to be watched. */
async function isOpen(deps: Deps, id: string, ends: Closed): Promise<boolean> {
  const held = await load(deps.store, grants, id);
  if (!held) return false;
  const { state } = held.value;
  // Not given yet: consent is judged again before it is, and the ticket read with it.
  if (state === 'approved') return true;
  if (state !== 'active' && state !== 'provisioning') return false;
  if (ends === undefined) return true;
  const known = ends === 'missing' ? await markMissing(deps, held) : held;
  if (!known) return true;
  // The queue of revocations carries it on: one ticket may end many.
  const next = await endGrant(deps, id, { because: 'ticket-closed', handOver: true }, known);
  return next.kind === 'later';
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
    : { kind: 'later', seconds: 5, why: 'changed meanwhile' };
}

/** Every hour: of those that are open Jira says so in one search for fifty, the others are read. */
export async function checkTickets(deps: Deps): Promise<number> {
  let looked = 0;
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
    for (const issueId of await notOpen(deps, ids)) {
      looked++;
      const next = await ticketChanged(deps, issueId);
      if (next.kind === 'later')
        await deps.queues.push('revoke', [
          { body: { kind: 'ticket', issueId }, delay: Math.min(next.seconds, 900) },
        ]);
    }
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
