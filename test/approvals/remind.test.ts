import { beforeEach, describe, expect, test } from 'vitest';
import { lapse } from '../../src/approvals/lapse';
import { myOpenDecisions } from '../../src/approvals/my-decisions';
import { remind } from '../../src/approvals/remind';
import { intake } from '../../src/requests/intake';
import type { AccessRequest } from '../../src/requests/model/request';
import { DAY, HOUR } from '../../src/shared/instant';
import { aWaitingRequest } from '../builders/asked';
import { aRole, STATUS } from '../builders/catalog';
import { Desk } from '../builders/desks';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

// Monday, 09:00; from nine to five, reminded after four hours.
let site: SmallSite;
let issue: MemoryIssue;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  site.jira.administrator = false;
  site.jira.workflow.set(STATUS.attention, [STATUS.waiting, STATUS.declined]);
  issue = await aWaitingRequest(site);
});

const mine = async (who = 'approver') => {
  const answer = await myOpenDecisions(site.deps(), who);
  return answer.ok ? answer.value.items.map(({ issueKey }) => issueKey) : answer.problem.check;
};
const deciders = (request: AccessRequest) =>
  request.pin?.stages.flatMap((s) => s.approvers.map((a) => a.accountId));
const answerInJira = (decision: 'approved' | 'declined') => {
  const open = issue.approvals[0];
  issue.approvals = open
    ? [{ ...open, answers: [{ accountId: 'approver', decision }] }]
    : issue.approvals;
};

