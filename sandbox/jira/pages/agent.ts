/** The agent's side: projects, the queue, the issue with everything on it. */
import { documentOf, plainText } from '../adf';
import { addComment } from '../comments';
import { statusOf } from '../configuration';
import { fieldsOf, findProject, liveProjects, projectOf, workflowFor } from '../context';
import type { SiteCall } from '../door';
import { SiteError } from '../errors';
import { deleteIssue, editIssue, moveIssue } from '../issues';
import { demandPeople } from '../jsm/create';
import { isAgent, isProjectAdmin } from '../permissions';
import type { IssueState } from '../state';
import { availableTransitions, demandTransition, runTransition } from '../transitions';
import { document, form, html, lozenge, moment, redirect } from './markup';
import type { Pages } from './pages';
import { approvalCard, fieldText } from './request-view';

export function agentPages(pages: Pages): void {
  pages.on('GET', '/jira/projects', projects);
  pages.on('GET', '/jira/servicedesk/projects/:project/queues', queue);
  pages.on('GET', '/browse/:issue', show);
  pages.on('POST', '/browse/:issue/transition', (call) => {
    const issue = writable(call);
    const id = form(call).get('id') ?? '';
    runTransition(
      call.site,
      issue,
      demandTransition(call.site, call.caller, issue, id),
      call.actor(),
    );
    return redirect(`/browse/${issue.key}`);
  });
  pages.on('POST', '/browse/:issue/comment', (call) => {
    const issue = writable(call);
    const body = documentOf(form(call).get('body') ?? '');
    if (!body) throw new SiteError(400, 'The comment must not be empty.');
    const shown = form(call).get('internal') === null;
    addComment(call.site, issue, { body, public: shown, properties: {} }, call.actor());
    return redirect(`/browse/${issue.key}`);
  });
  pages.on('POST', '/browse/:issue/approvers', setApprovers);
  pages.on('POST', '/browse/:issue/move', (call) => {
    const issue = writable(call);
    const target = findProject(call.site, form(call).get('project') ?? '');
    if (!target || target.key === issue.projectKey) {
      throw new SiteError(400, 'Choose another project.');
    }
    moveIssue(call.site, issue, target, call.actor());
    return redirect(`/browse/${issue.key}`);
  });
  pages.on('POST', '/browse/:issue/delete', (call) => {
    const issue = writable(call);
    deleteIssue(call.site, issue, call.actor());
    return redirect(`/jira/servicedesk/projects/${issue.projectKey}/queues`);
  });
}

function demandAgent(call: SiteCall): void {
  call.actor();
  if (!isAgent(call.caller)) throw new SiteError(403, 'Only agents can see this page.');
}

function writable(call: SiteCall): IssueState {
  demandAgent(call);
  const issue = call.issue();
  call.write(issue);
  return issue;
}

function projects(call: SiteCall) {
  demandAgent(call);
  return document(
    call,
    'Projects',
    html`<table><thead><tr><th>Key</th><th>Name</th><th>Kind</th><th>Work types and statuses</th></tr></thead>
<tbody>${liveProjects(call.site).map(
      (
        project,
      ) => html`<tr><td><a href="/jira/servicedesk/projects/${project.key}/queues">${project.key}</a></td>
<td>${project.name}</td><td>${project.style === 'classic' ? 'company-managed' : 'team-managed'}</td>
<td>${project.issueTypes.map(
        (type) =>
          html`<div>${type.name}: ${type.workflow.statuses.map((status) => html`${lozenge(status.name, status.category)} `)}</div>`,
      )}</td></tr>`,
    )}</tbody></table>
${isProjectAdmin(call.caller) && html`<p class="meta">You administer these projects.</p>`}`,
  );
}

function queue(call: SiteCall) {
  demandAgent(call);
  const { site } = call;
  const project = findProject(site, call.param('project'));
  if (!project) throw new SiteError(404, 'There is no such project.');
  const issues = Object.values(site.state.issues)
    .filter((issue) => issue.projectKey === project.key)
    .sort((a, b) => Number(b.id) - Number(a.id));
  return document(
    call,
    `Queue of ${project.name}`,
    html`<table><thead><tr><th>Key</th><th>Summary</th><th>Reporter</th><th>Status</th><th>Updated</th></tr></thead>
<tbody>${issues.map((issue) => {
      const status = statusOf(workflowFor(site, issue), issue.statusId);
      return html`<tr><td><a href="/browse/${issue.key}">${issue.key}</a></td><td>${issue.summary}</td><td>${site.people.name(issue.reporter)}</td><td>${lozenge(status.name, status.category)}</td><td>${moment(issue.updated)}</td></tr>`;
    })}</tbody></table>
${issues.length === 0 && html`<p>The queue is empty.</p>`}`,
  );
}

