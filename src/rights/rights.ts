/**
 * Who may administer, operate and audit. Read anew in each call, from Jira and from the site's
 * settings: whatever a caller says of themselves is not looked at.
 *
 * administrator   Jira's own global permission, asked as the caller
 * operator        member of a Jira group that the settings name: resume, revoke, stop, replace
 * auditor         the same, for reading only
 * owner           of an app in the catalog, for that app
 * Which groups hold a right is part of the settings, whose every change is evidence.
 */
import { apps } from '../catalog/store';
import type { Deps } from '../requests/deps';
import { load } from '../shared/record';
import { namesAny, type Rights, rightsFrom } from './model/rights';

type Asking = Pick<Deps, 'jira' | 'settings'>;

/** `accountId` is the caller's: Jira tells nobody the permissions of others. */
export async function readRights(deps: Asking, accountId: string): Promise<Rights> {
  const administrator = await deps.jira.callerIsAdministrator();
  const seen = administrator.ok ? administrator.value : undefined;
  if (seen === true) return rightsFrom({ administrator: true, groups: [] }, undefined);
  const given = (await deps.settings()).rights;
  if (!namesAny(given)) return rightsFrom({ administrator: seen, groups: [] }, given);
  const groups = await deps.jira.groupsOf(accountId);
  return rightsFrom(
    { administrator: seen, groups: groups.ok ? groups.value.map(({ id }) => id) : undefined },
    given,
  );
}

export async function isOwnerOf(
  deps: Pick<Deps, 'store'>,
  appId: string,
  accountId: string,
): Promise<boolean> {
  return (await load(deps.store, apps, `app:${appId}`))?.value.owner === accountId;
}
