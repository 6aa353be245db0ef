import { describe, expect, it } from 'vitest';
import { SESSION_COOKIE } from '../../../sandbox/jira/site';
import { APP, aSite, HOST } from './fixture';

const UUID = APP.appId.split('/').at(-1) ?? '';

function browser(s: ReturnType<typeof aSite>, key?: string) {
  const cookie = key && `${SESSION_COOKIE}=${encodeURIComponent(s.person(key).accountId)}`;
  const go = (method: string, target: string, body?: string, type?: string) =>
    s.site.routes.dispatch({
      method,
      target,
      host: HOST,
      headers: { ...(cookie && { cookie }), ...(type && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
  return {
    get: (target: string) => go('GET', target),
    post: (target: string, fields: Record<string, string>) =>
      go('POST', target, String(new URLSearchParams(fields)), 'application/x-www-form-urlencoded'),
    send: (target: string, value: unknown) =>
      go('POST', target, JSON.stringify(value), 'application/json'),
  };
}

const createPath = (s: ReturnType<typeof aSite>, key = 'IT') =>
  `/servicedesk/customer/portal/${s.project(key).serviceDeskId}/create/${s.requestType(key).id}`;

describe('the portal', () => {
  it('sends whoever is not signed in to the sign-in page', async () => {
    const s = aSite();
    const reply = await browser(s).get('/servicedesk/customer/portals');
    expect(reply).toMatchObject({ status: 303, headers: { location: '/signin' } });
  });

  it('signs anybody of the company in', async () => {
    const s = aSite();
    const page = await browser(s).get('/signin');
    expect(page.text).toContain('token-requester');
    const reply = await browser(s).post('/signin', { person: 'requester' });
    expect(reply.headers?.['set-cookie']).toContain(SESSION_COOKIE);
  });

  it('takes a request from its form, with the plain fields', async () => {
    const s = aSite();
    const page = browser(s, 'requester');
    const form = await page.get(createPath(s));
    expect(form.text).toContain('Why do you need it?');
    const field = (label: string) =>
      s.requestType('IT').fields.find((f) => f.label === label)?.id ?? '';
    const sent = await page.post(createPath(s), {
      summary: 'Figma, please',
      description: 'I draw <b>things</b>.',
      [field('App')]: 'figma',
      [field('Beneficiary')]: s.person('friend').email,
    });
    expect(sent.status).toBe(303);
    const view = await page.get(sent.headers?.['location'] ?? '');
    expect(view.text).toContain('I draw &lt;b&gt;things&lt;/b&gt;.');
    const issue = await s.ok('agent', 'GET', '/rest/api/3/issue/IT-1');
    expect(issue.fields[field('App')]).toBe('figma');
    expect(issue.fields[field('Beneficiary')].accountId).toBe(s.person('friend').accountId);
  });

  it('stores what the create panel sent some time after the created event', async () => {
    const s = aSite({ profile: { jiraPropertyLagMs: 1500 } });
    const reply = await browser(s, 'requester').send(createPath(s), {
      fields: { summary: 'Figma' },
      panel: { fields: [{ key: 'access', value: { v: 1, app: 'figma' } }] },
    });
    const { issueKey } = reply.json as { issueKey: string };
    const path = `/rest/api/3/issue/${issueKey}/properties/${UUID}`;
    expect(s.events.at(-1)?.event.eventType).toBe('avi:jira:created:issue');
    expect((await s.call('app', 'GET', path)).status).toBe(404);
    await s.clock.advance(2000);
    expect((await s.ok('app', 'GET', path)).value).toEqual({ access: { v: 1, app: 'figma' } });
    expect(s.events).toHaveLength(1);
  });

  it('drops a panel of another shape without a word', async () => {
    const s = aSite();
    const reply = await browser(s, 'requester').send(createPath(s), {
      fields: { summary: 'Figma' },
      panel: { access: { app: 'figma' } },
    });
    expect(reply.status).toBe(201);
    await s.clock.advance(5000);
    expect((await s.ok('app', 'GET', '/rest/api/3/issue/IT-1/properties')).keys).toEqual([]);
  });

  it('brings a panel home that was on its way when the site was saved', async () => {
    const s = aSite();
    await browser(s, 'requester').send(createPath(s), {
      fields: { summary: 'Figma' },
      panel: { fields: [{ key: 'access', value: 1 }] },
    });
    const saved = JSON.parse(JSON.stringify(s.site.snapshot()));
    const again = aSite();
    again.site.restore(saved);
    await again.clock.advance(5000);
    const read = await again.ok('app', 'GET', `/rest/api/3/issue/IT-1/properties/${UUID}`);
    expect(read.value).toEqual({ access: 1 });
  });

  it('lets only agents ask on behalf of others', async () => {
    const s = aSite();
    const onBehalfOf = s.person('newcomer').accountId;
    const input = { fields: { summary: 'Figma' }, onBehalfOf };
    expect((await browser(s, 'requester').send(createPath(s), input)).status).toBe(403);
    expect((await browser(s, 'agent').send(createPath(s), input)).status).toBe(201);
    const issue = await s.ok('agent', 'GET', '/rest/api/3/issue/IT-1');
    expect(issue.fields.reporter.accountId).toBe(onBehalfOf);
    expect(issue.fields.creator.accountId).toBe(s.person('agent').accountId);
  });

  it('shows approve and decline to approvers only, and takes the answer', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    await s.setApprovers(issue, ['manager']);
    await s.move('app', issue, 'Waiting for approval');
    const view = `/servicedesk/customer/portal/${s.project('IT').serviceDeskId}/${issue}`;
    expect((await browser(s, 'requester').get(view)).text).not.toContain('>Approve<');
    const page = browser(s, 'manager');
    expect((await page.get('/servicedesk/customer/user/requests')).text).toContain(
      'Waiting for your approval',
    );
    const shown = (await page.get(view)).text ?? '';
    const action = /action="([^"]*approval[^"]*)"/.exec(shown)?.[1] ?? '';
    expect((await page.post(action, { decision: 'approve' })).status).toBe(303);
    expect(await s.status(issue)).toBe('Approved');
  });

  it('hides internal comments, and other people’s requests', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    const path = `/rest/servicedeskapi/request/${issue}/comment`;
    await s.ok('agent', 'POST', path, { body: 'For us only', public: false });
    await s.ok('agent', 'POST', path, { body: 'For everybody', public: true });
    const view = `/servicedesk/customer/portal/${s.project('IT').serviceDeskId}/${issue}`;
    const own = (await browser(s, 'requester').get(view)).text;
    expect(own).toContain('For everybody');
    expect(own).not.toContain('For us only');
    expect((await browser(s, 'friend').get(view)).status).toBe(403);
  });

  it('lets the requester withdraw before anybody was asked', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    const page = browser(s, 'requester');
    const view = `/servicedesk/customer/portal/${s.project('IT').serviceDeskId}/${issue}`;
    const id = /name="id" value="(\d+)"><button>Withdraw/.exec((await page.get(view)).text ?? '');
    await page.post(`${view}/transition`, { id: id?.[1] ?? '' });
    const read = await s.ok('agent', 'GET', `/rest/api/3/issue/${issue}?fields=resolution`);
    expect(read.fields.resolution.name).toBe('Withdrawn');
  });
});

describe('the agent’s pages', () => {
  it('are for agents', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    for (const path of [
      '/jira/projects',
      '/jira/servicedesk/projects/IT/queues',
      `/browse/${issue}`,
    ]) {
      expect((await browser(s, 'requester').get(path)).status).toBe(403);
      expect((await browser(s, 'agent').get(path)).status).toBe(200);
    }
  });

  it('mark internal comments and show properties and history', async () => {
    const s = aSite();
    const issue = await s.aRequest();
    await s.ok('app', 'PUT', `/rest/api/3/issue/${issue}/properties/accessRequest`, { state: 'x' });
    const page = browser(s, 'agent');
    await page.post(`/browse/${issue}/comment`, { body: 'Between us', internal: 'on' });
    await page.post(`/browse/${issue}/approvers`, { people: s.person('manager').email });
    const shown = (await page.get(`/browse/${issue}`)).text;
    expect(shown).toContain('<strong>internal</strong>');
    expect(shown).toContain('accessRequest');
    expect(shown).toContain('Approvers: –');
  });
});
