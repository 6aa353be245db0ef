/** Another approver for an open request: by an operator within the policy, or because one has left. */
import { beforeEach, describe, expect, test } from 'vitest';
import { reassign } from '../../src/approvals/reassign';
import { replaceApprover } from '../../src/approvals/replace';
import { nobodyKey } from '../../src/approvals/replace-gone';
import type { Role } from '../../src/catalog/model/catalog';
import { findings } from '../../src/findings/findings';
import { readJob, startJob } from '../../src/jobs/job';
import { setCover } from '../../src/policy/covers';
import { startingPolicy } from '../../src/policy/model/tiers';
import { sitePolicies } from '../../src/policy/site-policy';
import { intake } from '../../src/requests/intake';
import { requests } from '../../src/requests/store';
import { DAY, HOUR, plusSeconds } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR, reason: 'Drawing the new logo' };
const REASON = 'The approver is ill and nobody has set a cover.';

let site: SmallSite;
async function seeded(role: Partial<Role> = {}, fallback: string[] = []): Promise<void> {
  site = new SmallSite();
  for (const name of ['second', 'third', 'boss']) lives(name);
  const person = site.directory.people.get('person-1');
  if (person) site.directory.people.set('person-1', { ...person, manager: 'person-9' });
  const manager = site.directory.people.get('person-9');
  if (manager) site.directory.people.set('person-9', { ...manager, manager: 'p-boss' });
  await site.seed({ role });
  const policy = { ...startingPolicy, version: 1, fallback };
  await site.store.transact([put(sitePolicies, policy, 0)]);
}
function lives(name: string): void {
  site.jira.person(name);
  const email = `${name}@latchkey-demo.example`;
  const one = { email, addresses: [email], displayName: name, active: true };
  site.directory.people.set(`p-${name}`, { id: `p-${name}`, ...one });
}
async function asked(): Promise<MemoryIssue> {
  const issue = site.jira.add({ panel: WISH });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue;
}
const field = (issue: MemoryIssue) =>
  (issue.fields['f-approvers'] as { accountId: string }[]).map((one) => one.accountId).join();
async function replaced(issue: MemoryIssue, to: string, over = {}, by = 'operator') {
  const given = { issueId: issue.id, from: 'approver', to, reason: REASON, ...over };
  const said = await replaceApprover(site.deps(), given, by);
  return said.ok ? 'done' : said.problem.check;
}
const twoPeople: Partial<Role> = {
  rules: {
    stages: [
      { id: 's', from: [{ kind: 'people', accounts: ['approver', 'second'] }], needs: 'any' },
      { id: 't', from: [{ kind: 'people', accounts: ['third'] }], needs: 'any' },
    ],
  },
};

