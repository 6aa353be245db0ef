/** Every answer of the site against Atlassian's own OpenAPI files, where they are at hand. */
import { describe, expect, it } from 'vitest';
import { lineOf, openConformance } from '../../contract/specs/conformance';
import { missingSpecs, whyUnchecked } from '../../contract/specs/folder';
import { aSite, paragraph } from './fixture';

if (whyUnchecked) console.warn(whyUnchecked);

async function everyRoute() {
  const s = aSite();
  const { ok, call } = s;
  const issue = await s.aRequest();
  await s.setApprovers(issue, ['manager']);
  await s.move('app', issue, 'Waiting for approval');
  const rest = '/rest/api/3';
  const desk = '/rest/servicedeskapi';
  await s.answer('manager', issue, 'approve');
  const note = await ok('app', 'POST', `${rest}/issue/${issue}/comment`, {
    body: paragraph('Granted.'),
    properties: [{ key: 'accessRequest', value: { op: 'grant' } }],
  });
  await ok('agent', 'POST', `${desk}/request/${issue}/comment`, { body: 'Seen.', public: false });
  await ok('app', 'PUT', `${rest}/issue/${issue}/properties/accessRequest`, { state: 'active' });
  await ok('app', 'POST', `${desk}/request/${issue}/participant`, {
    accountIds: [s.person('friend').accountId],
  });
  const it = s.project('IT');
  const reads: [method: string, target: string, body?: unknown][] = [
    ['GET', `${rest}/serverInfo`],
    ['GET', `${rest}/myself`],
    ['GET', `${rest}/field`],
    ['GET', `${rest}/field/search?type=custom&query=Approvers`],
    ['GET', `${rest}/mypermissions?permissions=ADMINISTER,EDIT_ISSUES&projectKey=IT`],
    [
      'POST',
      `${rest}/permissions/check`,
      {
        accountId: s.person('admin').accountId,
        globalPermissions: ['ADMINISTER'],
        projectPermissions: [{ permissions: ['EDIT_ISSUES'], projects: [Number(it.id)] }],
      },
    ],
    ['GET', `${rest}/project/search?typeKey=service_desk`],
    ['GET', `${rest}/project/IT`],
    ['GET', `${rest}/project/IT/statuses`],
    [
      'POST',
      `${rest}/workflows`,
      { projectAndIssueTypes: [{ projectId: it.id, issueTypeId: it.issueTypes[0]?.id }] },
    ],
    ['GET', `${rest}/issue/${issue}?properties=accessRequest&expand=changelog,names,transitions`],
    ['GET', `${rest}/issue/${issue}/changelog`],
    ['GET', `${rest}/issue/${issue}/transitions`],
    ['GET', `${rest}/issue/${issue}/comment`],
    ['GET', `${rest}/issue/${issue}/comment/${note.id}`],
    ['POST', `${rest}/comment/list?expand=properties`, { ids: [Number(note.id)] }],
    ['PUT', `${rest}/issue/${issue}/comment/${note.id}`, { body: paragraph('Granted again.') }],
    ['GET', `${rest}/issue/${issue}/properties`],
    ['GET', `${rest}/issue/${issue}/properties/accessRequest`],
    ['POST', `${rest}/search/jql`, { jql: 'project = IT', fields: ['summary', 'status'] }],
    ['GET', `${rest}/search/jql?jql=project%20%3D%20IT&fields=key`],
    ['POST', `${rest}/search/approximate-count`, { jql: 'project = IT' }],
    ['GET', `${rest}/user?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/user/bulk?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/user/search?query=${s.person('manager').email}`],
    ['GET', `${rest}/user/email?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/groups/picker?query=jira`],
    ['GET', `${rest}/user/groups?accountId=${s.person('owner').accountId}`],
    ['GET', `${rest}/project/INC`],
    [
      'POST',
      `${rest}/issueLink`,
      { type: { name: 'Relates' }, inwardIssue: { key: issue }, outwardIssue: { key: 'INC-1' } },
    ],
    [
      'POST',
      `${rest}/issue/${issue}/notify`,
      { subject: 'x', textBody: 'x', to: { users: [{ accountId: s.person('agent').accountId }] } },
    ],
    ['GET', `${desk}/info`],
    ['GET', `${desk}/servicedesk`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}/requesttype`],
    ['GET', `${desk}/requesttype?serviceDeskId=${it.serviceDeskId}`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}/requesttype/${it.requestTypes[0]?.id}/field`],
    ['GET', `${desk}/request/${issue}`],
    ['GET', `${desk}/request/${issue}/comment`],
    ['GET', `${desk}/request/${issue}/participant`],
    ['GET', `${desk}/request/${issue}/sla`],
    ['GET', `${desk}/request/${issue}/status`],
    ['GET', `${desk}/request/${issue}/transition`],
    ['GET', `${desk}/request/${issue}/approval`],
  ];
  for (const [method, target, body] of reads) await ok('app', method, target, body);
  const child = await ok('app', 'POST', `${rest}/issue`, {
    fields: {
      project: { key: 'IT' },
      issuetype: { id: it.issueTypes.find((type) => type.subtask)?.id },
      parent: { key: issue },
      summary: 'By hand',
      duedate: '2026-03-05',
      assignee: { accountId: s.person('agent').accountId },
    },
  });
  for (const key of [issue, child.key]) await ok('app', 'GET', `${rest}/issue/${key}`);
  await ok('app', 'POST', `${desk}/request`, {
    serviceDeskId: it.serviceDeskId,
    requestTypeId: it.requestTypes[0]?.id,
    requestFieldValues: { summary: 'For a new colleague' },
    raiseOnBehalfOf: s.person('newcomer').accountId,
    requestParticipants: [s.person('manager').accountId],
  });
  await byGroups(s);
  const groups = await ok('app', 'GET', `${rest}/groups/picker?query=admins`);
  await ok('admin', 'GET', `${rest}/group/member?groupId=${groups.groups[0].groupId}`);
  const [approval] = await s.approvals(issue);
  await ok('manager', 'GET', `${desk}/request/${issue}/approval/${approval.id}`);
  await ok('requester', 'GET', `${desk}/request`);
  const made = await ok('agent', 'POST', `${rest}/issue`, {
    fields: {
      project: { key: 'IT' },
      issuetype: { id: it.issueTypes[0]?.id },
      summary: 'By an agent',
    },
  });
  await ok('admin', 'PUT', `${rest}/issue/${made.key}?returnIssue=true`, {
    fields: { summary: 'Changed' },
  });
  const withdraw = await s.aRequest();
  const { values } = await ok('requester', 'GET', `${desk}/request/${withdraw}/transition`);
  await ok('requester', 'POST', `${desk}/request/${withdraw}/transition`, { id: values[0].id });
  await ok('app', 'DELETE', `${rest}/issue/${issue}/properties/accessRequest`);
  await ok('app', 'DELETE', `${rest}/issue/${issue}/comment/${note.id}`);
  await ok('app', 'DELETE', `${rest}/issue/${made.key}`);
  await call('requester', 'GET', `${rest}/issue/${issue}`);
  await call('anonymous', 'GET', `${desk}/request/${issue}`);
  await call('portal-only', 'GET', `${desk}/request/${issue}`);
  await call('agent', 'PUT', `${rest}/issue/${issue}`, { fields: { summary: '' } });
  await ok('admin', 'DELETE', `${rest}/project/HELP`);
  return s;
}

async function byGroups(s: ReturnType<typeof aSite>): Promise<void> {
  const issue = await s.aRequest('GRP');
  const fields = { [s.site.configuration.system.approverGroups.id]: [{ name: 'it-queue' }] };
  await s.ok('app', 'PUT', `/rest/api/3/issue/${issue}`, { fields });
  await s.move('app', issue, 'Waiting for approval');
  await s.answer('agent', issue, 'approve');
  await s.approvals(issue);
  await s.ok('app', 'GET', `/rest/api/3/issue/${issue}`);
}

describe('answers of the Jira site', () => {
  it('come from every modelled route', async () => {
    const { site } = await everyRoute();
    const api = site.routes.usage().filter(({ route }) => route.includes(' /rest/'));
    expect(api.filter(({ hits }) => hits === 0).map(({ route }) => route)).toEqual([
      'DELETE /rest/servicedeskapi/request/:issue/participant',
    ]);
    expect(site.routes.unmodelled).toEqual([]);
  });

  it.skipIf(missingSpecs.length > 0)('are valid against the specifications', async () => {
    const conformance = await openConformance();
    const { calls } = await everyRoute();
    expect(conformance.checkAll(calls.since()).violations.map(lineOf)).toEqual([]);
  });
});
