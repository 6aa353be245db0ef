/** Covers: what is refused when one is set, what it takes over, and what goes back. */
import { beforeEach, describe, expect, test } from 'vitest';
import { tasks } from '../../src/approvals/task-record';
import type { Approval } from '../../src/jira/port';
import { endCover, listCovers, setCover } from '../../src/policy/covers';
import { intake } from '../../src/requests/intake';
import { links } from '../../src/requests/person';
import { DAY, HOUR, type Instant, plusSeconds } from '../../src/shared/instant';
import { find, put } from '../../src/shared/record';
import { STATUS } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR, reason: 'Drawing the new logo' };

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  for (const name of ['second', 'third', 'fourth']) site.jira.person(name);
  await site.seed();
});

/** The second account belongs to the person of the first. */
function isAlso(first: string, second: string): void {
  const email = `${first}@latchkey-demo.example`;
  const known = [...site.directory.people.values()].find((one) => one.email === email);
  const id = known?.id ?? `p-${first}`;
  const other = `${second}@latchkey-demo.example`;
  const base = known ?? { id, email, displayName: first, status: 'active', active: true };
  site.directory.people.set(id, { ...base, addresses: [email, other] });
}
const inDays = (days: number): Instant => plusSeconds(site.clock.now(), days * DAY);
async function set(away: string, cover: string, from = 0, until = 2, by = away): Promise<string> {
  const said = await setCover(
    site.deps(),
    { away, cover, from: inDays(from), until: inDays(until) },
    by,
  );
  return said.ok ? 'set' : said.problem.check;
}
async function asked(over: Partial<MemoryIssue> = {}): Promise<MemoryIssue> {
  const issue = site.jira.add({ panel: WISH, ...over });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  issue.approvals.push({
    id: `a-${issue.id}`,
    name: 'Approval',
    finalDecision: 'pending',
    created: site.clock.now(),
    completed: undefined,
    answers: [],
  });
  return issue;
}
const field = (issue: MemoryIssue) =>
  (issue.fields['f-approvers'] as { accountId: string }[]).map((one) => one.accountId).join();
const deciders = async (issue: MemoryIssue) =>
  (await site.request(issue.id)).pin?.stages[0]?.approvers.map((a) => a.accountId).join();
async function openOf(accountId: string): Promise<string[]> {
  const { found } = await find(site.store, tasks, {
    index: 'by-approver',
    partition: [accountId, 'yes'],
    limit: 50,
  });
  return found.map(({ value }) => value.issueId);
}
const said = (audience: 'public' | 'internal') =>
  site.jira.posted.filter((p) => p.audience === audience).map((p) => p.text);

