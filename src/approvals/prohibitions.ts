/**
 * What prohibitions look at, read again before access is given: by the policy of the pin and by today's.
 * A policy that names nothing about the person costs no call.
 */
import type { Offer } from '../catalog/store';
import type { SitePolicy } from '../contracts/policy';
import type { Directory, GroupId } from '../directories/directory';
import type { ApartRead } from '../policy/apart-record';
import { conditionsOf, readFacts, rolesApart } from '../policy/facts';
import { askOf } from '../policy/model/judged';
import { startingPolicy } from '../policy/model/tiers';
import { SITE_POLICY, sitePolicyFrom } from '../policy/site-policy';
import type { Deps } from '../requests/deps';
import type { AccessRequest, Pin } from '../requests/model/request';
import { ticketNow } from '../requests/ticket';
import { type Failure, no, ok, type Result } from '../shared/result';
import type { Known } from './model/judging';

interface Of {
  readonly request: AccessRequest & { readonly pin: Pin };
  readonly grantId: string | undefined;
}

export async function readKnown(
  deps: Deps,
  offer: Offer,
  { request, grantId }: Of,
): Promise<
  Result<{ known: Known; groups?: readonly GroupId[]; begun?: ApartRead } | undefined, Failure>
> {
  const { pin } = request;
  // Pinned before facts were kept with it: its deciders and limits are compared by themselves.
  if (!pin.judged || !pin.policy || !offer.connection) return ok(undefined);
  const then = await policyThen(deps, offer.site, pin.policy.site);
  const policy = {
    ...offer.policy,
    visibleTo: [...offer.policy.visibleTo, ...conditionsOf(pin.policy.rules)],
  };
  const site = { ...offer.site, sod: [...offer.site.sod, ...then.sod] };
  const named = conditionsOf(policy);
  const apart = rolesApart(site, offer.role.id);
  const ticket = await ticketAgain(deps, pin);
  if (!ticket.ok) return ticket;
  let groups: readonly GroupId[] | undefined;
  let directory: Directory | undefined;
  if (named.length > 0 || apart.length > 0) {
    const opened = await deps.directory(offer.connection);
    if (!opened.ok) return opened;
    directory = opened.value;
    if (apart.length > 0 || named.some(({ kind }) => kind === 'directory-group')) {
      const read = await directory.groupsOf(pin.subject.personId);
      if (!read.ok) return read;
      groups = read.value;
    }
  }
  const { facts, failure, begun } = await readFacts(deps, directory as Directory, {
    offer: { role: offer.role, policy, site },
    beneficiary: pin.beneficiary,
    personId: pin.subject.personId,
    ...(groups && { groups }),
    ticket: ticket.value,
    stopped: offer.against?.stopped,
    unreviewed: offer.against?.unreviewed,
    ...(grantId !== undefined && { grantId }),
  });
  if (failure) return no(failure);
  const known: Known = {
    ask: askOf(offer.role.id, pin.judged),
    facts,
    then,
    today: offer.site,
  };
  return ok({ known, ...(groups && { groups }), ...(begun && { begun }) });
}

async function policyThen(
  deps: Deps,
  today: SitePolicy,
  version: number,
): Promise<Pick<SitePolicy, 'sod'>> {
  if (version === today.version) return today;
  if (version === 0) return startingPolicy;
  const row = await deps.store.get('config', `${SITE_POLICY}#${version}`);
  // Its copy is gone: today's sets still hold.
  return row ? sitePolicyFrom(row) : today;
}

async function ticketAgain(deps: Deps, { ticket }: Pin) {
  if (!ticket) return ok(null);
  return ticketNow(deps, ticket.issueId);
}
