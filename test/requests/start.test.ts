/** Access that begins on a day to come: approved before, given then, to whoever is there by then. */
import { beforeEach, describe, expect, test } from 'vitest';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR, type Instant, MINUTE, plusSeconds } from '../../src/shared/instant';
import { STATUS } from '../builders/catalog';
import { NOW } from '../builders/instants';
import { PERSON, SmallSite } from '../builders/small-site';

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
});

const STARTS = plusSeconds(NOW, 5 * DAY);

async function asked(start: string = STARTS) {
  const issue = site.jira.add({
    panel: { app: 'figma', role: 'figma.editor', duration: 6 * HOUR, start },
  });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue;
}

async function approve(issueId: string, at: Instant = site.clock.now()): Promise<void> {
  const issue = site.jira.issues.get(issueId);
  if (!issue) throw new Error('no issue');
  issue.approvals.push({
    id: '900',
    name: 'Approval',
    finalDecision: 'approved',
    created: at,
    completed: at,
    answers: [{ accountId: 'approver', decision: 'approved' }],
  });
  issue.statusId = STATUS.approved;
  await site.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
}

const staged = () => {
  const person = site.directory.people.get(PERSON);
  if (person) site.directory.people.set(PERSON, { ...person, active: false, status: 'pending' });
};
const activated = () => {
  const person = site.directory.people.get(PERSON);
  if (person) site.directory.people.set(PERSON, { ...person, active: true, status: 'active' });
};

describe('access with a start', () => {
  test('is given at its start although the approval is days old, and counts from then', async () => {
    const { id } = await asked();
    await site.run(HOUR);
    await approve(id);
    await site.run(5 * DAY - HOUR - MINUTE);
    expect(site.directory.changes()).toEqual([]);
    expect(site.isMember()).toBe(false);
    await site.run(10 * MINUTE);
    expect(site.isMember()).toBe(true);
    const grant = await site.grant((await site.request(id)).grantId as string);
    expect(grant).toMatchObject({ state: 'active', startsAt: STARTS });
    expect(Date.parse(grant.startedAt as string)).toBeGreaterThanOrEqual(Date.parse(STARTS));
    await site.run(6 * HOUR + 10 * MINUTE);
    expect(site.isMember()).toBe(false);
  });

  test('is pinned for a person who is only prepared in the directory, and given once they are active', async () => {
    staged();
    const { id } = await asked();
    expect((await site.request(id)).state).toBe('waiting');
    await approve(id);
    await site.run(4 * DAY);
    activated();
    await site.run(DAY + 10 * MINUTE);
    expect(site.isMember()).toBe(true);
  });

  test('asks IT when the person is not active on the day', async () => {
    staged();
    const { id } = await asked();
    await approve(id);
    await site.run(5 * DAY + 10 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect(await site.request(id)).toMatchObject({ state: 'attention' });
    expect(site.jira.posted.some((p) => p.text.includes('is not active'))).toBe(true);
  });

  test('without a start nobody who is only prepared is pinned', async () => {
    staged();
    const issue = site.jira.add({
      panel: { app: 'figma', role: 'figma.editor', duration: 6 * HOUR },
    });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    expect(await site.request(issue.id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'person-active' },
    });
  });

  test('for whom the directory does not have at all, IT is told what is missing', async () => {
    site.directory.people.delete(PERSON);
    const { id } = await asked();
    expect(await site.request(id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'person-in-directory', nextStep: expect.stringMatching(/prepared/) },
    });
  });

  test('more than 90 days ahead, or unreadable, is refused before anybody is asked', async () => {
    for (const [start, check] of [
      [plusSeconds(NOW, 91 * DAY), 'start-within-90-days'],
      ['next monday', 'start-readable'],
    ] as const) {
      const { id } = await asked(start);
      expect(await site.request(id)).toMatchObject({ state: 'attention', refusal: { check } });
    }
  });

  test('withdrawn before its start is never given', async () => {
    const { id } = await asked();
    await approve(id);
    await site.run(DAY);
    const { takeBack } = await import('../../src/approvals/by-hand');
    await takeBack(site.deps(), id, 'requester');
    await site.run(5 * DAY);
    expect(site.directory.changes()).toEqual([]);
  });
});
