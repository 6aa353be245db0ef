/** The rights that rows of the resolver tables ask for; judged in `rights/rights.ts`. */
import type { App } from '../../app';
import type { Problem } from '../../contracts/answer';
import { isOwnerOf, readRights } from '../../rights/rights';
import type { Caller, Right } from './dispatch';

export async function administrator(app: App): Promise<Problem | undefined> {
  const is = await app.jira.callerIsAdministrator();
  if (is.ok && is.value) return undefined;
  if (!is.ok)
    return {
      check: 'right-admin',
      sentence: 'Jira did not say whether you are an administrator, so nothing was done.',
      nextStep: 'Try again in a minute.',
    };
  return {
    check: 'right-admin',
    sentence: 'Only Jira administrators may do this.',
    nextStep: 'Ask a Jira administrator of this site.',
  };
}

export const operator: Right = async (app, caller) => {
  const { operator: is, unread } = await readRights(app, caller.accountId);
  return is ? undefined : problem('right-operator', 'operators of this app', unread);
};

/** To read, never to change. */
export const auditor: Right = async (app, caller) => {
  const { auditor: is, unread } = await readRights(app, caller.accountId);
  return is ? undefined : problem('right-auditor', 'operators and auditors of this app', unread);
};

/** Operators, and the owner of the app that the payload is about. */
export const ownerOf =
  (appOf: (payload: unknown) => string | undefined): Right =>
  async (app, caller: Caller, payload) => {
    const about = appOf(payload);
    // A name that no app can have leads to no record either.
    if (about !== undefined && (await isOwnerOf(app, about, caller.accountId))) return undefined;
    const { operator: is, unread } = await readRights(app, caller.accountId);
    return is
      ? undefined
      : problem('right-owner', 'the owner of the app and operators of this site', unread);
  };

const problem = (check: string, who: string, unread: boolean): Problem => ({
  check,
  sentence: unread
    ? 'Jira did not say which groups you are in, so nothing was allowed.'
    : `Only ${who} may do this.`,
  nextStep: unread
    ? 'Try again in a minute.'
    : 'Ask a Jira administrator of this site, who gives rights to Jira groups.',
});
