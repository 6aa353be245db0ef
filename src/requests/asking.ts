/**
 * Judges a wish before anybody is asked to decide: what it names beyond the role (a start, a ticket, the
 * grant it renews) is read, then what the policy looks at, and `evaluate` says what stands against it.
 */
import type { Offer } from '../catalog/store';
import type { Directory, DirectoryPerson } from '../directories/directory';
import { standing } from '../grants/standing';
import { grants } from '../grants/store';
import type { Issue } from '../jira/port';
import { readFacts } from '../policy/facts';
import { type Ask, evaluate, type Facts, type Verdict } from '../policy/model/evaluate';
import { epochSeconds, type Instant } from '../shared/instant';
import { load } from '../shared/record';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import type { Deps } from './deps';
import type { AccessRequest, Pin } from './model/request';
import { startOf, startRefused } from './model/start';
import type { Wish } from './model/wish';
import { ticketGone, ticketUnread } from './refusals';
import { readTicket, type Ticket } from './ticket';

export interface Wanted {
  readonly offer: Offer;
  readonly duration: number | null;
  readonly wish: Wish;
  readonly issue: Issue;
  readonly filed: AccessRequest['filed'];
  readonly beneficiary: string;
  readonly person: DirectoryPerson;
}

export interface Judged {
  readonly ask: Ask;
  readonly facts: Facts;
  readonly verdict: Verdict;
  readonly start: Instant | null;
  readonly ticket: Ticket | undefined;
  readonly line: Pick<Pin, 'renewalOf' | 'lineSince'>;
}

export async function judge(
  deps: Deps,
  directory: Directory,
  w: Wanted,
): Promise<Result<Judged, { refusal: Refusal } | { failure: Failure }>> {
  const { offer, wish, issue, beneficiary, person } = w;
  const now = deps.now();
  const { timeZone } = await deps.settings();
  const start = startOf(wish, timeZone);
  if (!start.ok) return no({ refusal: start.error });
  const early = startRefused(start.value, now);
  if (early) return no({ refusal: early });
  const ticket = wish.ticket === undefined ? null : await readTicket(deps, wish.ticket);
  const stands = wish.untilTicket ? untilIt(wish, ticket) : undefined;
  if (stands) return no({ refusal: stands });
  const line = await lineOf(deps, w);
  const about = {
    appId: offer.app.id,
    roleId: offer.role.id,
    connectionId: offer.role.connectionId,
    beneficiary,
    personId: person.id,
    askedBy: [issue.reporter, issue.creator].filter((id) => id !== undefined),
  };
  const read = await readFacts(deps, directory, {
    offer,
    beneficiary,
    personId: person.id,
    person,
    // A ticket that does not exist is named and does not count.
    ticket:
      ticket === null && wish.ticket !== undefined
        ? { key: wish.ticket, counts: false, open: false }
        : ticket,
    ...(await standing(deps, about)),
    ...(line.renewalOf !== undefined && { grantId: line.renewalOf }),
  });
  // What waiting may mend is waited for: nobody is asked on half the facts.
  if (read.failure) return no({ failure: read.failure });
  const ask: Ask = {
    roleId: offer.role.id,
    duration: w.duration,
    ...(start.value !== null && { start: epochSeconds(start.value) }),
    reasonLength: wish.reason.trim().length,
    asksForSelf: isForSelf(w),
    ...(line.lineSince !== undefined && { renewsSince: epochSeconds(line.lineSince as Instant) }),
  };
  const verdict = evaluate(ask, offer.policy, offer.site, read.facts, epochSeconds(now));
  const { facts } = read;
  return ok({ ask, facts, verdict, start: start.value, ticket: ticket ?? undefined, line });

  function isForSelf({ filed }: Wanted): boolean {
    if (beneficiary !== issue.reporter) return false;
    return issue.creator === beneficiary || filed?.by === beneficiary;
  }
}

/** Access until a ticket closes needs one whose closing the app can see. */
function untilIt(wish: Wish, ticket: Ticket | null | undefined): Refusal | undefined {
  if (ticket === undefined) return ticketUnread;
  return ticket?.counts && ticket.open ? undefined : ticketGone(wish.ticket);
}

/** Only what the app itself filed as a renewal is one, and only of the same role for the same person. */
async function lineOf(
  deps: Pick<Deps, 'store'>,
  { filed, offer, beneficiary, person }: Wanted,
): Promise<Judged['line']> {
  if (filed?.renewalOf === undefined) return {};
  const grant = (await load(deps.store, grants, filed.renewalOf))?.value;
  if (!grant || grant.roleId !== offer.role.id || grant.beneficiary !== beneficiary) return {};
  if (grant.personId !== person.id || grant.connectionId !== offer.role.connectionId) return {};
  const since = grant.lineSince ?? grant.startedAt;
  return { renewalOf: grant.id, ...(since !== undefined && { lineSince: since }) };
}
