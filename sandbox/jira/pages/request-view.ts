/** One request as its customer and its approvers see it. */
import { plainText } from '../adf';
import { approversOf, canAnswer, decisionOf } from '../approvals';
import { statusOf } from '../configuration';
import { requestTypeOf, workflowFor } from '../context';
import { decide } from '../decide';
import type { SiteCall } from '../door';
import { addPlainComment } from '../jsm/requests';
import type { ApprovalState, IssueState } from '../state';
import { availableTransitions, demandTransition, runTransition } from '../transitions';
import { document, form, html, lozenge, moment, redirect } from './markup';
import type { Pages } from './pages';

const VIEW = '/servicedesk/customer/portal/:desk/:issue';

export function requestPages(pages: Pages): void {
  pages.on('GET', VIEW, show);
  pages.on('POST', `${VIEW}/comment`, (call) => {
    const issue = signedIn(call);
    call.write(issue);
    addPlainComment(call, issue, form(call).get('body') ?? '', true);
    return back(call);
  });
  pages.on('POST', `${VIEW}/approval/:approval`, (call) => {
    const issue = signedIn(call);
    const decision = form(call).get('decision') === 'approve' ? 'approve' : 'decline';
    call.write(issue);
    decide(call.site, issue, {
      approvalId: call.param('approval'),
      decision,
      by: call.actor(),
    });
    return back(call);
  });
  pages.on('POST', `${VIEW}/transition`, (call) => {
    const issue = signedIn(call);
    call.write(issue);
    const transition = demandTransition(call.site, call.caller, issue, form(call).get('id') ?? '');
    runTransition(call.site, issue, transition, call.actor());
    return back(call);
  });
}

function signedIn(call: SiteCall): IssueState {
  call.actor();
  return call.request();
}

const here = (call: SiteCall): string =>
  `/servicedesk/customer/portal/${call.param('desk')}/${call.param('issue')}`;
const back = (call: SiteCall) => redirect(here(call));

function show(call: SiteCall) {
  const issue = signedIn(call);
  const { site, caller } = call;
  const status = statusOf(workflowFor(site, issue), issue.statusId);
  const type = requestTypeOf(site, issue);
  const transitions = availableTransitions(site, caller, issue).filter((t) => t.customers);
  const fields = (type?.fields ?? []).filter(({ id }) => id.startsWith('customfield_'));
  return document(
    call,
    issue.summary,
    html`<p>${issue.key} ${lozenge(status.name, status.category)} <span class="meta">${type?.name}, raised by ${site.people.name(issue.reporter)}, ${moment(issue.created)}</span></p>
<div class="columns"><div>
${issue.approvals.map((approval) => approvalCard(call, issue, approval))}
<h2>Description</h2><div class="text">${plainText(issue.description) || '–'}</div>
<h2>Activity</h2>
${issue.comments
  .filter((comment) => comment.public)
  .map(
    (comment) =>
      html`<article class="comment"><div class="meta">${site.people.name(comment.author)}, ${moment(comment.at)}</div><p class="text">${plainText(comment.body)}</p></article>`,
  )}
<form method="post" action="${here(call)}/comment"><label for="body">Comment</label><textarea id="body" name="body" required></textarea><div><button class="primary">Add</button></div></form>
</div><aside>
<h2>Details</h2><dl>${fields.map(({ id, label }) => html`<dt>${label}</dt><dd>${fieldText(call, issue, id)}</dd>`)}</dl>
${issue.participants.length > 0 && html`<h2>Shared with</h2><ul class="plain">${issue.participants.map((id) => html`<li>${site.people.name(id)}</li>`)}</ul>`}
${transitions.map((transition) => html`<form method="post" action="${here(call)}/transition"><input type="hidden" name="id" value="${transition.id}"><button>${transition.name}</button></form>`)}
</aside></div>`,
  );
}

export function fieldText(call: SiteCall, issue: IssueState, fieldId: string): string {
  const value = issue.values[fieldId];
  const kind = call.site.configuration.fields.find((field) => field.id === fieldId)?.kind;
  if (value === undefined || value.length === 0) return '–';
  const person = kind === 'user' || kind === 'users';
  return [value]
    .flat()
    .map((item) => (person ? call.site.people.name(item) : item))
    .join(', ');
}

export function approvalCard(call: SiteCall, issue: IssueState, approval: ApprovalState) {
  const { site } = call;
  const approvers = approversOf(site, issue, approval);
  const mine = canAnswer(site, issue, approval, call.caller.account?.accountId ?? '');
  const desk = `/servicedesk/customer/portal/${requestDesk(call, issue)}/${issue.key}`;
  return html`<section class="card"><strong>${approval.name}</strong> <span class="meta">${
    approval.abandoned ? 'no longer asked' : approval.finalDecision
  }, ${moment(approval.openedAt)}</span>
<ul class="plain">${approvers.map((id) => html`<li>${site.people.name(id)}: ${decisionOf(approval, id)}</li>`)}</ul>
${approvers.length === 0 && html`<p>Nobody is asked.</p>`}
${
  mine &&
  html`<form method="post" action="${desk}/approval/${approval.id}"><button class="primary" name="decision" value="approve">Approve</button><button name="decision" value="decline">Decline</button></form>`
}</section>`;
}

const requestDesk = (call: SiteCall, issue: IssueState): string | undefined =>
  call.site.configuration.projects.find((project) => project.key === issue.projectKey)
    ?.serviceDeskId;
