/** Comments, public or internal. */
import type { SiteContext } from './context';
import { newId } from './context';
import { commentDeleted, issueCommented } from './events';
import { reindex } from './history';
import type { Actor } from './people';
import type { AdfNode, CommentState, IssueState } from './state';

/** A comment whose property says `internal` is not for customers, whatever else was asked. */
export const VISIBILITY_PROPERTY = 'sd.public.comment';

export interface NewComment {
  readonly body: AdfNode;
  readonly public: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function addComment(
  site: SiteContext,
  issue: IssueState,
  input: NewComment,
  by: Actor,
): CommentState {
  const at = site.clock.now();
  const comment: CommentState = {
    id: newId(site),
    author: by.accountId,
    updateAuthor: by.accountId,
    body: input.body,
    public: input.public,
    at,
    updatedAt: at,
    properties: { ...input.properties },
  };
  issue.comments.push(comment);
  touch(site, issue);
  issueCommented(site, issue, by, comment);
  return comment;
}

/** A new body keeps the visibility. */
export function editComment(
  site: SiteContext,
  issue: IssueState,
  comment: CommentState,
  { body, by }: { body: AdfNode; by: Actor },
): void {
  comment.body = body;
  comment.updateAuthor = by.accountId;
  comment.updatedAt = site.clock.now();
  touch(site, issue);
  issueCommented(site, issue, by, comment);
}

export function deleteComment(
  site: SiteContext,
  issue: IssueState,
  comment: CommentState,
  by: Actor,
): void {
  issue.comments = issue.comments.filter((other) => other !== comment);
  touch(site, issue);
  commentDeleted(site, issue, by, comment);
}

function touch(site: SiteContext, issue: IssueState): void {
  issue.updated = site.clock.now();
  reindex(site, issue);
}

/** `internal` in the property decides; without it a comment is public. */
export function isPublic(properties: Readonly<Record<string, unknown>>): boolean {
  const value = properties[VISIBILITY_PROPERTY];
  return !(
    typeof value === 'object' &&
    value !== null &&
    'internal' in value &&
    value.internal === true
  );
}
