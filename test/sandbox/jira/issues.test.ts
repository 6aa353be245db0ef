import { describe, expect, it } from 'vitest';
import { aSite, paragraph } from './fixture';

describe('who may do what', () => {
  it('hides issues from customers in Jira’s own API, and shows their requests in the portal’s', async () => {
    const { aRequest, call } = aSite();
    const issue = await aRequest();
    expect((await call('requester', 'GET', `/rest/api/3/issue/${issue}`)).status).toBe(404);
    const path = `/rest/servicedeskapi/request/${issue}`;
    expect((await call('requester', 'GET', path)).status).toBe(200);
    expect((await call('friend', 'GET', path)).status).toBe(403);
    expect((await call('portal-only', 'GET', path)).status).toBe(403);
    expect((await call('anonymous', 'GET', path)).status).toBe(401);
  });

  it('says that every customer may browse, so that this proves nothing', async () => {
    const { ok } = aSite();
    const path =
      '/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,SERVICEDESK_AGENT,ADMINISTER';
    const granted = async (who: string) =>
      Object.entries((await ok(who, 'GET', path)).permissions)
        .filter(([, p]) => (p as { havePermission: boolean }).havePermission)
        .map(([key]) => key);
    expect(await granted('requester')).toEqual(['BROWSE_PROJECTS']);
    expect(await granted('agent')).toEqual(['BROWSE_PROJECTS', 'SERVICEDESK_AGENT']);
    expect(await granted('admin')).toContain('ADMINISTER');
  });

  it('refuses wrong credentials', async () => {
    const { site } = aSite();
    const reply = await site.routes.dispatch({
      method: 'GET',
      target: '/rest/api/3/myself',
      host: 'site',
      headers: { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` },
    });
    expect(reply.status).toBe(401);
  });

  it('refuses an app that was removed', async () => {
    const { site, call } = aSite();
    expect((await call('app', 'GET', '/rest/api/3/myself')).status).toBe(200);
    site.removeApp('ari:cloud:ecosystem::app/11111111-2222-4333-8444-555555555555');
    expect((await call('app', 'GET', '/rest/api/3/myself')).status).toBe(401);
  });

  it('lets only the app stop an approval for attention or ask for another one', async () => {
    const { aRequest, ok, move, setApprovers } = aSite();
    const issue = await aRequest();
    await setApprovers(issue, ['manager']);
    await move('agent', issue, 'Waiting for approval');
    const read = async (who: string) =>
      (await ok(who, 'GET', `/rest/api/3/issue/${issue}/transitions`)).transitions.length;
    expect(await read('admin')).toBe(0);
    expect(await read('app')).toBe(1);
  });

  it('lets an agent approve by hand from New, which is no consent', async () => {
    const { aRequest, move, status, approvals } = aSite();
    const issue = await aRequest();
    await move('agent', issue, 'Approved');
    expect(await status(issue)).toBe('Approved');
    expect(await approvals(issue)).toEqual([]);
  });

  it('hides e-mails, except from the app that asks by their own endpoint', async () => {
    const { ok, call, person } = aSite();
    const { accountId, email } = person('requester');
    const people = (await ok('agent', 'GET', '/rest/api/3/user/search?query=a')) as {
      emailAddress?: string;
    }[];
    expect(people.some((p) => p.emailAddress === undefined)).toBe(true);
    const path = `/rest/api/3/user/email?accountId=${accountId}`;
    expect(await ok('app', 'GET', path)).toEqual({ accountId, email });
    expect((await call('admin', 'GET', path)).status).toBe(400);
    expect((await call('app', 'GET', '/rest/api/3/user/email?accountId=x')).status).toBe(404);
  });
});

describe('edits', () => {
  it('are lost without a word when silence is asked for without the right to it', async () => {
    const { aRequest, ok } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}`;
    const edit = { fields: { summary: 'Changed' } };
    await ok('app', 'PUT', `${path}?notifyUsers=false`, edit);
    expect((await ok('app', 'GET', path)).fields.summary).toBe('Figma, please');
    await ok('admin', 'PUT', `${path}?notifyUsers=false`, edit);
    expect((await ok('app', 'GET', path)).fields.summary).toBe('Changed');
  });

  it('name every field that is wrong', async () => {
    const { aRequest, call, site } = aSite();
    const issue = await aRequest();
    const { approvers, requestType } = site.configuration.system;
    const reply = await call('agent', 'PUT', `/rest/api/3/issue/${issue}`, {
      fields: {
        summary: '',
        description: 'plain',
        [approvers.id]: [{ accountId: 'nobody' }],
        [requestType.id]: 'Request access to an app',
        customfield_1: 'x',
      },
    });
    expect(reply.status).toBe(400);
    expect(Object.keys(reply.json.errors).sort()).toEqual(
      ['customfield_1', 'description', 'summary', approvers.id, requestType.id].sort(),
    );
  });

  it('are all in the history, with both names', async () => {
    const { aRequest, ok, setApprovers, site, person } = aSite();
    const issue = await aRequest();
    await setApprovers(issue, ['manager'], 'agent');
    const { values } = await ok('app', 'GET', `/rest/api/3/issue/${issue}/changelog`);
    expect(values.at(-1)).toMatchObject({
      author: { accountId: person('agent').accountId },
      items: [
        {
          field: 'Approvers',
          fieldtype: 'custom',
          fieldId: site.configuration.system.approvers.id,
          from: null,
          to: `[${person('manager').accountId}]`,
        },
      ],
    });
  });

  it('of the description are refused above Jira’s limit', async () => {
    const { aRequest, call } = aSite();
    const issue = await aRequest();
    const write = (length: number) =>
      call('app', 'PUT', `/rest/api/3/issue/${issue}`, {
        fields: { description: paragraph('x'.repeat(length)) },
      });
    expect((await write(32_000)).status).toBe(204);
    const refused = await write(33_000);
    expect(refused.status).toBe(400);
    expect(refused.json.errors.description).toContain('32,767');
  });
});

describe('transitions', () => {
  it('refuse fields and comments, because none has a screen', async () => {
    const { aRequest, call, ok } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}/transitions`;
    const [first] = (await ok('app', 'GET', path)).transitions;
    const transition = { id: first.id };
    const comment = { add: { body: paragraph('x') } };
    for (const extra of [{ fields: { resolution: { name: 'Done' } } }, { update: { comment } }]) {
      expect((await call('app', 'POST', path, { transition, ...extra })).status).toBe(400);
    }
  });

  it('carry a property in the same request', async () => {
    const { aRequest, ok } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}`;
    const [first] = (await ok('app', 'GET', `${path}/transitions`)).transitions;
    await ok('app', 'POST', `${path}/transitions`, {
      transition: { id: first.id },
      properties: [{ key: 'accessRequest', value: { state: 'waiting' } }],
    });
    const read = await ok('app', 'GET', `${path}?properties=accessRequest&fields=status`);
    expect(read.properties).toEqual({ accessRequest: { state: 'waiting' } });
  });

  it('resolve the request once, and reopen nothing between two done statuses', async () => {
    const { aRequest, move, ok, clock } = aSite();
    const issue = await aRequest();
    await move('app', issue, 'Approved');
    await move('app', issue, 'Access granted');
    const read = async () =>
      (await ok('app', 'GET', `/rest/api/3/issue/${issue}?fields=resolution,resolutiondate`))
        .fields;
    const granted = await read();
    await clock.advance(3_600_000);
    await move('app', issue, 'Access ended');
    expect(await read()).toEqual(granted);
    const sla = await ok('app', 'GET', `/rest/servicedeskapi/request/${issue}/sla`);
    expect(sla.values[0].completedCycles).toHaveLength(1);
    expect(sla.values[0].ongoingCycle).toBeUndefined();
  });

  it('say plainly when the status has changed meanwhile', async () => {
    const { aRequest, move, ok, call } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}/transitions`;
    const [first] = (await ok('app', 'GET', path)).transitions;
    await move('agent', issue, 'Declined');
    const late = await call('app', 'POST', path, { transition: { id: first.id } });
    expect(late.status).toBe(400);
    expect(late.json.errorMessages[0]).toContain('not valid for the current state');
  });
});

describe('comments', () => {
  it('are public unless a property says internal', async () => {
    const { aRequest, ok } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}/comment`;
    const open = await ok('app', 'POST', path, { body: paragraph('Open'), jsdPublic: false });
    expect(open.jsdPublic).toBe(true);
    const internal = await ok('app', 'POST', path, {
      body: paragraph('Internal'),
      properties: [{ key: 'sd.public.comment', value: { internal: true } }],
    });
    expect(internal.jsdPublic).toBe(false);
    const edited = await ok('app', 'PUT', `${path}/${internal.id}`, { body: paragraph('Still') });
    expect(edited.jsdPublic).toBe(false);
    const seen = await ok('requester', 'GET', `/rest/servicedeskapi/request/${issue}/comment`);
    expect(seen.values.map((c: { body: string }) => c.body)).toEqual(['Open']);
  });

  it('must be documents, and well formed ones', async () => {
    const { aRequest, call } = aSite();
    const issue = await aRequest();
    const empty = {
      ...paragraph('x'),
      content: [{ type: 'paragraph', content: [{ type: 'text', text: '' }] }],
    };
    const bare = { ...paragraph('x'), content: [{ type: 'text', text: 'x' }] };
    for (const body of ['text', empty, bare, paragraph('x'.repeat(33_000))]) {
      const reply = await call('app', 'POST', `/rest/api/3/issue/${issue}/comment`, { body });
      expect(reply.status).toBe(400);
      expect(reply.json.errors.comment).toBeTruthy();
    }
  });

  it('may not be made internal by customers', async () => {
    const { aRequest, call } = aSite();
    const issue = await aRequest();
    const path = `/rest/servicedeskapi/request/${issue}/comment`;
    expect((await call('requester', 'POST', path, { body: 'x', public: false })).status).toBe(403);
    expect((await call('requester', 'POST', path, { body: 'x' })).status).toBe(400);
    expect((await call('requester', 'POST', path, { body: 'x', public: true })).status).toBe(201);
  });
});

describe('the list of comments', () => {
  it('is empty, not refused, for whoever may not see the request', async () => {
    const { aRequest, ok } = aSite();
    const issue = await aRequest();
    const path = `/rest/servicedeskapi/request/${issue}/comment`;
    await ok('agent', 'POST', path, { body: 'For everybody', public: true });
    expect((await ok('friend', 'GET', path)).values).toEqual([]);
  });
});

describe('issue properties', () => {
  it('are created, then updated, and refused above 32,768 characters', async () => {
    const { aRequest, call } = aSite();
    const issue = await aRequest();
    const path = `/rest/api/3/issue/${issue}/properties/accessRequest`;
    expect((await call('app', 'PUT', path, 'x'.repeat(32_766))).status).toBe(201);
    expect((await call('agent', 'PUT', path, { any: 'agent may' })).status).toBe(200);
    expect((await call('app', 'PUT', path, 'x'.repeat(32_767))).status).toBe(400);
  });
});

describe('the request type', () => {
  it('refuses fields it does not have', async () => {
    const s = aSite();
    const stakeholders = s.site.configuration.fields.find((f) => f.name === 'Stakeholders');
    const reply = await s.call('requester', 'POST', '/rest/servicedeskapi/request', {
      serviceDeskId: s.project('IT').serviceDeskId,
      requestTypeId: s.requestType('IT').id,
      requestFieldValues: { summary: 'x', [stakeholders?.id ?? '']: [] },
    });
    expect(reply.status).toBe(400);
  });

  it('has ids of its own on every site', () => {
    const [one, two] = [aSite(), aSite({ cloudId: 'cloud-two' })];
    expect(one.requestType('IT').id).not.toBe(two.requestType('IT').id);
    expect(one.site.configuration.system.approvers.id).not.toBe(
      two.site.configuration.system.approvers.id,
    );
  });
});
