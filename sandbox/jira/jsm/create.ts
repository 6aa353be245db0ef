/** A request made through the portal or its API. */
import { checkedDocument, documentOf, LONGEST_TEXT, tooLong } from '../adf';
import type { Project, RequestType } from '../configuration';
import type { SiteContext } from '../context';
import { refuseFields, SiteError } from '../errors';
import { readFields, readPerson, readSummary } from '../field-input';
import { createIssue } from '../issues';
import type { Actor } from '../people';
import type { Caller } from '../permissions';
import { worksHere } from '../permissions';
import type { AdfNode, IssueState } from '../state';

export interface NewRequest {
  readonly project: Project;
  readonly type: RequestType;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly participants: readonly string[];
  readonly onBehalfOf?: string;
  /** Long texts come as documents, not as plain text. */
  readonly adf: boolean;
}

export function createRequest(
  site: SiteContext,
  caller: Caller,
  input: NewRequest,
  by: Actor,
): IssueState {
  const { project, type } = input;
  const others = input.onBehalfOf !== undefined || input.participants.length > 0;
  if (others && !worksHere(caller)) {
    throw new SiteError(403, 'You cannot raise requests on behalf of others in this service desk.');
  }
  const { summary, description, ...custom } = input.fields;
  const unknown = Object.keys(custom).filter((id) => !type.fields.some((f) => f.id === id));
  if (unknown.length > 0) {
    throw new SiteError(400, `The fields are not on this request type: ${unknown.join(', ')}.`);
  }
  const given = Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== ''));
  const reporter = input.onBehalfOf ?? by.accountId;
  const { values = {} } = readFields(site, project.key, given);
  return createIssue(
    site,
    {
      project,
      issueTypeId: type.issueTypeId,
      requestTypeId: type.id,
      summary: readSummary(summary),
      description: readDescription(description, input.adf),
      reporter,
      values,
      // The reporter sees the request anyway and is never listed as a participant.
      participants: [...new Set(input.participants)].filter((id) => id !== reporter),
    },
    by,
  );
}

function readDescription(value: unknown, adf: boolean): AdfNode | null {
  if (value === undefined || value === null || value === '') return null;
  if (adf) return checkedDocument(value, 'description');
  if (typeof value !== 'string') {
    throw refuseFields({ description: 'Operation value must be a string' });
  }
  if (value.length > LONGEST_TEXT) throw refuseFields({ description: tooLong() });
  return documentOf(value);
}

export function demandPeople(site: SiteContext, accountIds: readonly string[]): string[] {
  return accountIds.map((accountId) => readPerson(site, 'accountId', { accountId }));
}
