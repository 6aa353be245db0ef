import { beforeEach, describe, expect, test } from 'vitest';
import { decideByCard } from '../../src/approvals/card-answer';
import { askRequester } from '../../src/approvals/question';
import type { CardDecision } from '../../src/contracts/approvals';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR } from '../../src/shared/instant';
import { timerKey } from '../../src/shared/timer';
import { aWaitingRequest } from '../builders/asked';
import { Desk } from '../builders/desks';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

// The clock stands at Monday, 09:00; people work from nine to five, and are reminded after four hours.
let site: SmallSite;
let issue: MemoryIssue;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  site.jira.administrator = false;
  issue = await aWaitingRequest(site);
  site.queues.take();
});

const ask = async (by = 'approver', question = 'Which project is it for?') => {
  const answer = await askRequester(site.deps(), { issueId: issue.id, question }, by);
  return answer.ok ? 'asked' : answer.problem.check;
};
const comment = (by: string, text = 'For the spring launch.') =>
  intake(site.deps(), { issueId: issue.id, attempt: 0, comment: { by, text } });
const timerOf = (what: 'remind' | 'lapse') => {
  const key = timerKey({ kind: 'request', objectId: issue.id, what });
  const row = site.store.all('timer').find((one) => one.key === key)?.row;
  return (row?.body as { at: string } | undefined)?.at;
};

describe('a question back', () => {
  test('stands on the issue, and nobody is reminded while it is open', async () => {
    site.clock.advance(HOUR);
    expect(await ask()).toBe('asked');
    expect(site.jira.posted.at(-1)).toMatchObject({ audience: 'public' });
    expect(site.jira.posted.at(-1)?.text).toContain('Which project is it for?');
    expect(timerOf('remind')).toBeUndefined();
    await site.run(2 * DAY);
    expect(site.jira.mails).toEqual([]);
  });

  test('keeps the pin, the turn and the hour at which the request lapses', async () => {
    const before = await site.request(issue.id);
    const lapses = timerOf('lapse');
    await ask();
    await comment('requester');
    const after = await site.request(issue.id);
    expect(after.pin).toEqual(before.pin);
    expect(after).toMatchObject({ state: 'waiting', round: 1, stage: before.stage });
    expect(timerOf('lapse')).toBe(lapses);
  });

  test('is answered by the requester’s next comment, and whoever asked is told', async () => {
    site.clock.advance(HOUR);
    await ask();
    site.clock.advance(DAY);
    await comment('requester');
    expect((await site.request(issue.id)).question).toBeUndefined();
    expect(site.jira.mails).toMatchObject([{ to: ['approver'] }]);
    // Three of the four business hours were left.
    expect(timerOf('remind')).toBe('2026-03-03T13:00:00.000Z');
  });

  test.each(['approver', 'friend'])('is not answered by a comment of %s', async (who) => {
    await ask();
    await comment(who);
    expect((await site.request(issue.id)).question).toMatchObject({ by: 'approver' });
  });

  test('is asked one at a time', async () => {
    await ask();
    expect(await ask()).toBe('question-open');
  });

  test.each([
    ['friend', 'request-yours'],
    ['requester', 'no-self-approval'],
  ])('is not for %s to ask', async (who, check) => {
    expect(await ask(who)).toBe(check);
    expect(timerOf('remind')).toBe('2026-03-02T13:00:00.000Z');
  });

  // Two answers are needed, so a question holds up what its asker still has to say, and nothing longer.
  describe('of one of two who both have to answer', () => {
    let desk: Desk;
    const press = async (by: string) => {
      const { digest } = (await desk.request(issue)).pin ?? {};
      const decision = { issueId: issue.id, digest, decision: 'approve' } as CardDecision;
      const caller = { accountId: by, accountType: 'licensed' };
      const said = await decideByCard(desk.site.deps(), decision, caller);
      return said.ok ? said.value.done : said.problem.check;
    };
    const mailed = (who: string) => site.jira.mails.filter(({ to }) => to.includes(who)).length;
    beforeEach(async () => {
      const from = [{ kind: 'people' as const, accounts: ['approver', 'owner'] }];
      desk = await Desk.open({
        rules: { stages: [{ id: 'pair', from, needs: 2 }] },
        binding: { approval: 'app' },
      });
      site = desk.site;
      issue = await desk.raised();
      await ask('approver');
    });

    test('stays open when the other answers, and the requester’s answer is for whoever asked', async () => {
      expect(await press('owner')).toBe('approved');
      await site.run(HOUR);
      expect(await comment('requester')).toBeDefined();
      expect(mailed('approver')).toBe(1);
      await site.run(DAY);
      expect(mailed('approver')).toBe(2);
      expect((await desk.request(issue)).state).toBe('waiting');
    });

    test('is over when they answer themself, and the other is reminded', async () => {
      expect(await press('approver')).toBe('approved');
      expect((await desk.request(issue)).question).toBeUndefined();
      await site.run(DAY);
      expect(mailed('owner')).toBe(1);
    });
  });
});
