import { describe, expect, it } from 'vitest';
import { aSite, type Who } from './fixture';

async function notifying(profile = {}) {
  const s = aSite({ profile });
  const issue = await s.aRequest();
  await s.setApprovers(issue, ['manager']);
  const id = (key: string) => s.person(key).accountId;
  const send = (keys: string[], more: object = {}, who: Who = 'app') =>
    s.call(who, 'POST', `/rest/api/3/issue/${issue}/notify`, {
      subject: 'Please decide',
      textBody: 'Rosalind waits for you.',
      to: { users: keys.map((key) => ({ accountId: id(key) })) },
      ...more,
    });
  return { ...s, issue, id, send };
}

describe('a notification of an issue', () => {
  it('reaches those who see the request', async () => {
    const { send, site, issue, id, app } = await notifying();
    expect((await send(['manager', 'agent', 'requester'])).status).toBe(204);
    expect(site.mails()).toMatchObject([
      {
        issueKey: issue,
        from: app.accountId,
        subject: 'Please decide',
        text: 'Rosalind waits for you.',
        to: [id('manager'), id('agent'), id('requester')],
        leftOut: [],
      },
    ]);
  });

  it('says the same when nobody is reached', async () => {
    const { send, site, id } = await notifying();
    site.setActive(id('agent'), false);
    expect((await send(['friend', 'agent'])).status).toBe(204);
    expect(site.mails()[0]).toMatchObject({
      to: [],
      leftOut: [
        { accountId: id('friend'), why: 'cannot-see' },
        { accountId: id('agent'), why: 'inactive' },
      ],
    });
  });

  it('may reach nobody who knows the request from the portal alone', async () => {
    const { send, site, id } = await notifying({ jiraNotifyReachesCustomers: 0 });
    await send(['manager', 'agent']);
    expect(site.mails()[0]).toMatchObject({
      to: [id('agent')],
      leftOut: [{ accountId: id('manager'), why: 'cannot-see' }],
    });
  });

  it('is refused to oneself, to nobody and to the unknown', async () => {
    const { send, app, site } = await notifying();
    const users = (accountId: string) => ({ to: { users: [{ accountId }] } });
    expect((await send([], users(app.accountId))).status).toBe(400);
    expect((await send([])).status).toBe(400);
    expect((await send([], users('nobody'))).status).toBe(400);
    expect((await send([], { to: { assignee: true } })).status).toBe(400);
    expect((await send([], { to: { groups: [{ name: 'no-such' }] } })).status).toBe(400);
    expect((await send(['agent'], {}, 'requester')).status).toBe(404);
    expect(site.mails()).toEqual([]);
  });

  it('goes to a group’s members', async () => {
    const { send, site, id } = await notifying();
    await send([], { to: { groups: [{ name: 'it-queue' }] } });
    expect(site.mails()[0]?.to).toEqual([id('admin'), id('second-admin'), id('agent')]);
  });
});
