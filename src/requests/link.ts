/**
 * An administrator says which directory person a Jira account is, or takes it back.
 *
 * Grants are pinned to the person's id, so a link that changes neither ends nor redirects what was
 * given by it; the answer names what stands, because a link that was wrong gave it to the wrong person.
 */
import type * as z from 'zod/mini';
import { done, no, save } from '../catalog/changes';
import { failed, openConnection } from '../catalog/open-connection';
import type { linkInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import type { linkRef } from '../contracts/people';
import { isLive } from '../grants/model/grant';
import { grants } from '../grants/store';
import { settleMismatch } from '../people/mismatch';
import { find, load, put, remove } from '../shared/record';
import type { Deps } from './deps';
import { type Link, links } from './person';
import { requests } from './store';

interface Waiting {
  readonly issueId: string;
  readonly issueKey: string;
}
interface StandingGrant {
  readonly grantId: string;
  readonly issueKey: string;
  readonly role: string;
  /** Whose it is in the directory. */
  readonly personId: string;
  readonly endsAt: string | null;
}
interface Linked extends Link {
  /** Requests that stopped because nobody knew who this is, or who the person is. */
  readonly waiting: readonly Waiting[];
  /** Access that was given to another person under this account, and stands. */
  readonly standing: readonly StandingGrant[];
  readonly nextStep: string;
}

export async function saveLink(
  deps: Deps,
  given: z.infer<typeof linkInput>,
  by: string,
): Promise<Answer<Linked>> {
  const { accountId, personId, connection: connectionId } = given;
  const opened = await openConnection(deps, connectionId);
  if (!opened.ok) return opened;
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok)
    return no('account-read', 'The account could not be read from Jira.', 'Try again in a minute.');
  const account = accounts.value.find((one) => one.accountId === accountId);
  if (!account?.active || (account.type !== 'atlassian' && account.type !== 'customer'))
    return no(
      'account-active',
      'Jira has no active account of a person with this id.',
      'Choose another account.',
    );
  const person = await opened.value.directory.person(personId);
  if (!person.ok) return failed(person.error);
  if (!person.value?.active)
    return no(
      'person-active',
      'The directory has no active person with this id.',
      'Choose another person.',
    );
  const held = await load(deps.store, links, `${accountId}:${connectionId}`);
  const after: Link = { v: 1, accountId, connectionId, personId, linkedBy: by, at: deps.now() };
  const saved = await save(
    deps,
    { what: `link:${accountId}`, by, before: held?.value, after },
    [put(links, after, held?.rev ?? 0)],
    after,
  );
  if (!saved.ok) return saved;
  const because = 'An administrator linked the account to a person.';
  await settleMismatch(deps, { connectionId, accountId }, because, by);
  await settleMismatch(deps, { connectionId, personId }, because, by);
  const waiting = await waitingFor(deps, given);
  const all = await standingOf(deps, { connectionId, accountId });
  const standing = all.filter((grant) => grant.personId !== personId);
  return done({ ...after, waiting, standing, nextStep: nextStep(waiting, standing) });
}

const nextStep = (waiting: readonly Waiting[], standing: readonly StandingGrant[]): string =>
  [
    waiting.length === 0
      ? 'New requests go on by themselves.'
      : `Press Resume on ${waiting.map((w) => w.issueKey).join(', ')}; the request is then read again.`,
    ...(standing.length === 0
      ? []
      : ['What was given to another person under this account stands; end what is wrong.']),
  ].join(' ');

export async function removeLink(
  deps: Deps,
  given: z.infer<typeof linkRef>,
  by: string,
): Promise<Answer<{ standing: readonly StandingGrant[]; nextStep: string }>> {
  const { accountId, connection: connectionId } = given;
  const held = await load(deps.store, links, `${accountId}:${connectionId}`);
  if (!held)
    return no('link-known', 'This account is not linked in this connection.', 'Reload the page.');
  const saved = await save(
    deps,
    { what: `link:${accountId}`, by, before: held.value, after: null },
    [remove(links, held.value, held.rev)],
    null,
  );
  if (!saved.ok) return saved;
  const standing = await standingOf(deps, { connectionId, accountId });
  return done({
    standing,
    nextStep:
      standing.length === 0
        ? 'From now on the account is known by the attribute or the e-mail address, or not at all.'
        : `What was given stands until its end, on ${standing.map((g) => g.issueKey).join(', ')}. If the link was wrong, end it there.`,
  });
}

export async function listLinks(
  deps: Pick<Deps, 'store'>,
  cursor: string | undefined,
): Promise<Answer<{ links: Link[]; cursor?: string }>> {
  const page = await find(deps.store, links, {
    index: 'by-status',
    partition: ['linked'],
    sort: 'ascending',
    limit: 100,
    ...(cursor !== undefined && { cursor }),
  });
  return done({
    links: page.found.map((held) => held.value),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  });
}

/** Of the hundred that stopped last. */
async function waitingFor(deps: Deps, who: z.infer<typeof linkInput>): Promise<Waiting[]> {
  const { found } = await find(deps.store, requests, {
    index: 'by-state',
    partition: ['attention'],
    sort: 'descending',
    limit: 100,
  });
  return found
    .map((held) => held.value)
    .filter(({ refusal, pin }) => {
      if (!refusal || !ABOUT_PEOPLE.has(refusal.check)) return false;
      const { accountId, personId } = refusal.facts ?? {};
      return (
        accountId === who.accountId ||
        personId === who.personId ||
        pin?.beneficiary === who.accountId
      );
    })
    .map(({ issueId, issueKey }) => ({ issueId, issueKey }));
}

/** Checks of `person.ts` and `policy/approvers.ts` that a link can settle. */
const ABOUT_PEOPLE = new Set([
  'beneficiary-account',
  'beneficiary-email',
  'email-domains-set',
  'email-verified',
  'email-exact',
  'one-person',
  'person-in-directory',
  'person-active',
  'same-person',
  'approver-active',
  'manager-has-account',
]);

/** Candidates by the index, which lags a little; enough to look at. */
async function standingOf(
  deps: Pick<Deps, 'store'>,
  who: { readonly accountId: string; readonly connectionId: string },
): Promise<StandingGrant[]> {
  const { found } = await find(deps.store, grants, {
    index: 'by-account',
    partition: [who.accountId],
    sort: 'descending',
    limit: 100,
  });
  return found
    .map((held) => held.value)
    .filter((g) => isLive(g.state) && g.connectionId === who.connectionId)
    .map((g) => ({
      grantId: g.id,
      issueKey: g.issueKey,
      role: g.roleId,
      personId: g.personId,
      endsAt: g.endsAt,
    }));
}