describe('an operator names another approver', () => {
  test.each<[string, Partial<Role>, string[], string]>([
    ['from the IT queue', {}, ['second'], 'second'],
    ['the owner, who is asked next anyway', {}, [], 'owner'],
    ["the manager's manager", { approver: { kind: 'manager' } }, [], 'boss'],
  ])('%s', async (_, role, queue, to) => {
    await seeded(role, queue);
    const issue = await asked();
    expect(field(issue)).toBe('approver');
    expect(await replaced(issue, to)).toBe('done');
    expect(field(issue)).toBe(to);
    const request = await site.request(issue.id);
    expect(request.pin?.stages[0]?.approvers).toMatchObject([
      { accountId: to, replaces: 'approver' },
    ]);
    expect(request).toMatchObject({ state: 'waiting', round: 1 });
    expect(site.evidence(issue.id).at(-1)).toMatchObject({
      event: 'approver.replaced',
      actor: { type: 'person', accountId: 'operator' },
      facts: { reason: REASON, removed: [{ accountId: 'approver' }] },
    });
    expect(site.jira.mails.map((mail) => mail.to)).toEqual([['approver'], [to]]);
    const told = site.jira.posted.filter((p) => p.audience === 'public').at(-1)?.text;
    expect(told).toContain('IT has named another approver');
    expect(told).not.toContain(REASON);
  });

  test('their cover, while it runs', async () => {
    await seeded();
    site.jira.person('owner', { active: false });
    const issue = await asked();
    expect(await replaced(issue, 'second')).toBe('approver-permitted');
    const times = { until: plusSeconds(site.clock.now(), DAY) };
    await setCover(site.deps(), { away: 'approver', cover: 'second', ...times }, 'approver');
    expect(await replaced(issue, 'second')).toBe('done');
  });

  describe('and is refused', { tags: ['self-approval', 'one-person-two-stages'] }, () => {
    test.each<[string, Partial<Role>, string[], string, object, string, string]>([
      [
        'somebody whom the policy does not name',
        {},
        [],
        'friend',
        {},
        'operator',
        'approver-permitted',
      ],
      ['the requester', {}, ['requester'], 'requester', {}, 'operator', 'approver-is-party'],
      ['as a party to it', {}, ['second'], 'second', {}, 'requester', 'no-self-approval'],
      [
        'somebody of another stage',
        twoPeople,
        ['third'],
        'third',
        {},
        'operator',
        'approvers-distinct',
      ],
      ['somebody who is asked already', twoPeople, [], 'second', {}, 'operator', 'approver-asked'],
      [
        'for somebody who is not asked',
        {},
        ['second'],
        'second',
        { from: 'friend' },
        'operator',
        'approver-asked',
      ],
      [
        'for an issue that is no request',
        {},
        [],
        'owner',
        { issueId: '9' },
        'operator',
        'request-known',
      ],
    ])('%s', async (_, role, queue, to, over, by, check) => {
      await seeded(role, queue);
      const issue = await asked();
      const before = field(issue);
      expect(await replaced(issue, to, over, by)).toBe(check);
      expect(field(issue)).toBe(before);
      expect(site.events(issue.id)).not.toContain('approver.replaced');
    });

    // A second account is no second person.
    test('as a party to it under another account', async () => {
      await seeded({}, ['second']);
      const person = site.directory.people.get('person-1');
      const addresses = ['requester', 'operator'].map((n) => `${n}@latchkey-demo.example`);
      if (person) site.directory.people.set('person-1', { ...person, addresses });
      expect(await replaced(await asked(), 'second')).toBe('no-self-approval');
    });

    test('somebody without an active account', async () => {
      await seeded({}, ['second']);
      const issue = await asked();
      site.jira.person('second', { active: false });
      expect(await replaced(issue, 'second')).toBe('approver-active');
    });

    test('once the approver has answered', async () => {
      await seeded({}, ['second']);
      const issue = await asked();
      const now = site.clock.now();
      const answers = [{ accountId: 'approver', decision: 'approved' as const }];
      const rest = { name: 'Approval', finalDecision: 'approved' as const, answers };
      issue.approvals.push({ id: '900', created: now, completed: now, ...rest });
      expect(await replaced(issue, 'second')).toBe('approver-waits');
    });
  });
});

describe('reassigning', () => {
  const change = {
    stage: 'person',
    remove: ['approver'],
    because: 'Somebody is away.',
    by: { type: 'app' },
    event: 'approver.covered',
  } as const;
  const add = [{ accountId: 'second', because: 'test', readAt: '2026-03-02T09:00:00.000Z' }];
  beforeEach(() => seeded());

  test('keeps what was pinned: the same digest, round and source', async () => {
    const issue = await asked();
    const { pin } = await site.request(issue.id);
    await reassign(site.deps(), issue.id, { ...change, add });
    const after = (await site.request(issue.id)).pin;
    expect({ ...after, stages: [] }).toEqual({ ...pin, stages: [] });
  });

  test('twice does it once', { tags: ['event-repeated'] }, async () => {
    const issue = await asked();
    const both = await Promise.all([
      reassign(site.deps(), issue.id, { ...change, add }),
      reassign(site.deps(), issue.id, { ...change, add }),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'nothing']);
    expect(site.events(issue.id).filter((event) => event === 'approver.covered')).toHaveLength(1);
  });

  test('leaves everything to be done again while Jira does not answer', {
    tags: ['field-missing'],
  }, async () => {
    const issue = await asked();
    const down = { class: 'retryable', code: 'timeout', detail: 'Jira is slow.' } as const;
    site.jira.trouble = (call) => (call === 'edit' ? down : undefined);
    expect(await reassign(site.deps(), issue.id, { ...change, add })).toMatchObject({
      kind: 'later',
    });
    expect((await site.request(issue.id)).pin?.stages[0]?.approvers[0]?.accountId).toBe('approver');
    // Nobody is told that they need not decide while Jira goes on asking them.
    expect(site.jira.mails).toEqual([]);
  });

  test('mails each once, though others wrote on the request meanwhile', {
    tags: ['two-workers-one-grant'],
  }, async () => {
    const issue = await asked();
    let left = 2;
    site.watch = {
      before: async (call) => {
        if (call !== 'store.transact' || left-- <= 0) return;
        const held = await load(site.store, requests, issue.id);
        if (held) await site.store.transact([put(requests, held.value, held.rev)]);
      },
      after: () => {},
    };
    expect(await reassign(site.deps(), issue.id, { ...change, add })).toMatchObject({
      kind: 'done',
    });
    expect(site.jira.mails.map(({ to }) => to)).toEqual([['approver'], ['second']]);
    expect(field(issue)).toBe('second');
  });
});

