/** Jira and Jira Service Management through Forge; each method is one file's concern. */
import { answerApproval, readApprovals } from './approvals';
import { appClient as client } from './client';
import { postComment, readMarkers } from './comments';
import { fileRequest, linkIssues, notifyPeople, setPanel } from './file-request';
import { createIssue, editIssue, type IssueKeys, readIssue, setProperty } from './issues';
import {
  addParticipants,
  callerIsAdministrator,
  findByEmail,
  readAccounts,
  readEmail,
  readGroupsOf,
} from './people';
import type { Jira } from './port';
import { searchIssues, searchSummaries } from './search';
import { readFields, readProject, readRequestTypes, readStatuses } from './site';
import { moveIssue } from './transitions';

export function openJira(keys: IssueKeys): Jira {
  return {
    issue: (idOrKey, wants) => readIssue(client, keys, idOrKey, wants),
    approvals: (issueId) => readApprovals(client, issueId),
    comment: (issueId, comment) =>
      postComment(client, issueId, { ...comment, property: keys.ownPropertyKey }),
    commentMarkers: (issueId) => readMarkers(client, issueId, keys.ownPropertyKey),
    edit: (issueId, edit) => editIssue(client, issueId, edit),
    transition: (issueId, transitionId, property) =>
      moveIssue(client, keys, issueId, { transitionId, property }),
    setProperty: (issueId, value) => setProperty(client, keys, issueId, value),
    createIssue: (projectId, summary, lines, more) =>
      createIssue(client, projectId, { summary, lines, ...more }),
    fileRequest: (request) => fileRequest(client, request),
    setPanel: (issueId, value) => setPanel(client, keys, issueId, value),
    link: (fromId, toId) => linkIssues(client, fromId, toId),
    notify: (issueId, accountIds, message) => notifyPeople(client, issueId, accountIds, message),
    answerApproval: (issueId, approvalId, decision) =>
      answerApproval(issueId, approvalId, decision),
    groupsOf: (accountId) => readGroupsOf(client, accountId),
    addParticipants: (issueId, accountIds) => addParticipants(client, issueId, accountIds),
    accounts: (ids) => readAccounts(client, ids),
    email: (accountId) => readEmail(client, accountId),
    accountsByEmail: (email) => findByEmail(client, email),
    search: (jql, limit) => searchIssues(client, jql, limit),
    summaries: (jql, limit) => searchSummaries(client, jql, limit),
    fields: () => readFields(client),
    statuses: (projectId) => readStatuses(client, projectId),
    project: (idOrKey) => readProject(client, idOrKey),
    requestTypes: (projectKey) => readRequestTypes(client, projectKey),
    callerIsAdministrator: () => callerIsAdministrator(),
  };
}
