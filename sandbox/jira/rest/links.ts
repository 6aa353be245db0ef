/** `/rest/api/3/issueLink`. */
import { z } from 'zod';
import { checkedDocument } from '../adf';
import { addComment } from '../comments';
import { lookUp } from '../context';
import type { Door, SiteCall } from '../door';
import { noIssue, SiteError } from '../errors';
import { LINK_TYPES, linkIssues } from '../links';
import { demandBrowse } from '../permissions';
import type { IssueState } from '../state';

/** https://support.atlassian.com/jira-cloud-administration/docs/per-issue-limits/ */
const MOST_LINKS = 2000;

const end = z.looseObject({ id: z.string().optional(), key: z.string().optional() });
const bodySchema = z.looseObject({
  type: z.looseObject({ id: z.string().optional(), name: z.string().optional() }),
  inwardIssue: end,
  outwardIssue: end,
  comment: z.looseObject({ body: z.unknown() }).optional(),
});

export function linkRoutes(door: Door): void {
  door.platform('POST', '/rest/api/3/issueLink', link);
}

/** The link reads from the inward issue to the outward one, whatever their names suggest. */
function link(call: SiteCall) {
  const { site } = call;
  const body = call.body(bodySchema);
  demandBrowse(call.caller);
  const type = LINK_TYPES.find(({ id, name }) => id === body.type.id || name === body.type.name);
  if (!type) {
    throw new SiteError(404, `No issue link type with name '${body.type.name ?? ''}' found.`);
  }
  const source = named(call, body.inwardIssue);
  const destination = named(call, body.outwardIssue);
  if (source === destination) throw new SiteError(400, 'You cannot link an issue to itself.');
  const comment = body.comment && checkedDocument(body.comment.body, 'comment');
  for (const issue of [source, destination]) {
    const ends = site.state.links.flatMap((l) => [l.sourceId, l.destinationId]);
    if (ends.filter((id) => id === issue.id).length >= MOST_LINKS) {
      throw new SiteError(413, 'The issue has reached the limit of links.');
    }
    call.write(issue);
  }
  linkIssues(site, { source, destination }, type, call.actor());
  if (comment) {
    addComment(site, destination, { body: comment, public: true, properties: {} }, call.actor());
  }
  return { status: 201 };
}

function named(call: SiteCall, given: z.infer<typeof end>): IssueState {
  const issue = lookUp(call.site, given.id ?? given.key ?? '');
  if (!issue || call.site.state.deletedProjects.includes(issue.projectKey)) throw noIssue();
  return issue;
}
