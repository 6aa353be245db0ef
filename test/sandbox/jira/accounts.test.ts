import { describe, expect, it } from 'vitest';
import { APP, aSite, HOST } from './fixture';

async function waiting() {
  const s = aSite();
  const issue = await s.aRequest();
  await s.setApprovers(issue, ['manager', 'owner']);
  await s.move('app', issue, 'Waiting for approval');
  const id = (key: string) => s.person(key).accountId;
  /** What a resolver of the app sends for the person who has its view open. */
  const answerViaApp = async (key: string, decision = 'approve') => {
    const [approval] = await s.approvals(issue);
    return s.site.routes.dispatch({
      method: 'POST',
      target: `/rest/servicedeskapi/request/${issue}/approval/${approval.id}`,
      host: HOST,
      headers: {},
      body: JSON.stringify({ decision }),
      trusted: { kind: 'user', accountId: id(key), viaApp: APP.appId },
    });
  };
  return { ...s, issue, id, answerViaApp };
}

describe('an account that was deactivated', () => {
  it('can do nothing any more, and is given to nothing new', async () => {
    const { answer, call, issue, setApprovers, site, id } = await waiting();
    site.setActive(id('manager'), false);
    expect((await answer('manager', issue, 'approve')).status).toBe(401);
    expect((await call('manager', 'GET', '/rest/api/3/myself')).status).toBe(401);
    expect((await setApprovers(issue, ['manager'])).status).toBe(400);
  });

  it('stays where it was, and everybody is told that it is inactive', async () => {
    const { approvals, issue, ok, site, id } = await waiting();
    site.setActive(id('manager'), false);
    expect((await approvals(issue))[0].approvers[0].approver).toMatchObject({
      accountId: id('manager'),
      active: false,
    });
    const path = `/rest/api/3/user?accountId=${id('manager')}`;
    expect((await ok('app', 'GET', path)).active).toBe(false);
    const found = await ok('app', 'GET', '/rest/api/3/user/search?query=Marta');
    expect(found).toEqual([]);
  });

  it('comes back as it was, and is forgotten with the rest of the state', async () => {
    const { answer, issue, site, id } = await waiting();
    const before = site.snapshot();
    site.setActive(id('manager'), false);
    site.setActive(id('owner'), false);
    site.setActive(id('manager'), true);
    expect((await answer('manager', issue, 'approve')).status).toBe(200);
    site.restore(before);
    expect((await answer('owner', issue, 'approve')).status).toBe(200);
  });
});

describe('an answer to an approval through the app', () => {
  it('is that of the calling person, and the app is told of the change as its own', async () => {
    const { answerViaApp, events, id, issue, status } = await waiting();
    expect((await answerViaApp('manager')).status).toBe(200);
    expect(await status(issue)).toBe('Approved');
    expect(events.at(-1)).toMatchObject({
      appId: APP.appId,
      event: { atlassianId: id('manager') },
    });
  });

  it('is refused to whoever is no approver there, agents and the requester too', async () => {
    const { answerViaApp, issue, status } = await waiting();
    for (const key of ['agent', 'requester', 'friend', 'portal-only']) {
      expect((await answerViaApp(key)).status).toBe(403);
    }
    expect(await status(issue)).toBe('Waiting for approval');
  });

  it('is taken from a portal-only customer who is an approver', async () => {
    const { answerViaApp, issue, setApprovers, status } = await waiting();
    await setApprovers(issue, ['portal-only']);
    expect((await answerViaApp('portal-only')).status).toBe(200);
    expect(await status(issue)).toBe('Approved');
  });

  it('is refused to an account that was deactivated meanwhile', async () => {
    const { answerViaApp, id, site } = await waiting();
    site.setActive(id('manager'), false);
    expect((await answerViaApp('manager')).status).toBe(401);
  });
});
