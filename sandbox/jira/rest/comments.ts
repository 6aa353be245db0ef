/** `/rest/api/3/issue/{issue}/comment`. */
import { z } from 'zod';
import { empty, json } from '../../kit/routes';
import { checkedDocument } from '../adf';
import { addComment, deleteComment, editComment, isPublic } from '../comments';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { readProperties } from '../field-input';
import { worksHere } from '../permissions';
import { commentJson } from '../shapes';
import type { CommentState, IssueState } from '../state';

/** https://support.atlassian.com/jira-cloud-administration/docs/comments-worklogs-limits/ */
const MOST_COMMENTS = 5000;

const bodySchema = z.looseObject({
  body: z.unknown(),
  properties: z.array(z.looseObject({ key: z.string(), value: z.unknown() })).default([]),
});

export function commentRoutes(door: Door): void {
  const path = '/rest/api/3/issue/:issue/comment';
  door.platform('GET', path, listComments);
  door.platform('POST', path, create);
  door.platform('POST', '/rest/api/3/comment/list', listById);
  door.platform('GET', `${path}/:comment`, (call) => {
    const issue = call.issue();
    return json(200, shown(call, issue, commentOf(call, issue)));
  });
  door.platform('PUT', `${path}/:comment`, (call) => {
    const issue = call.issue();
    const comment = commentOf(call, issue);
    const body = checkedDocument(call.body(bodySchema).body, 'comment');
    call.write(issue);
    editComment(call.site, issue, comment, { body, by: call.actor() });
    return json(200, shown(call, issue, comment));
  });
  door.platform('DELETE', `${path}/:comment`, (call) => {
    const issue = call.issue();
    call.write(issue);
    deleteComment(call.site, issue, commentOf(call, issue), call.actor());
    return empty();
  });
}

function create(call: SiteCall) {
  const issue = call.issue();
  const input = call.body(bodySchema);
  call.write(issue);
  if (issue.comments.length >= MOST_COMMENTS) {
    throw new SiteError(413, 'The issue has reached the limit of comments.');
  }
  const properties = readProperties(input.properties);
  const comment = addComment(
    call.site,
    issue,
    {
      body: checkedDocument(input.body, 'comment'),
      // Public unless a property says otherwise; `jsdPublic` in a request is read-only and ignored.
      public: isPublic(properties),
      properties,
    },
    call.actor(),
  );
  return json(201, shown(call, issue, comment));
}

function listComments(call: SiteCall) {
  const { query } = call.req;
  const issue = call.issue();
  const startAt = Math.max(0, Number(query.get('startAt') ?? 0) || 0);
  const maxResults = Math.min(5000, Number(query.get('maxResults') ?? 100) || 100);
  const newestFirst = query.get('orderBy') === '-created';
  const ordered = newestFirst ? [...issue.comments].reverse() : issue.comments;
  const comments = ordered.slice(startAt, startAt + maxResults);
  call.cost(comments.length);
  return json(200, {
    startAt,
    maxResults,
    total: issue.comments.length,
    comments: comments.map((comment) => shown(call, issue, comment)),
  });
}

const shown = (call: SiteCall, issue: IssueState, comment: CommentState) =>
  commentJson(call.site, call.caller, issue, comment);

const listSchema = z.looseObject({ ids: z.array(z.number()) });
const MOST_LISTED = 1000;

/** Comments by id, wherever they are; the only read that gives their properties. */
function listById(call: SiteCall) {
  const { site, caller, req } = call;
  const ids = new Set(call.body(listSchema).ids.map(String));
  if (ids.size > MOST_LISTED) throw new SiteError(400, `At most ${MOST_LISTED} ids are allowed.`);
  const withProperties = (req.query.get('expand') ?? '').split(',').includes('properties');
  const issues = worksHere(caller) ? Object.values(site.state.issues) : [];
  const values = issues.flatMap((issue) =>
    issue.comments
      .filter((comment) => ids.has(comment.id))
      .map((comment) => commentJson(site, caller, issue, comment, withProperties)),
  );
  call.cost(values.length);
  return json(200, {
    self: `${site.baseUrl}/rest/api/3/comment/list`,
    maxResults: MOST_LISTED,
    startAt: 0,
    total: values.length,
    isLast: true,
    values,
  });
}

function commentOf(call: SiteCall, issue: IssueState): CommentState {
  const comment = issue.comments.find((candidate) => candidate.id === call.param('comment'));
  if (!comment) {
    throw new SiteError(404, `Can not find a comment for the id: ${call.param('comment')}.`);
  }
  return comment;
}