/** People by e-mail or key, as an agent would pick them. */
function setApprovers(call: SiteCall) {
  const issue = writable(call);
  const { approvers } = call.site.configuration.system;
  if (!approvers.projects.includes(issue.projectKey)) {
    throw new SiteError(400, 'This project has no Approvers field.');
  }
  const names = (form(call).get('people') ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const ids = names.map((name) => call.site.people.login(name)?.accountId ?? name);
  const values = { [approvers.id]: demandPeople(call.site, ids) };
  editIssue(call.site, issue, { values }, call.actor());
  return redirect(`/browse/${issue.key}`);
}

function show(call: SiteCall) {
  demandAgent(call);
  const issue = call.issue();
  const { site, caller } = call;
  const project = projectOf(site, issue);
  const status = statusOf(workflowFor(site, issue), issue.statusId);
  const custom = fieldsOf(site, project.key).filter(({ kind }) =>
    ['text', 'user', 'users', 'groups'].includes(kind),
  );
  const others = liveProjects(site).filter((other) => other.key !== project.key);
  return document(
    call,
    issue.summary,
    html`<p>${issue.key} ${lozenge(status.name, status.category)} <span class="meta">${project.name}, raised by ${site.people.name(issue.reporter)}, ${moment(issue.created)}</span></p>
<div>${availableTransitions(site, caller, issue).map(
      (transition) =>
        html`<form class="inline" method="post" action="/browse/${issue.key}/transition"><input type="hidden" name="id" value="${transition.id}"><button>${transition.name}</button></form>`,
    )}</div>
<div class="columns"><div>
<h2>Description</h2><div class="text">${plainText(issue.description) || '–'}</div>
<h2>Comments</h2>${issue.comments.map(
      (comment) =>
        html`<article class="comment ${comment.public ? '' : 'internal'}"><div class="meta">${site.people.name(comment.author)}, ${moment(comment.at)}${!comment.public && html` <strong>internal</strong>`}</div><p class="text">${plainText(comment.body)}</p></article>`,
    )}
<form method="post" action="/browse/${issue.key}/comment"><label for="body">Comment</label><textarea id="body" name="body" required></textarea>
<label class="check"><input type="checkbox" name="internal"> Internal, customers do not see it</label><button class="primary">Add</button></form>
<h2>History</h2>${history(call, issue)}
<h2>Properties</h2>${Object.entries(issue.properties).map(
      ([key, value]) =>
        html`<h3 class="meta">${key}</h3><pre>${JSON.stringify(value, null, 2)}</pre>`,
    )}
</div><aside>
<h2>Fields</h2><dl>${custom.map((field) => html`<dt>${field.name}</dt><dd>${fieldText(call, issue, field.id)}</dd>`)}
<dt>Resolution</dt><dd>${issue.resolution ?? 'Unresolved'}</dd></dl>
<form method="post" action="/browse/${issue.key}/approvers"><label for="people">Set approvers (e-mails)</label><input type="text" id="people" name="people"><button>Set</button></form>
<h2>Approvals</h2>${issue.approvals.map((approval) => approvalCard(call, issue, approval))}
<h2>More</h2>
<form method="post" action="/browse/${issue.key}/move"><label for="project">Move to</label><select id="project" name="project">${others.map((other) => html`<option value="${other.key}">${other.name}</option>`)}</select><button>Move</button></form>
<form method="post" action="/browse/${issue.key}/delete"><button>Delete</button></form>
</aside></div>`,
  );
}

function history(call: SiteCall, issue: IssueState) {
  const entries = [...issue.history].reverse();
  return html`<table><tbody>${entries.map(
    (
      entry,
    ) => html`<tr><td class="meta">${moment(entry.at)}</td><td>${call.site.people.name(entry.author)}</td>
<td>${entry.items.map((item) => html`<div>${item.field}: ${clip(item.fromString)} → ${clip(item.toString)}</div>`)}</td></tr>`,
  )}</tbody></table>`;
}

const clip = (text: string | null): string =>
  text === null ? '–' : text.length > 80 ? `${text.slice(0, 80)}…` : text;
