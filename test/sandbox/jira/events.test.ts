import { describe, expect, it } from 'vitest';
import { APP, aSite, paragraph } from './fixture';

describe('events of the site', () => {
  it('name the status change, the actor and both statuses', async () => {
    const { aRequest, move, events, app } = aSite();
    const issue = await aRequest();
    await move('app', issue, 'Waiting for approval');
    const { event, appId } = events.at(-1) ?? {};
    expect(appId).toBe(APP.appId);
    expect(event).toMatchObject({
      eventType: 'avi:jira:updated:issue',
      jiraEventTypeName: 'issue_generic',
      atlassianId: app.accountId,
      associatedStatuses: [{ name: 'New' }, { name: 'Waiting for approval' }],
    });
    expect(event.timestamp).toMatch(/^\d{13}$/);
    const [item] = event.changelog.items;
    expect(item).toMatchObject({ field: 'status', fieldId: 'status', fromString: 'New' });
    expect(Object.hasOwn(item, 'toString')).toBe(true);
  });

  it('carry no custom field', async () => {
    const { aRequest, events } = aSite();
    await aRequest();
    const { fields } = events.at(-1)?.event.issue ?? {};
    expect(Object.keys(fields).filter((id) => id.startsWith('customfield_'))).toEqual([]);
    expect(fields.issuetype.name).toBe('Service request with approvals');
  });

  it('are not sent for issue properties', async () => {
    const { aRequest, ok, events } = aSite();
    const issue = await aRequest();
    const before = events.length;
    await ok('agent', 'PUT', `/rest/api/3/issue/${issue}/properties/accessRequest`, { a: 1 });
    await ok('agent', 'DELETE', `/rest/api/3/issue/${issue}/properties/accessRequest`);
    expect(events).toHaveLength(before);
  });

  it('say the same of a new and of an edited comment, and tell of a deleted one', async () => {
    const { aRequest, ok, events } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}/comment`;
    const { id } = await ok('agent', 'POST', path, { body: paragraph('One') });
    await ok('agent', 'PUT', `${path}/${id}`, { body: paragraph('Two') });
    await ok('agent', 'DELETE', `${path}/${id}`);
    expect(events.slice(-3).map(({ event }) => event.eventType)).toEqual([
      'avi:jira:commented:issue',
      'avi:jira:commented:issue',
      'avi:jira:deleted:comment',
    ]);
  });

  it('come twice for one assignment', async () => {
    const { aRequest, ok, events, person } = aSite();
    const issue = await aRequest();
    await ok('agent', 'PUT', `/rest/api/3/issue/${issue}`, {
      fields: { assignee: { accountId: person('agent').accountId } },
    });
    expect(events.slice(-2).map(({ event }) => event.eventType)).toEqual([
      'avi:jira:updated:issue',
      'avi:jira:assigned:issue',
    ]);
  });

  it('are one per deleted issue, and none for the issues of a deleted project', async () => {
    const { aRequest, ok, call, events } = aSite();
    const [one, two] = [await aRequest(), await aRequest()];
    await ok('agent', 'DELETE', `/rest/api/3/issue/${one}`);
    expect(events.at(-1)?.event.eventType).toBe('avi:jira:deleted:issue');
    const before = events.length;
    await ok('admin', 'DELETE', '/rest/api/3/project/IT');
    expect(events).toHaveLength(before);
    expect((await call('app', 'GET', `/rest/api/3/issue/${two}`)).status).toBe(404);
  });

  it('tell of a move as an update, and the old key still finds the issue', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    const form = new URLSearchParams({ project: 'HELP' }).toString();
    await s.site.routes.dispatch({
      method: 'POST',
      target: `/browse/${issue}/move`,
      host: 'site',
      trusted: { kind: 'user', accountId: s.person('agent').accountId },
      body: form,
    });
    const { event } = s.events.at(-1) ?? {};
    expect(event.jiraEventTypeName).toBe('issue_moved');
    expect(event.changelog.items.map((i: { field: string }) => i.field)).toContain('Key');
    expect((await s.ok('app', 'GET', `/rest/api/3/issue/${issue}`)).key).toBe('HELP-1');
  });

  it('name the app also when it acts as a person', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    await s.site.routes.dispatch({
      method: 'POST',
      target: `/rest/servicedeskapi/request/${issue}/comment`,
      host: 'site',
      trusted: { kind: 'user', accountId: s.person('requester').accountId, viaApp: APP.appId },
      body: JSON.stringify({ body: 'Hello', public: true }),
    });
    expect(s.events.at(-1)).toMatchObject({
      appId: APP.appId,
      event: { atlassianId: s.person('requester').accountId },
    });
  });
});
