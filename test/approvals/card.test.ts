import { beforeEach, describe, expect, test } from 'vitest';
import { readCard } from '../../src/approvals/card';
import { decideByCard } from '../../src/approvals/card-answer';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import type { Card, CardDecision } from '../../src/contracts/approvals';
import { type AccessRequest, move } from '../../src/requests/model/request';
import { requests } from '../../src/requests/store';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aWaitingRequest } from '../builders/asked';
import { aBinding, STATUS } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

let site: SmallSite;
let issue: MemoryIssue;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  site.jira.administrator = false;
  issue = await aWaitingRequest(site);
});

const card = async (accountId = 'approver', accountType = 'licensed'): Promise<Card> => {
  const answer = await readCard(site.deps(), issue.id, { accountId, accountType });
  if (!answer.ok) throw new Error(answer.problem.check);
  return answer.value;
};
const decide = async (over: object = {}, accountId = 'approver', accountType = 'licensed') => {
  const { digest } = (await site.request(issue.id)).pin ?? {};
  const decision = { issueId: issue.id, digest, decision: 'approve', ...over } as CardDecision;
  site.jira.caller = accountId;
  const answer = await decideByCard(site.deps(), decision, { accountId, accountType });
  return answer.ok ? answer.value.done : answer.problem.check;
};
const answers = () => issue.approvals.flatMap((a) => a.answers.map((x) => x.decision));
const change = async (to: (request: AccessRequest) => AccessRequest) => {
  const held = await load(site.store, requests, issue.id);
  if (!held) throw new Error('no request');
  await site.store.transact([put(requests, to(held.value), held.rev)]);
};

describe('the card shows', () => {
  test('who asks for what, why, until when, who decides and what changes', async () => {
    expect(await card()).toMatchObject({
      who: 'Name of requester',
      role: 'Editor',
      app: 'Figma',
      until: '6 hours, counted from the moment access is given',
      why: 'Drawing the new logo',
      changes: 'Figma users, Figma editors in Okta',
      deciders: [{ name: 'Name of approver', answered: false }],
      shorter: [HOUR],
      risk: 'sensitive',
      history: { given: 0, declined: 0, other: 0 },
      edited: [],
      way: { by: 'card' },
    });
  });

  test('what became of earlier requests of the same person for the same role', async () => {
    await change((request) => move(request, 'declined', site.clock.now()));
    site.clock.advance(HOUR);
    issue = await aWaitingRequest(site);
    expect((await card()).history).toEqual({ given: 0, declined: 1, other: 0 });
  });

  test('the way to Jira’s own buttons where no app can act as the approver', async () => {
    expect((await card('approver', 'unlicensed')).way).toMatchObject({ by: 'jira' });
  });

  test('no way to answer to the requester, and everything else', async () => {
    expect((await card('requester')).way).toMatchObject({ by: 'nothing' });
  });

  test('what was edited since it was put up for approval', async () => {
    issue.summary = 'Something else';
    expect((await card()).edited).toEqual(['what was asked for']);
  });

  test.each(['friend', 'owner', 'operator'])(
    'nothing to %s, who has no part in it',
    async (who) => {
      const answer = await readCard(site.deps(), issue.id, { accountId: who });
      expect(answer).toMatchObject({ ok: false, problem: { check: 'request-yours' } });
    },
  );

  test('itself to administrators', async () => {
    site.jira.administrator = true;
    expect((await card('operator')).way).toMatchObject({ by: 'nothing' });
  });
});

