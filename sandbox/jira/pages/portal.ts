/** The customer portal: request types, the request form, one's own requests. */
import { z } from 'zod';
import { json } from '../../kit/routes';
import { approversOf, pendingApproval } from '../approvals';
import type { CustomField, Project, RequestType } from '../configuration';
import { statusOf } from '../configuration';
import { deskById, liveDesks, projectOf, workflowFor } from '../context';
import type { SiteCall } from '../door';
import { createRequest, demandPeople } from '../jsm/create';
import { requestTypeById } from '../jsm/desks';
import { seesRequest } from '../permissions';
import type { IssueState } from '../state';
import { document, form, html, lozenge, moment, redirect } from './markup';
import type { Pages } from './pages';
import { sendsJson } from './pages';
import { sendPanel } from './panel';

const CREATE = '/servicedesk/customer/portal/:desk/create/:type';

export function portalPages(pages: Pages): void {
  pages.on('GET', '/servicedesk/customer/portals', portals);
  pages.on('GET', CREATE, (call) => requestForm(call, ...chosen(call)));
  pages.on('POST', CREATE, submit);
  pages.on('GET', '/servicedesk/customer/user/requests', myRequests);
}

function chosen(call: SiteCall): [Project, RequestType] {
  call.actor();
  const project = deskById(call.site, call.param('desk'));
  return [project, requestTypeById(project, call.param('type'))];
}

function portals(call: SiteCall) {
  call.actor();
  return document(
    call,
    'What do you need?',
    html`${liveDesks(call.site).map(
      (project) => html`<section><h2>${project.name}</h2>
${project.requestTypes.map(
  (
    type,
  ) => html`<div class="card"><a href="/servicedesk/customer/portal/${project.serviceDeskId}/create/${type.id}">${type.name}</a>
<div class="meta">${type.description}</div></div>`,
)}</section>`,
    )}`,
  );
}

function requestForm(call: SiteCall, project: Project, type: RequestType) {
  const input = (field: RequestType['fields'][number]) => {
    if (field.id === 'description') {
      return html`<textarea id="${field.id}" name="${field.id}"></textarea>`;
    }
    const value = field.id === 'summary' ? type.name : '';
    const hint = isPerson(call, field.id) ? 'e-mail; leave empty for yourself' : undefined;
    return html`<input type="text" id="${field.id}" name="${field.id}" value="${value}"${hint && html` placeholder="${hint}"`}>`;
  };
  return document(
    call,
    type.name,
    html`<p class="meta">${project.name}</p>
<form method="post" action="/servicedesk/customer/portal/${project.serviceDeskId}/create/${type.id}">
${type.fields.map((field) => html`<label for="${field.id}">${field.label}</label>${input(field)}`)}
<div><button class="primary">Send</button></div></form>`,
  );
}

const fieldOf = (call: SiteCall, id: string): CustomField | undefined =>
  call.site.configuration.fields.find((field) => field.id === id);

const isPerson = (call: SiteCall, id: string): boolean => fieldOf(call, id)?.kind === 'user';

const submitSchema = z.looseObject({
  fields: z.record(z.string(), z.unknown()),
  panel: z.unknown().optional(),
  onBehalfOf: z.string().optional(),
});

/** What the portal's own form sends, as JSON or urlencoded. */
function submit(call: SiteCall) {
  const { site, caller, req } = call;
  const [project, type] = chosen(call);
  const sent = sendsJson(req) ? call.body(submitSchema) : { fields: formFields(call, type) };
  const behalf = 'onBehalfOf' in sent && sent.onBehalfOf ? [sent.onBehalfOf] : [];
  const [onBehalfOf] = demandPeople(site, behalf);
  const issue = createRequest(
    site,
    caller,
    {
      project,
      type,
      fields: sent.fields,
      participants: [],
      adf: false,
      ...(onBehalfOf !== undefined && { onBehalfOf }),
    },
    call.actor(),
  );
  if ('panel' in sent) sendPanel(site, issue, sent.panel);
  if (sendsJson(req)) return json(201, { issueId: issue.id, issueKey: issue.key });
  return redirect(`/servicedesk/customer/portal/${project.serviceDeskId}/${issue.key}`);
}

function formFields(call: SiteCall, type: RequestType): Record<string, unknown> {
  const sent = form(call);
  return Object.fromEntries(
    type.fields.flatMap(({ id }): [string, unknown][] => {
      const text = sent.get(id)?.trim() ?? '';
      if (text === '') return [];
      if (!isPerson(call, id)) return [[id, text]];
      return [[id, { accountId: call.site.people.login(text)?.accountId ?? text }]];
    }),
  );
}

function myRequests(call: SiteCall) {
  const { accountId } = call.actor();
  const { site, caller } = call;
  const seen = Object.values(site.state.issues)
    .filter((issue) => issue.requestTypeId !== undefined && seesRequest(site, caller, issue))
    .sort((a, b) => Number(b.id) - Number(a.id));
  const waiting = seen.filter((issue) => {
    const pending = pendingApproval(issue);
    return pending && approversOf(site, issue, pending).includes(accountId);
  });
  const own = seen.filter(
    (issue) => issue.reporter === accountId || issue.participants.includes(accountId),
  );
  return document(
    call,
    'My requests',
    html`${waiting.length > 0 && html`<h2>Waiting for your approval</h2>${requestTable(call, waiting)}`}
<h2>Yours</h2>
${own.length === 0 ? html`<p>Nothing yet. <a href="/servicedesk/customer/portals">Ask for something.</a></p>` : requestTable(call, own)}`,
  );
}

function requestTable(call: SiteCall, issues: readonly IssueState[]) {
  return html`<table><thead><tr><th>Key</th><th>Summary</th><th>Status</th><th>Created</th></tr></thead>
<tbody>${issues.map((issue) => {
    const status = statusOf(workflowFor(call.site, issue), issue.statusId);
    const desk = projectOf(call.site, issue).serviceDeskId;
    return html`<tr><td><a href="/servicedesk/customer/portal/${desk}/${issue.key}">${issue.key}</a></td>
<td>${issue.summary}</td><td>${lozenge(status.name, status.category)}</td><td>${moment(issue.created)}</td></tr>`;
  })}</tbody></table>`;
}
