/** How accounts are written, in Jira's API and in Jira Service Management's. */
import type { SiteContext } from './context';
import type { Account } from './people';
import type { Caller } from './permissions';

export function avatarUrls(site: SiteContext, key: string): Record<string, string> {
  const url = `${site.baseUrl}/avatars/${encodeURIComponent(key)}`;
  return Object.fromEntries(
    [16, 24, 32, 48].map((size) => [`${size}x${size}`, `${url}?size=${size}`]),
  );
}

export const seesEmail = (caller: Caller, account: Account): boolean =>
  account.email !== undefined &&
  (account.emailShown || caller.account?.accountId === account.accountId);

export function userJson(site: SiteContext, caller: Caller, accountId: string) {
  const account = site.people.find(accountId);
  const self = `${site.baseUrl}/rest/api/3/user?accountId=${encodeURIComponent(accountId)}`;
  if (!account) {
    return {
      self,
      accountId,
      accountType: 'unknown',
      displayName: 'Former user',
      active: false,
      avatarUrls: avatarUrls(site, accountId),
    };
  }
  return {
    self,
    accountId,
    ...(seesEmail(caller, account) && { emailAddress: account.email }),
    avatarUrls: avatarUrls(site, accountId),
    displayName: account.displayName,
    active: account.active,
    timeZone: account.timeZone,
    accountType: account.accountType,
  };
}

/** No account type here: for that an app must ask Jira's own API. */
export function deskUser(site: SiteContext, caller: Caller, accountId: string) {
  const account = site.people.find(accountId);
  const rest = `${site.baseUrl}/rest/api/2/user?accountId=${encodeURIComponent(accountId)}`;
  return {
    accountId,
    ...(account && seesEmail(caller, account) && { emailAddress: account.email }),
    displayName: site.people.name(accountId),
    active: account?.active ?? false,
    timeZone: account?.timeZone ?? 'Etc/UTC',
    _links: { jiraRest: rest, self: rest, avatarUrls: avatarUrls(site, accountId) },
  };
}