describe('a cover is refused', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['for oneself', () => set('approver', 'approver'), 'cover-other-person'],
    ['that is over before it begins', () => set('approver', 'second', 3, 2), 'cover-times'],
    ['that is over already', () => set('approver', 'second', -3, -2), 'cover-times'],
    ['for more than a year', () => set('approver', 'second', 0, 400), 'cover-times'],
    ['by an account that nobody knows', () => set('approver', 'stranger'), 'cover-active'],
    ['for an account that nobody knows', () => set('stranger', 'approver'), 'cover-away'],
    [
      'by an account that was closed',
      () => {
        site.jira.person('second', { active: false });
        return set('approver', 'second');
      },
      'cover-active',
    ],
    [
      'by an app',
      () => {
        site.jira.person('second', { type: 'app' });
        return set('approver', 'second');
      },
      'cover-active',
    ],
    [
      'by a portal account that nobody linked',
      () => {
        site.jira.person('second', { type: 'customer' });
        return set('approver', 'second');
      },
      'cover-active',
    ],
    [
      'by the same person under another account',
      async () => {
        const link = {
          v: 1,
          accountId: 'second',
          connectionId: 'main',
          personId: 'person-9',
          linkedBy: 'operator',
          at: site.clock.now(),
        } as const;
        await site.store.transact([put(links, link, 0)]);
        return set('approver', 'second');
      },
      'cover-other-person',
    ],
    [
      'for a time that has one',
      async () => {
        await set('approver', 'second', 1, 5);
        return set('approver', 'third', 4, 8);
      },
      'cover-once',
    ],
    // An administrator could else make themself the one who decides, approve, and end it.
    [
      'that an administrator makes of themself',
      () => set('approver', 'operator', 0, 2, 'operator'),
      'cover-by-others',
    ],
    [
      'that an administrator makes of another account of their own',
      () => {
        isAlso('second', 'friend');
        return set('approver', 'second', 0, 2, 'friend');
      },
      'cover-by-others',
    ],
    [
      'that leads back',
      async () => {
        await set('approver', 'second', 1, 5);
        return set('second', 'approver', 4, 8);
      },
      'cover-ring',
    ],
    [
      'that leads back by way of others',
      async () => {
        await set('approver', 'second', 0, 5);
        await set('second', 'third', 0, 5);
        return set('third', 'approver', 4, 8);
      },
      'cover-ring',
    ],
    [
      'as the fourth in a row',
      async () => {
        await set('approver', 'second', 0, 5);
        await set('second', 'third', 0, 5);
        await set('friend', 'approver', 0, 5);
        return set('third', 'fourth', 0, 5);
      },
      'cover-depth',
    ],
    [
      'while the directory does not answer',
      () => {
        site.directory.trouble = (call) => (call === 'findPeople' ? 'cut' : undefined);
        return set('approver', 'second');
      },
      'cover-read',
    ],
  ])('%s', async (_, act, check) => {
    expect(await act()).toBe(check);
  });

  test.each<[string, () => Promise<string>]>([
    [
      'beside another of the same person',
      async () => {
        await set('approver', 'second', 1, 2);
        return set('approver', 'third', 2, 3);
      },
    ],
    [
      'that leads back at another time',
      async () => {
        await set('approver', 'second', 1, 2);
        return set('second', 'approver', 3, 4);
      },
    ],
    [
      'as the third in a row',
      async () => {
        await set('approver', 'second', 0, 5);
        await set('second', 'third', 0, 5);
        return set('third', 'fourth', 0, 5);
      },
    ],
    [
      'for the time after one that was ended',
      async () => {
        await set('approver', 'second', 0, 5);
        const [cover] = site.store.all('cover');
        await endCover(site.deps(), cover?.key ?? '', 'approver', false);
        return set('approver', 'third', 0, 5);
      },
    ],
  ])('but not %s', async (_, act) => {
    expect(await act()).toBe('set');
  });
});