describe('an answer by card', () => {
  test('is given in Jira as that person, and asks the gate', async () => {
    expect(await decide()).toBe('approved');
    expect(answers()).toEqual(['approved']);
    expect((await site.request(issue.id)).cards).toMatchObject([
      { by: 'approver', decision: 'approved', stage: 'person' },
    ]);
    expect(site.queues.take()).toContainEqual(
      expect.objectContaining({ queue: 'grant', body: { kind: 'consent', issueId: issue.id } }),
    );
  });

  test('can allow less time, which is written down before Jira hears of it', async () => {
    expect(await decide({ shorten: HOUR })).toBe('approved');
    expect((await site.request(issue.id)).cards).toMatchObject([{ shortened: HOUR }]);
  });

  test.each([6 * HOUR, 7 * HOUR])(
    'never allows as much time as was asked for, or more (%i s)',
    async (shorten) => {
      expect(await decide({ shorten })).toBe('shorter-than-asked');
      expect(answers()).toEqual(['pending']);
    },
  );

  test('declines with a reason that the requester reads', async () => {
    expect(await decide({ decision: 'decline', reason: 'Use the shared licence.' })).toBe(
      'declined',
    );
    expect(answers()).toEqual(['declined']);
    issue.statusId = '6';
    await site.run(60);
    expect((await site.request(issue.id)).state).toBe('declined');
    const told = site.jira.posted.filter((p) => p.audience === 'public').at(-1)?.text;
    expect(told).toContain('Reason given: Use the shared licence.');
  });

  test('to something else than was shown records nothing', {
    tags: ['edited-after-approval'],
  }, async () => {
    expect(await decide({ digest: 'f'.repeat(64) })).toBe('digest-shown');
    expect((await site.request(issue.id)).cards).toBeUndefined();
    expect(answers()).toEqual(['pending']);
  });

  test('to a request that was edited meanwhile records nothing and puts it up anew', {
    tags: ['edited-after-approval'],
  }, async () => {
    const { digest } = (await site.request(issue.id)).pin ?? {};
    issue.words = 'Something else entirely';
    expect(await decide({ digest })).toBe('digest-shown');
    expect(answers()).toEqual(['pending']);
    expect((await site.request(issue.id)).round).toBe(2);
    expect(await decide({ digest })).toBe('digest-shown');
    expect(await decide()).toBe('approved');
  });

  test.each(['friend', 'owner'])(
    'of %s, who is not asked, is as if there were nothing',
    async (who) => {
      expect(await decide({}, who)).toBe('request-yours');
      expect(answers()).toEqual(['pending']);
    },
  );

  test('of a party counts for nothing', { tags: ['self-approval'] }, async () => {
    expect(await decide({}, 'requester')).toBe('no-self-approval');
  });

  test('of an account that was closed meanwhile counts for nothing', async () => {
    site.jira.person('approver', { active: false });
    expect(await decide()).toBe('decider-active');
  });

  test('is given once', async () => {
    await decide();
    expect(await decide()).toBe('answered-once');
  });

  test('to a request that is over says so', async () => {
    await change((request) => move(request, 'lapsed', site.clock.now()));
    expect(await decide()).toBe('request-open');
  });

  test('is never given by the app where it cannot act as the person', async () => {
    expect(await decide({}, 'approver', 'unlicensed')).toBe('card-may-answer');
    expect((await site.request(issue.id)).cards).toBeUndefined();
  });

  test('that the platform refuses to give leaves nothing behind', async () => {
    site.jira.trouble = (call) =>
      call === 'answerApproval'
        ? { class: 'needs-human', code: 'forbidden', detail: 'no acting' }
        : undefined;
    expect(await decide()).toBe('card-may-answer');
    expect((await site.request(issue.id)).cards).toEqual([]);
    expect(site.events(issue.id)).toContain('card.taken-back');
  });

  test('whose answer got lost is found in Jira', { tags: ['answer-lost'] }, async () => {
    site.jira.trouble = (call) => (call === 'answerApproval' ? 'lost' : undefined);
    expect(await decide({ shorten: HOUR })).toBe('approved');
    expect((await site.request(issue.id)).cards).toMatchObject([{ shortened: HOUR }]);
  });

  test('that died before Jira heard of it decides nothing, and can be given again', async () => {
    site.jira.trouble = (call) =>
      call === 'answerApproval'
        ? { class: 'retryable', code: 'timeout', detail: 'cut off', outcomeUnknown: true }
        : undefined;
    expect(await decide({ shorten: HOUR })).toBe('jira-answers');
    site.jira.trouble = () => undefined;
    expect(answers()).toEqual(['pending']);
    expect(await decide({ shorten: 2 * HOUR })).toBe('approved');
    expect((await site.request(issue.id)).cards).toMatchObject([{ shortened: 2 * HOUR }]);
  });
});

describe('where the workflow has no approval step', () => {
  beforeEach(async () => {
    const held = await loadSettings(site.store);
    const bindings = [aBinding({ approval: 'app' })];
    await site.store.transact([putSettings({ ...held.value, bindings }, held.rev)]);
    site.jira.workflow.set(STATUS.waiting, [STATUS.approved, STATUS.attention, STATUS.declined]);
    issue = await aWaitingRequest(site, { listed: [] });
  });

  test('the written answer is the decision, for the time that it allows', async () => {
    expect((await card()).way).toEqual({ by: 'card' });
    expect(await decide({ shorten: HOUR })).toBe('approved');
    await site.run(60);
    expect(site.isMember()).toBe(true);
    const { grantId = '' } = await site.request(issue.id);
    expect(await site.grant(grantId)).toMatchObject({ state: 'active', duration: HOUR });
  });

  test('it needs no account that Forge can act as', async () => {
    expect(await decide({}, 'approver', 'unlicensed')).toBe('approved');
    await site.run(60);
    expect(site.isMember()).toBe(true);
  });

  test('a refusal ends the request with its reason', async () => {
    expect(await decide({ decision: 'decline', reason: 'Not for this project.' })).toBe('declined');
    expect((await site.request(issue.id)).state).toBe('declined');
    expect(issue.statusId).toBe(STATUS.declined);
    const told = site.jira.posted.filter((p) => p.audience === 'public').at(-1)?.text;
    expect(told).toContain('Reason given: Not for this project.');
    await site.run(DAY);
    expect(site.isMember()).toBe(false);
  });

  test('a refusal whose run died ends the request all the same', {
    tags: ['killed-half-way'],
  }, async () => {
    await decide({ decision: 'decline', reason: 'Not for this project.' });
    await change(({ refusal: _, ...request }) => ({ ...request, state: 'waiting' }));
    issue.statusId = STATUS.waiting;
    expect(await decide()).toBe('answered-once');
    await site.run(60);
    expect((await site.request(issue.id)).state).toBe('declined');
    expect(site.isMember()).toBe(false);
  });
});
