/** What an issue shows of others: its links, its sub-tasks, its parent. */
import { statusOf } from './configuration';
import type { SiteContext } from './context';
import { projectOf, workflowFor } from './context';
import { subtasksOf } from './issues';
import { LINK_TYPES, linkTypeJson } from './links';
import { issueTypeJson, statusJson } from './shapes';
import type { IssueState } from './state';

/** `parent` is there for sub-tasks only. */
export function relatedFields(site: SiteContext, issue: IssueState): Record<string, unknown> {
  const parent = issue.parentId === undefined ? undefined : site.state.issues[issue.parentId];
  return {
    issuelinks: linksJson(site, issue),
    subtasks: subtasksOf(site, issue).map((child) => briefIssue(site, child)),
    ...(parent && { parent: briefIssue(site, parent) }),
  };
}

/** Each with the issue at its other end. */
function linksJson(site: SiteContext, issue: IssueState) {
  return site.state.links.flatMap((link) => {
    const outward = link.sourceId === issue.id;
    if (!outward && link.destinationId !== issue.id) return [];
    const type = LINK_TYPES.find(({ id }) => id === link.typeId);
    const other = site.state.issues[outward ? link.destinationId : link.sourceId];
    if (!type || !other) return [];
    return [
      {
        id: link.id,
        self: `${site.baseUrl}/rest/api/3/issueLink/${link.id}`,
        type: linkTypeJson(site, type),
        [outward ? 'outwardIssue' : 'inwardIssue']: briefIssue(site, other),
      },
    ];
  });
}

function briefIssue(site: SiteContext, issue: IssueState) {
  const type = projectOf(site, issue).issueTypes.find(({ id }) => id === issue.issueTypeId);
  return {
    id: issue.id,
    key: issue.key,
    self: `${site.baseUrl}/rest/api/3/issue/${issue.id}`,
    fields: {
      summary: issue.summary,
      status: statusJson(site, statusOf(workflowFor(site, issue), issue.statusId)),
      ...(type && { issuetype: issueTypeJson(site, type) }),
    },
  };
}
