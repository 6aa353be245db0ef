/** `/rest/servicedeskapi/request`: create, read, list, comment, participants, status, transitions. */
import { z } from 'zod';
import { empty, json } from '../../kit/routes';
import { documentOf, LONGEST_TEXT, tooLong } from '../adf';
import { approversOf, pendingApproval } from '../approvals';
import { addComment } from '../comments';
import { deskById } from '../context';
import { deskComment, page, requestJson, slaJson, statusHistory } from '../desk-shapes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { editIssue } from '../issues';
import { seesRequest, worksHere } from '../permissions';
import type { IssueState } from '../state';
import { availableTransitions, demandTransition, runTransition } from '../transitions';
import { deskUser } from '../user-shapes';
import { createRequest, demandPeople } from './create';
import { requestTypeById } from './desks';

const BASE = '/rest/servicedeskapi/request';

export function requestRoutes(door: Door): void {
  door.desk('POST', BASE, create);
  door.desk('GET', BASE, listOwn);
  door.desk('GET', `${BASE}/:issue`, (call) => {
    const issue = call.request();
    call.cost(1);
    return json(200, requestJson(call.site, call.caller, issue));
  });
  door.desk('GET', `${BASE}/:issue/comment`, listComments);
  door.desk('POST', `${BASE}/:issue/comment`, comment);
  door.desk('GET', `${BASE}/:issue/participant`, (call) => participants(call, call.request()));
  door.desk('POST', `${BASE}/:issue/participant`, changeParticipants('add'));
  door.desk('DELETE', `${BASE}/:issue/participant`, changeParticipants('remove'));
  door.desk('GET', `${BASE}/:issue/sla`, (call) => {
    const issue = call.request();
    if (!worksHere(call.caller)) {
      throw new SiteError(403, 'You must be an agent to see service level agreements.');
    }
    return paged(call, `/request/${issue.id}/sla`, [slaJson(call.site, issue)]);
  });
  door.desk('GET', `${BASE}/:issue/status`, (call) => {
    const issue = call.request();
    return paged(call, `/request/${issue.id}/status`, statusHistory(call.site, issue));
  });
  door.desk('GET', `${BASE}/:issue/transition`, (call) => {
    const issue = call.request();
    const shown = customerTransitions(call, issue).map(({ id, name }) => ({ id, name }));
    return paged(call, `/request/${issue.id}/transition`, shown);
  });
  door.desk('POST', `${BASE}/:issue/transition`, transit);
}

function paged(call: SiteCall, path: string, values: unknown[]) {
  const reply = page(call.site, call.req.query, { path, values });
  call.cost(reply.size);
  return json(200, reply);
}

const createSchema = z.looseObject({
  serviceDeskId: z.coerce.string(),
  requestTypeId: z.coerce.string(),
  requestFieldValues: z.record(z.string(), z.unknown()).default({}),
  requestParticipants: z.array(z.string()).default([]),
  raiseOnBehalfOf: z.string().optional(),
  isAdfRequest: z.boolean().default(false),
});

function create(call: SiteCall) {
  const { site, caller } = call;
  const input = call.body(createSchema);
  const project = deskById(site, input.serviceDeskId);
  const [onBehalfOf] =
    input.raiseOnBehalfOf === undefined ? [] : demandPeople(site, [input.raiseOnBehalfOf]);
  const issue = createRequest(
    site,
    caller,
    {
      project,
      type: requestTypeById(project, input.requestTypeId),
      fields: input.requestFieldValues,
      participants: demandPeople(site, input.requestParticipants),
      adf: input.isAdfRequest,
      ...(onBehalfOf !== undefined && { onBehalfOf }),
    },
    call.actor(),
  );
  return json(201, requestJson(site, caller, issue));
}

/** The caller's own requests, newest first; agents see no more here than anybody. */
function listOwn(call: SiteCall) {
  const { site, caller, req } = call;
  const { accountId } = call.actor();
  const ownership = req.query.get('requestOwnership') ?? 'OWNED_REQUESTS';
  const term = (req.query.get('searchTerm') ?? '').toLowerCase();
  const awaiting = req.query.get('approvalStatus') === 'MY_PENDING_APPROVAL';
  const mine = Object.values(site.state.issues)
    .filter((issue) => issue.requestTypeId !== undefined && seesRequest(site, caller, issue))
    .filter((issue) => {
      if (ownership === 'APPROVER' || awaiting) return isApprover(call, issue, awaiting);
      if (ownership === 'PARTICIPATED_REQUESTS') return issue.participants.includes(accountId);
      return issue.reporter === accountId;
    })
    .filter((issue) => issue.summary.toLowerCase().includes(term))
    .sort((a, b) => b.created - a.created || Number(b.id) - Number(a.id));
  return paged(
    call,
    '/request',
    mine.map((issue) => requestJson(site, caller, issue)),
  );
}

