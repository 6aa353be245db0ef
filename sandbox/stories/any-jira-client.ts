import { z } from 'zod';
import type { Sent } from './kit/http';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const hasId = z.looseObject({ id: z.string() });

export const anyJiraClient: Story = {
  name: 'any-jira-client',
  promise:
    'Any client of Jira finds its way around the site as any person, and is shown no more than that person may see.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play);
    const { deskId } = await play.jira.desk('requester', 'IT');
    const [approval] = await ticket.approvals();
    const [comment] = (await ticket.look()).comments;
    const requester = await play.jira.accountId('requester');
    const look = async (
      who: string,
      path: string,
      right: (answer: Sent) => boolean,
      json?: unknown,
    ) => {
      const method = json === undefined ? 'GET' : 'POST';
      const sent = await play.jira.as(who, method, path, json === undefined ? {} : { json });
      tale.check(
        `${who}: ${method} ${path}`,
        right(sent),
        `${sent.status} ${sent.text.slice(0, 200)}`,
      );
    };
    const shows = (text: string) => (sent: Sent) => sent.status === 200 && sent.text.includes(text);
    const refuses =
      (...statuses: number[]) =>
      (sent: Sent) =>
        statuses.includes(sent.status);

    await look('requester', '/rest/api/3/myself', shows(requester));
    await look('requester', '/rest/api/3/serverInfo', shows('"baseUrl"'));
    await look('agent', '/rest/api/3/project/search', shows('"IT"'));
    await look('admin', '/rest/api/3/field/search?query=Approvers', shows('Approvers'));
    await look('agent', `/rest/api/3/user?accountId=${requester}`, shows(requester));
    await look('agent', '/rest/api/3/groups/picker?query=', shows('"groups"'));
    await look('requester', '/rest/servicedeskapi/info', shows('"isLicensedForUse"'));
    await look('requester', `/rest/servicedeskapi/servicedesk/${deskId}`, shows('"IT"'));
    await look('requester', '/rest/servicedeskapi/requesttype', shows('Request access to an app'));

    const issue = `/rest/api/3/issue/${ticket.id}`;
    const desk = `/rest/servicedeskapi/request/${ticket.id}`;
    await look('agent', `${issue}/changelog`, shows('Waiting for approval'));
    await look('agent', `${issue}/comment/${comment?.id}`, shows('Waiting for approval'));
    await look('agent', `${issue}/properties`, shows('"latchkey"'));
    await look('manager', `${desk}/approval/${approval?.id}`, shows('"canAnswerApproval":true'));
    await look('requester', `${desk}/approval/${approval?.id}`, shows('"canAnswerApproval":false'));
    await look('friend', desk, refuses(403, 404));
    await look('friend', issue, refuses(403, 404));
    // The index is some seconds behind.
    await play.pass('1m');
    await look('agent', '/rest/api/3/search/approximate-count', shows('"count":1'), {
      jql: 'project = IT',
    });
    const rights = {
      accountId: await play.jira.accountId('agent'),
      globalPermissions: ['ADMINISTER'],
    };
    await look('admin', '/rest/api/3/permissions/check', shows('"globalPermissions":[]'), rights);
    await look('agent', '/rest/api/3/permissions/check', refuses(403), {
      ...rights,
      accountId: requester,
    });
    const { fields } = await ticket.look();
    const pair = z
      .looseObject({ project: hasId, issuetype: hasId })
      .transform(({ project, issuetype }) => ({
        projectId: project.id,
        issueTypeId: issuetype.id,
      }))
      .parse(fields);
    const workflows = { projectAndIssueTypes: [pair] };
    await look('admin', '/rest/api/3/workflows', shows('Waiting for approval'), workflows);
    const picked = await play.jira.as('admin', 'GET', '/rest/api/3/groups/picker?query=');
    const groupId = /"groupId":"([^"]+)"/.exec(picked.text)?.[1];
    await look('admin', `/rest/api/3/group/member?groupId=${groupId}`, shows('"values"'));
    await look('requester', `/rest/api/3/group/member?groupId=${groupId}`, refuses(403));

    const friend = { accountIds: [await play.jira.accountId('friend')] };
    const people = `${desk}/participant`;
    await play.jira.as('requester', 'POST', people, { json: friend });
    await look('friend', desk, shows(ticket.key));
    await play.jira.as('requester', 'DELETE', people, { json: friend });
    await look('friend', desk, refuses(403, 404));

    const gone = await play.jira.as('requester', 'DELETE', issue);
    tale.check('the requester cannot delete it', [403, 404].includes(gone.status), gone.status);
    const deleted = await play.jira.as('admin', 'DELETE', issue);
    tale.check('an administrator can', deleted.status === 204, deleted.text);
    await play.control.settle();
    await look('admin', issue, refuses(404));
  },
};
