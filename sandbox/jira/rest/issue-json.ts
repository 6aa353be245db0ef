/** One issue as the API writes it, with what was asked for and no more. */
import type { SiteContext } from '../context';
import { fieldsOf } from '../context';
import type { Caller } from '../permissions';
import { relatedFields } from '../related';
import { commentJson, historyJson, issueFields } from '../shapes';
import type { IssueState } from '../state';
import { availableTransitions } from '../transitions';
import { transitionJson } from './transition-json';

/** What the caller asked for. */
export interface Reading {
  readonly fields: readonly string[];
  readonly properties: readonly string[];
  readonly expand: readonly string[];
}

const NAMES: Record<string, string> = {
  summary: 'Summary',
  description: 'Description',
  issuetype: 'Issue Type',
  project: 'Project',
  status: 'Status',
  resolution: 'Resolution',
  resolutiondate: 'Resolved',
  created: 'Created',
  updated: 'Updated',
  creator: 'Creator',
  reporter: 'Reporter',
  assignee: 'Assignee',
  labels: 'Labels',
  duedate: 'Due date',
  issuelinks: 'Linked Issues',
  subtasks: 'Sub-tasks',
  parent: 'Parent',
  statuscategorychangedate: 'Status Category Changed',
  comment: 'Comment',
};

export function issueJson(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  { fields, properties, expand }: Reading,
) {
  const shown = selectFields(site, caller, issue, fields);
  const named = (id: string) =>
    NAMES[id] ?? fieldsOf(site, issue.projectKey).find((field) => field.id === id)?.name ?? id;
  return {
    expand:
      'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations,transitions',
    id: issue.id,
    self: `${site.baseUrl}/rest/api/3/issue/${issue.id}`,
    key: issue.key,
    fields: shown,
    ...(properties.length > 0 && { properties: selectProperties(issue, properties) }),
    ...(expand.includes('names') && {
      names: Object.fromEntries(Object.keys(shown).map((id) => [id, named(id)])),
    }),
    ...(expand.includes('transitions') && {
      transitions: availableTransitions(site, caller, issue).map((transition) =>
        transitionJson(site, issue, transition),
      ),
    }),
    ...(expand.includes('changelog') && { changelog: newestChanges(site, caller, issue) }),
  };
}

function selectFields(
  site: SiteContext,
  caller: Caller,
  issue: IssueState,
  asked: readonly string[],
): Record<string, unknown> {
  const all: Record<string, unknown> = {
    ...issueFields(site, caller, issue),
    ...relatedFields(site, issue),
    comment: {
      comments: issue.comments.map((comment) => commentJson(site, caller, issue, comment)),
      self: `${site.baseUrl}/rest/api/3/issue/${issue.id}/comment`,
      maxResults: issue.comments.length,
      total: issue.comments.length,
      startAt: 0,
    },
  };
  const excluded = new Set(asked.filter((id) => id.startsWith('-')).map((id) => id.slice(1)));
  const wanted = asked.filter((id) => !id.startsWith('-'));
  const everything = wanted.length === 0 || wanted.some((id) => /^\*(all|navigable)$/.test(id));
  return Object.fromEntries(
    Object.entries(all).filter(([id]) => !excluded.has(id) && (everything || wanted.includes(id))),
  );
}

function selectProperties(issue: IssueState, asked: readonly string[]): Record<string, unknown> {
  const all = asked.includes('*all');
  return Object.fromEntries(
    Object.entries(issue.properties).filter(([key]) => all || asked.includes(key)),
  );
}

/** Newest first here, oldest first in `/changelog`; at most 100, and no way to page. */
function newestChanges(site: SiteContext, caller: Caller, issue: IssueState) {
  const histories = [...issue.history].reverse().slice(0, 100);
  return {
    startAt: 0,
    maxResults: histories.length,
    total: issue.history.length,
    histories: histories.map((entry) => historyJson(site, caller, entry)),
  };
}