describe('the look of every night at those who decide', { tags: ['approver-deactivated'] }, () => {
  async function night(): Promise<void> {
    await startJob(site.deps(), 'decider-watch', 'site');
    await site.run(120);
    expect((await readJob(site.deps(), 'decider-watch:site'))?.state).toBe('done');
  }
  const finding = async (key: string) => (await load(site.store, findings, key))?.value;
  const leaves = (name: string) => site.jira.person(name, { active: false });

  test('names everybody who has left with every place, and settles what was mended', async () => {
    await seeded({}, ['second']);
    await night();
    expect(site.store.all('finding')).toEqual([]);
    leaves('approver');
    leaves('owner');
    leaves('second');
    await night();
    expect(await finding('decider-gone:approver')).toMatchObject({
      status: 'open',
      sentence: expect.stringContaining('Editor in Figma'),
    });
    expect((await finding('decider-gone:owner'))?.sentence).toContain('owner of Figma');
    expect((await finding('decider-gone:second'))?.sentence).toContain('the IT queue');
    site.jira.person('approver');
    await night();
    expect((await finding('decider-gone:approver'))?.status).toBe('resolved');
  });

  test('moves what waits for them to the next in line, before the requester notices', async () => {
    await seeded();
    const issue = await asked();
    leaves('approver');
    await night();
    expect(field(issue)).toBe('owner');
    expect(site.events(issue.id)).toContain('approver.replaced');
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  test('sees also who was disabled in the directory alone', async () => {
    await seeded();
    const issue = await asked();
    const one = site.directory.people.get('person-9');
    if (one)
      site.directory.people.set('person-9', { ...one, active: false, status: 'deactivated' });
    await night();
    expect(field(issue)).toBe('owner');
  });

  test('says when nobody else may decide', async () => {
    await seeded();
    leaves('owner');
    const issue = await asked();
    leaves('approver');
    await night();
    expect(await finding(nobodyKey(issue.id))).toMatchObject({ kind: 'approval-nobody' });
    expect(field(issue)).toBe('approver');
  });

  test('names groups that decide and hold nobody', async () => {
    const from = [{ kind: 'directory-group' as const, connection: 'main', group: 'g-other' }];
    await seeded({ rules: { stages: [{ id: 'g', from, needs: 'any' }] } });
    await night();
    expect(await finding('decider-group-empty:main:g-other')).toMatchObject({ status: 'open' });
    site.directory.put({ group: 'g-other', person: 'p-second' }, true);
    await night();
    expect((await finding('decider-group-empty:main:g-other'))?.status).toBe('resolved');
  });

  test('changes nothing while Jira does not answer', async () => {
    await seeded();
    const issue = await asked();
    leaves('approver');
    const down = { class: 'retryable', code: 'timeout', detail: 'Jira is slow.' } as const;
    site.jira.trouble = (call) => (call === 'accounts' ? down : undefined);
    await startJob(site.deps(), 'decider-watch', 'site');
    await site.run(30);
    expect(field(issue)).toBe('approver');
    expect(site.store.all('finding')).toEqual([]);
  });
});