describe('an open decision', () => {
  test('is listed for whoever is asked, and for nobody else', async () => {
    expect(await mine()).toEqual([issue.key]);
    expect(await mine('friend')).toEqual([]);
  });

  test('is reminded of after four business hours, once', async () => {
    await site.run(3.9 * HOUR);
    expect(site.jira.mails).toEqual([]);
    await site.run(0.3 * HOUR);
    expect(site.jira.mails).toMatchObject([{ issueId: issue.id, to: ['approver'] }]);
    await site.run(2 * DAY);
    expect(site.jira.mails.filter((m) => m.to.includes('approver'))).toHaveLength(1);
  });

  test('is not reminded of at night or on the weekend', async () => {
    site.clock.set('2026-03-06T16:00:00Z');
    const friday = await aWaitingRequest(site);
    const mails = () => site.jira.mails.filter((m) => m.issueId === friday.id);
    await site.run(2.6 * DAY);
    expect(mails()).toEqual([]);
    await site.run(0.25 * DAY);
    expect(mails()).toMatchObject([{ to: ['approver'] }]);
  });

  test('that was answered in Jira is not reminded of', async () => {
    answerInJira('approved');
    await site.run(DAY);
    expect(site.jira.mails).toEqual([]);
  });

  test('shares one mail with the others of the same person', async () => {
    site.clock.advance(HOUR);
    const second = await aWaitingRequest(site);
    await site.run(6 * HOUR);
    expect(site.jira.mails).toHaveLength(1);
    expect(site.jira.mails[0]?.text).toContain(second.key);
  });

  test('is reminded of when Jira takes mails again', async () => {
    site.jira.trouble = (call) =>
      call === 'notify' ? { class: 'retryable', code: 'unreachable', detail: 'down' } : undefined;
    await site.run(5 * HOUR);
    site.jira.trouble = () => undefined;
    await site.run(HOUR);
    expect(site.jira.mails).toHaveLength(1);
  });

  test('goes to the owner as well after eight business hours, who is told once', async () => {
    await site.run(8.3 * HOUR);
    expect(deciders(await site.request(issue.id))).toEqual(['approver', 'owner']);
    expect(issue.fields['f-approvers']).toEqual([
      { accountId: 'approver' },
      { accountId: 'owner' },
    ]);
    expect(await mine('owner')).toEqual([issue.key]);
    expect(site.events(issue.id)).toContain('approver.escalated');
    await site.run(3 * DAY);
    const toOwner = site.jira.mails.filter((m) => m.to.includes('owner'));
    // Asked, and reminded once.
    expect(toOwner).toHaveLength(2);
    expect(await mine()).toEqual([issue.key]);
  });

  test('keeps its place, its pin and its round when more people are asked', async () => {
    const before = await site.request(issue.id);
    await site.run(8.3 * HOUR);
    const after = await site.request(issue.id);
    expect(after.pin).toMatchObject({ digest: before.pin?.digest, round: 1 });
    expect(after.state).toBe('waiting');
  });

  // Their answer would be refused, and a round with it.
  test('asks no stand-in who has left since', async () => {
    site.jira.person('owner', { active: false });
    await site.run(12 * HOUR);
    expect(deciders(await site.request(issue.id))).toEqual(['approver']);
    expect(site.events(issue.id)).not.toContain('approver.escalated');
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  test('of a request that is over asks nobody', async () => {
    issue.statusId = STATUS.declined;
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    await remind(site.deps(), issue.id);
    expect(site.jira.mails).toEqual([]);
  });
});

describe('a stage of twenty people', () => {
  const people = Array.from({ length: 20 }, (_, i) => `decider-${i}`);
  beforeEach(async () => {
    for (const name of people) site.jira.person(name);
    const { approver: _, ...role } = aRole();
    await site.saveRole({
      ...role,
      version: 2,
      policyVersion: 2,
      rules: {
        stages: [{ id: 'many', from: [{ kind: 'people', accounts: people }], needs: 'any' }],
      },
    });
    issue = await aWaitingRequest(site, { listed: people });
  });
  const theirs = () => site.store.all('task').filter(({ key }) => key.startsWith(`${issue.id}:`));

  test('has an open decision for each of them within minutes', async () => {
    await site.run(600);
    expect(theirs()).toHaveLength(20);
    for (const name of people) expect(await mine(name)).toEqual([issue.key]);
    expect(site.jira.mails).toEqual([]);
  });

  test('is reminded once each', async () => {
    await site.run(6 * HOUR);
    const reminded = site.jira.mails.filter((m) => m.issueId === issue.id).flatMap((m) => m.to);
    expect([...reminded].sort()).toEqual([...people].sort());
  });

  test('leaves no open decision behind when it is over', async () => {
    await site.run(600);
    issue.statusId = STATUS.declined;
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    await site.run(600);
    expect(theirs()).toEqual([]);
  });
});

describe('a request that nobody decides', () => {
  test('is announced a day before, and lapses after seven days', async () => {
    await site.run(6 * DAY + HOUR);
    expect(site.jira.posted.at(-1)?.text).toContain('Nobody has decided yet');
    expect((await site.request(issue.id)).state).toBe('waiting');
    await site.run(DAY);
    expect((await site.request(issue.id)).state).toBe('lapsed');
    expect(issue.statusId).toBe(STATUS.declined);
    expect(site.jira.posted.at(-1)?.text).toContain('nobody decided in time');
    expect(site.store.all('timer')).toEqual([]);
    expect(site.store.all('task')).toEqual([]);
    expect(await mine()).toEqual([]);
    expect(site.isMember()).toBe(false);
  });

  test('is announced once, however often its timer runs', async () => {
    await site.run(6 * DAY + HOUR);
    await lapse(site.deps(), issue.id);
    await lapse(site.deps(), issue.id);
    const told = site.jira.posted.filter((p) => p.text.includes('Nobody has decided yet'));
    expect(told).toHaveLength(1);
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  test('does not lapse when it was approved and the event got lost', {
    tags: ['event-lost'],
  }, async () => {
    await site.run(6 * DAY + 23 * HOUR);
    answerInJira('approved');
    issue.approvals = issue.approvals.map((a) => ({ ...a, finalDecision: 'approved' }));
    issue.statusId = STATUS.approved;
    await site.run(2 * HOUR);
    expect((await site.request(issue.id)).state).not.toBe('lapsed');
  });

  // Evidence must not say that nobody decided where somebody's yes stands on record.
  test('does not lapse when it was answered on the card and the run died', {
    tags: ['queue-push-fails'],
  }, async () => {
    const desk = await Desk.open({ binding: { approval: 'app' } });
    const raised = await desk.raised();
    await lapse(desk.site.deps(), raised.id);
    const { at } = (await desk.request(raised)).lapse ?? { at: '' };
    desk.site.clock.set(at);
    await desk.card(raised, 'approver');
    expect(await lapse(desk.site.deps(), raised.id)).toMatchObject({
      what: 'answered, and to be judged',
    });
    await desk.site.run(HOUR / 2);
    expect((await desk.request(raised)).state).toBe('granted');
    expect(desk.site.events(raised.id)).not.toContain('request.lapsed');
  });

  test('lapses a day later when the answers on the card did not decide it', async () => {
    const desk = await Desk.open({ binding: { approval: 'app' } });
    const raised = await desk.raised();
    await lapse(desk.site.deps(), raised.id);
    const { at } = (await desk.request(raised)).lapse ?? { at: '' };
    await desk.card(raised, 'approver');
    desk.site.clock.set(at);
    desk.site.clock.advance(DAY);
    expect(await lapse(desk.site.deps(), raised.id)).toMatchObject({ what: 'lapsed' });
  });
});
