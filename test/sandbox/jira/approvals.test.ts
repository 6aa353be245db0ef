import { describe, expect, it } from 'vitest';
import type { ApprovalStep } from '../../../sandbox/jira/configuration';
import { aSite, type Body } from './fixture';

async function waiting(approvers: string[], approvalStep: Partial<ApprovalStep> = {}) {
  const s = aSite({ approvalStep });
  const issue = await s.aRequest();
  await s.setApprovers(issue, approvers);
  await s.move('app', issue, 'Waiting for approval');
  return { ...s, issue };
}

describe('an approval step', () => {
  it('opens from the Approvers field when the request enters the status', async () => {
    const { approvals, issue, person } = await waiting(['manager']);
    const [approval] = await approvals(issue);
    expect(approval).toMatchObject({
      name: 'Waiting for approval',
      finalDecision: 'pending',
      approvers: [
        { approver: { accountId: person('manager').accountId }, approverDecision: 'pending' },
      ],
    });
  });

  it('moves the request as the approver who approved', async () => {
    const { answer, issue, status, events, person } = await waiting(['manager']);
    expect((await answer('manager', issue, 'approve')).status).toBe(200);
    expect(await status(issue)).toBe('Approved');
    const moved = events.at(-1)?.event;
    expect(moved).toMatchObject({
      eventType: 'avi:jira:updated:issue',
      atlassianId: person('manager').accountId,
    });
    expect(moved.changelog.items.at(-1)).toMatchObject({ field: 'status', toString: 'Approved' });
  });

  it('lets a manager without a licence answer, and says that they can', async () => {
    const { approvals, issue } = await waiting(['manager']);
    expect((await approvals(issue, 'manager'))[0].canAnswerApproval).toBe(true);
    expect((await approvals(issue, 'agent'))[0].canAnswerApproval).toBe(false);
  });

  it('declines with one refusal', async () => {
    const { answer, issue, status, approvals } = await waiting(['manager', 'owner']);
    await answer('owner', issue, 'decline');
    expect(await status(issue)).toBe('Declined');
    expect((await approvals(issue))[0].finalDecision).toBe('declined');
  });

  it('refuses everybody who is not listed, administrators and the app included', async () => {
    const { answer, issue } = await waiting(['manager']);
    for (const who of ['admin', 'agent', 'app']) {
      expect((await answer(who, issue, 'approve')).status).toBe(403);
    }
  });

  it('answers a second decision with a conflict', async () => {
    const { answer, issue } = await waiting(['manager']);
    await answer('manager', issue, 'approve');
    expect((await answer('manager', issue, 'approve')).status).toBe(409);
  });

  it('follows the field while it is open: whoever is added may answer', async () => {
    const { answer, issue, status, setApprovers } = await waiting(['manager']);
    await setApprovers(issue, ['friend'], 'agent');
    expect((await answer('manager', issue, 'approve')).status).toBe(403);
    expect((await answer('friend', issue, 'approve')).status).toBe(200);
    expect(await status(issue)).toBe('Approved');
  });

  it('waits for ever while nobody is in the field', async () => {
    const { approvals, issue, answer } = await waiting([]);
    expect((await approvals(issue))[0]).toMatchObject({ finalDecision: 'pending', approvers: [] });
    expect((await answer('admin', issue, 'approve')).status).toBe(403);
  });

  it('leaves the reporter out of the approvers', async () => {
    const { approvals, issue, answer } = await waiting(['requester']);
    expect((await approvals(issue))[0].approvers).toEqual([]);
    expect((await answer('requester', issue, 'approve')).status).toBe(403);
  });

  it('asks for as many approvals as it is set to', async () => {
    const { answer, issue, status, approvals } = await waiting(['manager', 'owner', 'named'], {
      conditionValue: 2,
    });
    await answer('manager', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for approval');
    expect((await answer('manager', issue, 'approve')).status).toBe(409);
    await answer('owner', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
    const [approval] = await approvals(issue);
    expect(approval.approvers.map((a: Body) => a.approverDecision)).toEqual([
      'approved',
      'approved',
      'pending',
    ]);
  });

  it('can ask for a share of the approvers', async () => {
    const { answer, issue, status } = await waiting(['manager', 'owner', 'named'], {
      conditionType: 'percent',
      conditionValue: 60,
    });
    await answer('manager', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for approval');
    await answer('named', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
  });

  it('can ask the members of a group', async () => {
    const s = aSite({ approvalStep: { field: 'approverGroups' } });
    const issue = await s.aRequest();
    const { approverGroups } = s.site.configuration.system;
    await s.ok('app', 'PUT', `/rest/api/3/issue/${issue}`, {
      fields: { [approverGroups.id]: [{ name: 'jira-admins' }] },
    });
    await s.move('app', issue, 'Waiting for approval');
    expect((await s.answer('manager', issue, 'approve')).status).toBe(403);
    await s.answer('admin', issue, 'approve');
    expect(await s.status(issue)).toBe('Approved');
  });

  it('opens a new approval when the request comes back, and keeps the old one', async () => {
    const { approvals, issue, answer, move, status } = await waiting(['manager']);
    await move('app', issue, 'Needs attention');
    await move('app', issue, 'Waiting for approval');
    const all = await approvals(issue);
    expect(all.map((a) => a.finalDecision)).toEqual(['pending', 'pending']);
    expect(all[0].id).not.toBe(all[1].id);
    await answer('manager', issue, 'approve');
    expect((await approvals(issue)).map((a) => a.finalDecision)).toEqual(['pending', 'approved']);
    expect(await status(issue)).toBe('Approved');
  });

  it('cannot be answered after the request left its status another way', async () => {
    const { approvals, call, issue, move } = await waiting(['manager']);
    const [old] = await approvals(issue);
    await move('app', issue, 'Needs attention');
    const late = await call(
      'manager',
      'POST',
      `/rest/servicedeskapi/request/${issue}/approval/${old.id}`,
      { decision: 'approve' },
    );
    expect(late.status).toBe(409);
  });

  it('blocks its own transitions for everybody while it is open', async () => {
    const { ok, issue } = await waiting(['manager']);
    const names = async (who: string) =>
      (await ok(who, 'GET', `/rest/api/3/issue/${issue}/transitions`)).transitions.map(
        (t: { name: string }) => t.name,
      );
    expect(await names('admin')).toEqual([]);
    expect(await names('app')).toEqual(['Stop for attention']);
  });

  it('opens at creation in the stock project, with approvers filled in', async () => {
    const { aRequest, approvals, answer, status } = aSite();
    const issue = await aRequest('HELP');
    expect((await approvals(issue))[0].approvers).toHaveLength(1);
    await answer('manager', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
  });

  it('does not exist in the project that was set up wrongly', async () => {
    const { aRequest, approvals, move, status, setApprovers } = aSite();
    const issue = await aRequest('BAD');
    await move('agent', issue, 'Waiting for approval');
    expect(await approvals(issue)).toEqual([]);
    await move('agent', issue, 'Approved');
    expect(await status(issue)).toBe('Approved');
    expect((await setApprovers(issue, ['manager'])).status).toBe(400);
  });
});
