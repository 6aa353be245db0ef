/**
 * Who may do what. Agents and apps work in the project; everybody else is a customer, who sees
 * requests in the portal only and nothing through Jira's own API.
 */
import type { SiteContext } from './context';
import { projectOf } from './context';
import { noIssue, SiteError, unauthenticated } from './errors';
import type { Account, Actor, Principal } from './people';
import type { IssueState } from './state';

export interface Caller {
  readonly principal: Principal;
  /** `undefined` for anonymous. */
  readonly account: Account | undefined;
}

export function callerOf(site: SiteContext, principal: Principal): Caller {
  if (principal.kind === 'anonymous') return { principal, account: undefined };
  const account = site.people.find(principal.accountId);
  // An app that was removed and an account that was closed cannot authenticate.
  if (!account?.active) throw unauthenticated();
  return { principal, account };
}

/** Any account as a caller, for what it may do and see while somebody else calls. */
export const asSeenBy = (site: SiteContext, accountId: string): Caller => ({
  principal: { kind: 'user', accountId },
  account: site.people.find(accountId),
});

export function actorOf(caller: Caller): Actor {
  const { principal } = caller;
  if (principal.kind === 'anonymous') throw unauthenticated();
  const appId = principal.kind === 'app' ? principal.appId : principal.viaApp;
  return { accountId: principal.accountId, ...(appId !== undefined && { appId }) };
}

export const isApp = (caller: Caller): boolean => caller.principal.kind === 'app';

export const isJiraAdmin = (caller: Caller): boolean =>
  caller.account?.roles.includes('jira-admin') ?? false;

export const isProjectAdmin = (caller: Caller): boolean =>
  isJiraAdmin(caller) || (caller.account?.roles.includes('project-admin') ?? false);

/** Works in service projects: a licence and the role. */
export const isAgent = (caller: Caller): boolean =>
  isProjectAdmin(caller) ||
  (caller.account?.licensed === true && caller.account.roles.includes('agent'));

export const worksHere = (caller: Caller): boolean => isApp(caller) || isAgent(caller);

/** Throws Jira's 404 unless the caller may browse the project. */
export function demandBrowse(caller: Caller): void {
  if (!worksHere(caller)) throw noIssue();
}

export function demandJiraAdmin(caller: Caller): void {
  if (!isJiraAdmin(caller) && !isApp(caller)) {
    throw new SiteError(403, 'Only Jira administrators can perform this operation.');
  }
}

/** Reporter, participant or approver; and everybody who works in the project. */
export function seesRequest(site: SiteContext, caller: Caller, issue: IssueState): boolean {
  if (worksHere(caller)) return true;
  const accountId = caller.account?.accountId;
  if (accountId === undefined || issue.requestTypeId === undefined) return false;
  return (
    issue.reporter === accountId ||
    issue.participants.includes(accountId) ||
    approversOnRecord(site, issue).includes(accountId)
  );
}

function approversOnRecord(site: SiteContext, issue: IssueState): string[] {
  const { approvers, approverGroups } = site.configuration.system;
  const groups = issue.values[approverGroups.id] ?? [];
  return [
    ...(issue.values[approvers.id] ?? []),
    ...[...groups].flatMap((group) => site.people.group(group).map((a) => a.accountId)),
    ...issue.approvals.flatMap((approval) => approval.finalApprovers ?? []),
  ];
}

/** The permissions that apps of this kind ask about, by key. */
export function permissionsOf(caller: Caller): Set<string> {
  const granted = new Set<string>();
  // In service projects Jira answers this as for the portal, where every customer may browse.
  if (caller.account) granted.add('BROWSE_PROJECTS');
  if (worksHere(caller)) {
    for (const key of [
      'EDIT_ISSUES',
      'CREATE_ISSUES',
      'TRANSITION_ISSUES',
      'ADD_COMMENTS',
      'DELETE_ISSUES',
      'SERVICEDESK_AGENT',
    ]) {
      granted.add(key);
    }
  }
  if (isProjectAdmin(caller)) granted.add('ADMINISTER_PROJECTS');
  if (isJiraAdmin(caller)) granted.add('ADMINISTER');
  return granted;
}

/** Throws unless the issue's project still exists and the caller sees the request. */
export function demandSeesRequest(site: SiteContext, caller: Caller, issue: IssueState): void {
  projectOf(site, issue);
  if (!seesRequest(site, caller, issue)) {
    throw new SiteError(403, 'You do not have permission to view this request.');
  }
}
