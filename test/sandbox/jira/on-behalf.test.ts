import { describe, expect, it } from 'vitest';
import { APP, aSite, type Who } from './fixture';

function raising() {
  const s = aSite();
  const raise = (who: Who, more: object) =>
    s.call(who, 'POST', '/rest/servicedeskapi/request', {
      serviceDeskId: s.project('IT').serviceDeskId,
      requestTypeId: s.requestType('IT').id,
      requestFieldValues: { summary: 'Figma, please' },
      ...more,
    });
  return { ...s, raise, id: (key: string) => s.person(key).accountId };
}

describe('a request on behalf of somebody', () => {
  it('is theirs, and the history says who made it', async () => {
    const { raise, id, ok, app, events } = raising();
    const made = await raise('app', {
      raiseOnBehalfOf: id('newcomer'),
      requestParticipants: [id('manager'), id('newcomer')],
    });
    expect(made.status).toBe(201);
    expect(made.json.reporter.accountId).toBe(id('newcomer'));
    const path = `/rest/api/3/issue/${made.json.issueKey}?fields=reporter,creator`;
    const { fields } = await ok('agent', 'GET', path);
    expect(fields.reporter.accountId).toBe(id('newcomer'));
    expect(fields.creator.accountId).toBe(app.accountId);
    expect(events.at(-1)).toMatchObject({
      appId: APP.appId,
      event: { eventType: 'avi:jira:created:issue', atlassianId: app.accountId },
    });
  });

  it('never lists its reporter among the participants', async () => {
    const { raise, id, ok } = raising();
    const made = await raise('agent', {
      raiseOnBehalfOf: id('requester'),
      requestParticipants: [id('friend'), id('requester'), id('friend')],
    });
    const path = `/rest/servicedeskapi/request/${made.json.issueKey}/participant`;
    const { values } = await ok('friend', 'GET', path);
    expect(values.map((user: { accountId: string }) => user.accountId)).toEqual([id('friend')]);
  });

  it('is refused to customers, with participants alone as well', async () => {
    const { raise, id } = raising();
    for (const who of ['requester', 'manager', 'portal-only']) {
      expect((await raise(who, { raiseOnBehalfOf: id('friend') })).status).toBe(403);
      expect((await raise(who, { requestParticipants: [id('friend')] })).status).toBe(403);
    }
  });

  it('is refused for nobody and for the inactive', async () => {
    const { raise, id, site } = raising();
    expect((await raise('app', { raiseOnBehalfOf: 'nobody' })).status).toBe(400);
    site.setActive(id('friend'), false);
    expect((await raise('app', { raiseOnBehalfOf: id('friend') })).status).toBe(400);
    expect((await raise('app', { requestParticipants: [id('friend')] })).status).toBe(400);
  });
});
