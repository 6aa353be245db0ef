/**
 * The project of incidents, which is no service desk: Operations work in it beside the desks. Some
 * incidents are open when the site starts.
 */
import { documentOf } from './adf';
import type { Project, Status } from './configuration';
import type { SiteContext } from './context';
import { describe } from './history';
import type { NewId } from './project-parts';
import { workflowId } from './project-parts';
import type { IssueState } from './state';

export const INCIDENTS = 'INC';

export function incidentProject(newId: NewId): Project {
  const open: Status = { id: newId(), name: 'Reported', category: 'new' };
  const worked: Status = { id: newId(), name: 'Work in progress', category: 'indeterminate' };
  const closed: Status = { id: newId(), name: 'Closed', category: 'done', resolution: 'Done' };
  return {
    id: newId(),
    key: INCIDENTS,
    name: 'Incidents',
    style: 'classic',
    typeKey: 'software',
    serviceDeskId: '',
    issueTypes: [
      {
        id: newId(),
        name: 'Incident',
        workflow: {
          id: workflowId(newId),
          name: 'INC: incidents',
          initial: open.id,
          statuses: [open, worked, closed],
          transitions: [
            { id: '11', name: 'Start work', from: [open.id], to: worked.id },
            { id: '21', name: 'Close', from: [open.id, worked.id], to: closed.id },
            { id: '31', name: 'Reopen', from: [closed.id], to: worked.id },
          ],
          approvals: {},
        },
      },
    ],
    requestTypes: [],
  };
}

const OPEN = [
  'Checkout answers slowly in Europe',
  'Nightly invoices were not sent',
  'Warehouse scanners lose their connection',
];

/** Ids below those that the site gives, and known to the search at once: nothing else moves. */
export function openIncidents(site: SiteContext, reporter: string): void {
  const project = site.configuration.projects.find(({ key }) => key === INCIDENTS);
  const type = project?.issueTypes[0];
  if (!type) return;
  const at = site.clock.now();
  site.state.lastNumber[INCIDENTS] = OPEN.length;
  OPEN.forEach((summary, i) => {
    const issue: IssueState = {
      id: String(9_001 + i),
      key: `${INCIDENTS}-${i + 1}`,
      previousKeys: [],
      projectKey: INCIDENTS,
      issueTypeId: type.id,
      statusId: type.workflow.initial,
      statusSince: at,
      summary,
      description: documentOf(summary),
      creator: reporter,
      reporter,
      created: at,
      updated: at,
      participants: [],
      values: {},
      properties: {},
      comments: [],
      history: [],
      statuses: [{ statusId: type.workflow.initial, at }],
      approvals: [],
      indexed: [],
    };
    issue.indexed.push(describe(issue, 0));
    site.state.issues[issue.id] = issue;
  });
}
