/** Jira's own groups in the company, by name: who approves together. */
export const JIRA_GROUPS: Readonly<Record<string, readonly string[]>> = {
  /** Where requests go that nobody else can decide. */
  'it-queue': ['admin', 'second-admin', 'agent'],
  'security-approvers': ['named', 'owner'],
  /** One of the two has left the company and is still active in Jira. */
  'finance-approvers': ['double', 'leaver'],
  /** Holds somebody who asks for access themselves. */
  'design-approvers': ['manager', 'requester'],
  /** Everybody in it was moved elsewhere. */
  'former-approvers': [],
};