describe('an open approval', () => {
  // Nobody is asked as well after some hours.
  beforeEach(() => site.jira.person('owner', { active: false }));

  test('moves to the cover when it begins, and everybody is told', async () => {
    const issue = await asked();
    await set('approver', 'second', 1, 3);
    expect(await deciders(issue)).toBe('approver');
    await site.run(DAY + HOUR);
    expect([await deciders(issue), field(issue)]).toEqual(['second', 'second']);
    expect([await openOf('approver'), await openOf('second')]).toEqual([[], [issue.id]]);
    expect(site.jira.mails.slice(-2).map(({ to }) => to)).toEqual([['approver'], ['second']]);
    expect(said('public').join('\n')).toContain('their cover is asked instead');
    expect(said('public').join('\n')).not.toMatch(/account|second/);
    expect(site.events(issue.id)).toContain('approver.covered');
    expect(site.chainFault(issue.id)).toBeUndefined();
  });

  test('moves at once when a cover is set that runs already', async () => {
    const issue = await asked();
    await set('approver', 'second');
    await site.run(60);
    expect(await deciders(issue)).toBe('second');
  });

  test('moves although no index showed it yet when the cover began', {
    tags: ['query-stale'],
  }, async () => {
    site.store.lag();
    const issue = await asked();
    await set('approver', 'second');
    await site.run(60);
    expect(await deciders(issue)).toBe('approver');
    site.store.catchUp();
    await site.run(HOUR);
    expect([await deciders(issue), field(issue)]).toEqual(['second', 'second']);
  });

  test('goes back when the cover is over and nobody has answered', async () => {
    const issue = await asked();
    await set('approver', 'second');
    await site.run(2 * DAY + HOUR);
    expect([await deciders(issue), field(issue)]).toEqual(['approver', 'approver']);
    expect([await openOf('approver'), await openOf('second')]).toEqual([[issue.id], []]);
  });

  test('goes back when the cover is ended early', async () => {
    const issue = await asked();
    await set('approver', 'second');
    await site.run(60);
    const listed = await listCovers(site.deps(), 'approver');
    const id = listed.ok ? listed.value.away[0]?.id : undefined;
    await endCover(site.deps(), id ?? '', 'approver', false);
    await site.run(60);
    expect(await deciders(issue)).toBe('approver');
  });

  test('stays with the cover who has answered', async () => {
    const issue = await asked();
    await set('approver', 'second');
    await site.run(60);
    const [approval] = issue.approvals;
    issue.approvals = [
      { ...(approval as Approval), answers: [{ accountId: 'second', decision: 'approved' }] },
    ];
    await site.run(2 * DAY + HOUR);
    expect(await deciders(issue)).toBe('second');
  });

  test('is left to the approver who has answered', async () => {
    const issue = await asked();
    const [approval] = issue.approvals;
    issue.approvals = [
      { ...(approval as Approval), answers: [{ accountId: 'approver', decision: 'approved' }] },
    ];
    await set('approver', 'second');
    await site.run(60);
    expect(await deciders(issue)).toBe('approver');
  });

  test('never moves to somebody who is a party: the owner is asked', {
    tags: ['self-approval'],
  }, async () => {
    site.jira.person('owner');
    const issue = await asked();
    await set('approver', 'requester');
    await site.run(60);
    expect([await deciders(issue), field(issue)]).toEqual(['owner', 'owner']);
    await site.run(2 * DAY + HOUR);
    expect(await deciders(issue)).toBe('approver');
  });

  // A second account is no second person: nobody chooses who decides on their own access.
  test('never moves to somebody whom a party chose under another account', {
    tags: ['self-approval'],
  }, async () => {
    site.jira.person('owner');
    isAlso('requester', 'operator');
    const issue = await asked();
    await set('approver', 'friend', 0, 2, 'operator');
    await site.run(60);
    expect(await deciders(issue)).toBe('owner');
    const second = await asked();
    expect(await deciders(second)).toBe('owner');
  });

  test('says that an administrator has entered it, to whoever is away too', async () => {
    const issue = await asked();
    await set('approver', 'second', 0, 2, 'operator');
    await site.run(60);
    const [one] = (await site.request(issue.id)).pin?.stages[0]?.approvers ?? [];
    expect(one?.because).toMatch(/^stands in until \S+, as an administrator has entered: /);
    const mail = site.jira.mails.find(({ to }) => to.includes('approver'));
    expect(mail?.text).toContain('An administrator has entered that an approver is away');
    await set('second', 'third', 0, 1);
    await site.run(60);
    const [now] = (await site.request(issue.id)).pin?.stages[0]?.approvers ?? [];
    expect(now?.because.match(/stands in/g)).toHaveLength(1);
  });

  test('moves on with the cover of the cover', async () => {
    const issue = await asked();
    await set('approver', 'second', 0, 5);
    await site.run(60);
    await set('second', 'third', 0, 2);
    await site.run(60);
    expect(await deciders(issue)).toBe('third');
    await site.run(2 * DAY + HOUR);
    expect(await deciders(issue)).toBe('second');
  });

  test('moves once Jira answers again', { tags: ['comment-fails'] }, async () => {
    const issue = await asked();
    await set('approver', 'second');
    const down = { class: 'retryable', code: 'server-error', detail: 'Jira is down.' } as const;
    site.jira.trouble = (call) => (call === 'edit' ? down : undefined);
    await site.run(60);
    expect(await deciders(issue)).toBe('approver');
    site.jira.trouble = () => undefined;
    await site.run(HOUR);
    expect([await deciders(issue), field(issue)]).toEqual(['second', 'second']);
  });

  test('of a request that is over stays as it was', async () => {
    const issue = await asked();
    issue.statusId = STATUS.declined;
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    await set('approver', 'second');
    await site.run(60);
    expect(await deciders(issue)).toBe('approver');
    expect(site.jira.mails).toEqual([]);
  });
});

describe('covers are one’s own', { tags: ['other-persons-request'] }, () => {
  test('somebody else cannot end one, an administrator can', async () => {
    await set('approver', 'second', 1, 5);
    const id = site.store.all('cover')[0]?.key ?? '';
    const end = async (by: string, administrator: boolean) => {
      const said = await endCover(site.deps(), id, by, administrator);
      return said.ok ? said.value.status : said.problem.check;
    };
    expect(await end('friend', false)).toBe('cover-known');
    expect(await end('second', false)).toBe('cover-known');
    expect(await end('operator', true)).toBe('ended');
  });

  test('everything is evidence, and the timers go with it', async () => {
    await set('approver', 'second');
    await site.run(3 * DAY);
    expect(site.events('covers')).toEqual(['cover.set', 'cover.ended']);
    expect(site.chainFault('covers')).toBeUndefined();
    expect(site.store.all('timer').filter(({ key }) => key.startsWith('cover:'))).toEqual([]);
  });
});
