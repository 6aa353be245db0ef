import { describe, expect, it } from 'vitest';
import { aSite, type Body } from './fixture';

async function open(desk: string) {
  const s = aSite();
  const issue = await s.aRequest(desk);
  await s.setApprovers(issue, ['manager', 'owner', 'named']);
  const ways = async (who: string) =>
    (await s.ok(who, 'GET', `/rest/api/3/issue/${issue}/transitions`)).transitions.map(
      (t: Body) => t.to.name,
    );
  return { ...s, issue, ways };
}

describe('the desk with two approval steps', () => {
  it('asks anew in the second status, of whoever is in the field by then', async () => {
    const { answer, approvals, issue, move, setApprovers, status } = await open('TWO');
    await setApprovers(issue, ['manager']);
    await move('app', issue, 'Waiting for manager');
    await answer('manager', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for owner');
    await setApprovers(issue, ['owner']);
    expect((await answer('manager', issue, 'approve')).status).toBe(403);
    await answer('owner', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
    expect((await approvals(issue)).map((a) => [a.name, a.finalDecision])).toEqual([
      ['Waiting for manager', 'approved'],
      ['Waiting for owner', 'approved'],
    ]);
  });

  it('lets the same person answer both when the field was left as it was', async () => {
    const { answer, issue, move, status } = await open('TWO');
    await move('app', issue, 'Waiting for manager');
    await answer('manager', issue, 'approve');
    await answer('manager', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
  });

  it('ends at the second refusal too', async () => {
    const { answer, issue, move, status } = await open('TWO');
    await move('app', issue, 'Waiting for manager');
    await answer('manager', issue, 'approve');
    await answer('owner', issue, 'decline');
    expect(await status(issue)).toBe('Declined');
  });

  it('begins again at the first step', async () => {
    const { answer, issue, move, status, ways } = await open('TWO');
    await move('app', issue, 'Waiting for manager');
    await answer('manager', issue, 'approve');
    await answer('owner', issue, 'approve');
    expect(await ways('app')).toContain('Waiting for manager');
    await move('app', issue, 'Waiting for manager');
    expect(await status(issue)).toBe('Waiting for manager');
  });
});

describe('the desk without an approval step', () => {
  it('never opens an approval, and whoever works there may move on', async () => {
    const { approvals, issue, move, status, ways } = await open('OWN');
    await move('app', issue, 'Waiting for approval');
    expect(await approvals(issue)).toEqual([]);
    expect(await ways('app')).toEqual(['Approved', 'Declined', 'Needs attention']);
    expect(await ways('agent')).toEqual(['Approved', 'Declined']);
    await move('agent', issue, 'Approved');
    expect(await status(issue)).toBe('Approved');
  });
});

describe('the one-way desk', () => {
  it('has no way back to its approval step', async () => {
    const { answer, issue, move, ways } = await open('ONCE');
    await move('app', issue, 'Waiting for approval');
    await answer('manager', issue, 'approve');
    expect(await ways('app')).toEqual(['Access granted', 'Needs attention']);
    await move('app', issue, 'Needs attention');
    expect(await ways('app')).toEqual(['Declined', 'Withdrawn', 'Access granted']);
  });
});

describe('the two-answer desk', () => {
  it('moves on at the second answer', async () => {
    const { answer, issue, move, status } = await open('PAIR');
    await move('app', issue, 'Waiting for approval');
    await answer('owner', issue, 'approve');
    expect(await status(issue)).toBe('Waiting for approval');
    await answer('named', issue, 'approve');
    expect(await status(issue)).toBe('Approved');
  });
});

describe('the settings of these desks', () => {
  it('are shown to administrators with the field that is asked', async () => {
    const { ok, project, site } = aSite();
    const { approverGroups } = site.configuration.system;
    const { id, issueTypes } = project('GRP');
    const { workflows } = await ok('admin', 'POST', '/rest/api/3/workflows', {
      projectAndIssueTypes: [{ projectId: id, issueTypeId: issueTypes[0]?.id }],
    });
    const steps = workflows[0].statuses.flatMap((s: Body) => s.approvalConfiguration ?? []);
    expect(steps).toMatchObject([
      { fieldId: approverGroups.id, conditionType: 'numberPerPrincipal', conditionValue: '1' },
    ]);
  });
});
