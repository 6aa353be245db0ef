import { describe, expect, it } from 'vitest';
import { aSite, type Body } from './fixture';

describe('Jira’s groups', () => {
  it('of a person are named with their ids, to those who may browse people', async () => {
    const { ok, call, person } = aSite();
    const path = `/rest/api/3/user/groups?accountId=${person('owner').accountId}`;
    const groups = await ok('app', 'GET', path);
    expect(groups.map(({ name }: Body) => name)).toEqual([
      'jira-servicemanagement-users',
      'security-approvers',
    ]);
    expect(groups[0].groupId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await call('requester', 'GET', path)).status).toBe(403);
    expect((await call('app', 'GET', '/rest/api/3/user/groups?accountId=x')).status).toBe(404);
  });

  it('are picked by a part of their name, by people who may browse them', async () => {
    const { ok } = aSite();
    const picked = (await ok('app', 'GET', '/rest/api/3/groups/picker?query=it-q')).groups;
    expect(picked.map(({ name }: Body) => name)).toEqual(['it-queue']);
    expect((await ok('requester', 'GET', '/rest/api/3/groups/picker?query=it')).groups).toEqual([]);
  });

  it('show their members to administrators, the inactive ones only when asked', async () => {
    const { ok, call, site, person } = aSite();
    const [group] = (await ok('app', 'GET', '/rest/api/3/groups/picker?query=security-approvers'))
      .groups;
    const path = `/rest/api/3/group/member?groupId=${group.groupId}`;
    site.setActive(person('named').accountId, false);
    const members = async (more: string) =>
      (await ok('admin', 'GET', path + more)).values.map(({ accountId }: Body) => accountId);
    const { owner, named } = { owner: person('owner'), named: person('named') };
    expect(await members('')).toEqual([owner.accountId]);
    expect(await members('&includeInactiveUsers=true')).toEqual([named.accountId, owner.accountId]);
    expect((await call('agent', 'GET', path)).status).toBe(403);
  });

  it('are written into the Approver groups field by name alone, and must exist', async () => {
    const { aRequest, call, ok, site } = aSite();
    const issue = await aRequest('GRP');
    const { approverGroups } = site.configuration.system;
    const [group] = (await ok('app', 'GET', '/rest/api/3/groups/picker?query=it-queue')).groups;
    const write = async (value: unknown) =>
      (
        await call('app', 'PUT', `/rest/api/3/issue/${issue}`, {
          fields: { [approverGroups.id]: [value] },
        })
      ).status;
    expect(await write({ name: 'it-queue' })).toBe(204);
    expect(await write({ groupId: group.groupId })).toBe(400);
    expect(await write({ name: 'no-such-group' })).toBe(400);
    const add = { update: { [approverGroups.id]: [{ add: { name: 'security-approvers' } }] } };
    await ok('app', 'PUT', `/rest/api/3/issue/${issue}`, add);
    const read = await ok('app', 'GET', `/rest/api/3/issue/${issue}`);
    expect(read.fields[approverGroups.id].map(({ name }: Body) => name)).toEqual([
      'it-queue',
      'security-approvers',
    ]);
  });
});

async function asked(groups: string[], profile = {}) {
  const s = aSite({ profile });
  const issue = await s.aRequest('GRP');
  const field = s.site.configuration.system.approverGroups.id;
  const setGroups = (names: string[]) =>
    s.ok('app', 'PUT', `/rest/api/3/issue/${issue}`, {
      fields: { [field]: names.map((name) => ({ name })) },
    });
  await setGroups(groups);
  await s.move('app', issue, 'Waiting for approval');
  const listed = async () =>
    (await s.approvals(issue))[0].approvers.map((a: Body) => [
      a.approver.displayName.split(' ')[0],
      a.approverDecision,
    ]);
  return { ...s, issue, listed, setGroups };
}

describe('an approval by groups', () => {
  it('wants one answer of every group', async () => {
    const { answer, issue, status } = await asked(['it-queue', 'security-approvers']);
    await answer('agent', issue, 'approve');
    await answer('admin', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for approval');
    await answer('owner', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
  });

  it('is declined by one member of one group', async () => {
    const { answer, issue, status } = await asked(['it-queue', 'security-approvers']);
    await answer('named', issue, 'decline');
    expect(await status(issue)).toBe('Declined');
  });

  it('lists only the members who have answered', async () => {
    const { answer, approvals, issue, listed } = await asked(['it-queue', 'security-approvers']);
    expect(await listed()).toEqual([]);
    await answer('agent', issue, 'approve');
    expect(await listed()).toEqual([['Celia', 'approved']]);
    expect((await approvals(issue, 'admin'))[0].canAnswerApproval).toBe(true);
    await answer('owner', issue, 'approve');
    expect(await listed()).toEqual([
      ['Celia', 'approved'],
      ['Omar', 'approved'],
    ]);
  });

  it('lists every member where the site is taken to do so', async () => {
    const { listed } = await asked(['security-approvers'], { jsmGroupMembersListed: 1 });
    expect(await listed()).toEqual([
      ['Nora', 'pending'],
      ['Omar', 'pending'],
    ]);
  });

  it('waits for ever for a group with nobody in it', async () => {
    const { answer, issue, status } = await asked(['it-queue', 'former-approvers']);
    await answer('agent', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for approval');
  });

  it('leaves the reporter out of their own group', async () => {
    const { answer, issue, status } = await asked(['design-approvers']);
    expect((await answer('requester', issue, 'approve')).status).toBe(403);
    expect((await answer('manager', issue, 'approve')).status).toBe(200);
    expect(await status(issue)).toBe('Approved');
  });

  it('follows the field while it is open', async () => {
    const { answer, issue, setGroups } = await asked(['security-approvers']);
    await setGroups(['it-queue']);
    expect((await answer('owner', issue, 'approve')).status).toBe(403);
    expect((await answer('agent', issue, 'approve')).status).toBe(200);
  });

  it('is among the requests that wait for a member', async () => {
    const { ok, issue, answer } = await asked(['security-approvers']);
    const waiting = async () =>
      (
        await ok('named', 'GET', '/rest/servicedeskapi/request?approvalStatus=MY_PENDING_APPROVAL')
      ).values.map((r: Body) => r.issueKey);
    expect(await waiting()).toEqual([issue]);
    await answer('owner', issue, 'approve');
    expect(await waiting()).toEqual([]);
  });
});