function isApprover(call: SiteCall, issue: IssueState, pendingOnly: boolean): boolean {
  const { accountId } = call.actor();
  const asked = pendingOnly ? [pendingApproval(issue)] : issue.approvals;
  return asked.some(
    (approval) => approval && approversOf(call.site, issue, approval).includes(accountId),
  );
}

/** Who may not see the request gets an empty list, not a refusal. */
function listComments(call: SiteCall) {
  const { site, caller, req } = call;
  const issue = call.anyIssue();
  const visible = seesRequest(site, caller, issue);
  const show = (kind: string) => req.query.get(kind) !== 'false';
  const seen = (visible ? issue.comments : []).filter((c) =>
    c.public ? show('public') : worksHere(caller) && show('internal'),
  );
  return paged(
    call,
    `/request/${issue.id}/comment`,
    seen.map((c) => deskComment(site, caller, issue, c)),
  );
}

const commentSchema = z.looseObject({ body: z.string(), public: z.boolean() });

function comment(call: SiteCall) {
  const { site, caller } = call;
  const issue = call.request();
  const input = call.body(commentSchema);
  if (!input.public && !worksHere(caller)) {
    throw new SiteError(403, 'Only agents can add internal comments.');
  }
  call.write(issue);
  const added = addPlainComment(call, issue, input.body, input.public);
  return json(201, deskComment(site, caller, issue, added));
}

export function addPlainComment(
  call: SiteCall,
  issue: IssueState,
  text: string,
  shownToCustomers: boolean,
) {
  const body = documentOf(text);
  if (!body) throw new SiteError(400, 'The comment must not be empty.');
  if (text.length > LONGEST_TEXT) throw new SiteError(400, tooLong());
  return addComment(
    call.site,
    issue,
    { body, public: shownToCustomers, properties: {} },
    call.actor(),
  );
}

const participantsSchema = z.looseObject({ accountIds: z.array(z.string()).default([]) });

function participants(call: SiteCall, issue: IssueState) {
  const { site, caller } = call;
  return paged(
    call,
    `/request/${issue.id}/participant`,
    issue.participants.map((accountId) => deskUser(site, caller, accountId)),
  );
}

function changeParticipants(how: 'add' | 'remove') {
  return (call: SiteCall) => {
    const { site, caller } = call;
    const issue = call.request();
    if (!worksHere(caller) && issue.reporter !== caller.account?.accountId) {
      throw new SiteError(403, 'You do not have permission to manage participants.');
    }
    const { accountIds } = call.body(participantsSchema);
    call.write(issue);
    const named = demandPeople(site, accountIds);
    const next =
      how === 'add'
        ? // The reporter sees the request anyway and is never listed as a participant.
          [...issue.participants, ...named.filter((id) => id !== issue.reporter)]
        : issue.participants.filter((id) => !named.includes(id));
    editIssue(site, issue, { participants: [...new Set(next)] }, call.actor());
    return participants(call, issue);
  };
}

const transitSchema = z.looseObject({
  id: z.coerce.string(),
  additionalComment: z.looseObject({ body: z.string() }).optional(),
});

/** What the portal shows, for everybody alike. */
function customerTransitions(call: SiteCall, issue: IssueState) {
  return availableTransitions(call.site, call.caller, issue).filter((t) => t.customers);
}

function transit(call: SiteCall) {
  const { site, caller } = call;
  const issue = call.request();
  const { id, additionalComment } = call.body(transitSchema);
  call.write(issue);
  const transition = demandTransition(site, caller, issue, id);
  if (!transition.customers) throw new SiteError(400, 'The transition is not valid.');
  runTransition(site, issue, transition, call.actor());
  if (additionalComment) addPlainComment(call, issue, additionalComment.body, true);
  return empty();
}
