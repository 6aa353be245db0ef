import { beforeEach, describe, expect, test } from 'vitest';
import { resumeRequest } from '../../src/approvals/by-hand';
import type { Override } from '../../src/contracts/policy';
import { previewKill, startKill } from '../../src/grants/kill';
import { review } from '../../src/grants/review';
import { reviewGrant } from '../../src/grants/review-verdict';
import { dropUse, putUse } from '../../src/grants/use-record';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR, type Instant, plusSeconds, secondsBetween } from '../../src/shared/instant';
import { PERSON, SmallSite } from '../builders/small-site';
import { Killed, type Watch } from '../fakes/intercept';

const REASON = 'The checkout is down in all shops and nobody else who knows it can be reached.';
const WORDS = 'The incident was real and nothing else was touched.';
const rules: Override = {
  breakGlass: {
    eligible: [{ kind: 'department', is: ['Operations'] }],
    incident: false,
    reviewWithin: DAY,
  },
};

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed({ role: { risk: 'break-glass', durations: [HOUR], rules } });
  of('Operations');
});

function of(department: string): void {
  const person = site.directory.people.get(PERSON);
  if (person) site.directory.people.set(PERSON, { ...person, department });
}

/** Asks for it; answers the issue and the id that its grant would have. */
async function used(more: { readonly start?: string } = {}, watch?: Watch) {
  const issue = site.jira.add({
    panel: { app: 'figma', role: 'figma.editor', duration: HOUR, reason: REASON, ...more },
  });
  await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 9 } }]);
  site.watch = watch;
  await site.run(60);
  return { issue, grantId: `g-${issue.id}-1` };
}

const openFindings = () =>
  site.store
    .all('finding')
    .map(({ row }) => row.body as { kind: string; status: string })
    .filter(({ status }) => status === 'open')
    .map(({ kind }) => kind);
const saidOn = (issueId: string) =>
  site.jira.posted.filter((p) => p.issueId === issueId).map((p) => p.text);
const verdictOf = async (grantId: string, by: string, verdict: 'justified' | 'not-justified') => {
  const said = await reviewGrant(site.deps(), { grantId, verdict, words: WORDS }, by);
  return said.ok ? 'ok' : said.problem.check;
};

describe('break-glass access', () => {
  test('is given at once to whoever is eligible, for its short time', async () => {
    const { issue, grantId } = await used();
    const grant = await site.grant(grantId);
    expect(grant).toMatchObject({ state: 'active', privileged: true, duration: HOUR });
    expect(site.isMember()).toBe(true);
    const [decision] = (await site.request(issue.id)).decisions;
    expect(decision).toMatchObject({ by: 'rule', rule: 'break-glass' });
    await site.run(HOUR + 900);
    expect((await site.grant(grantId)).state).toBe('revoked');
    expect(site.isMember()).toBe(false);
  });

  test('is not given to somebody of another department', async () => {
    of('Design');
    const { issue } = await used();
    expect((await site.request(issue.id)).state).toBe('attention');
    expect(site.isMember()).toBe(false);
  });

  test('is marked so that nobody can take it for usual access', async () => {
    const { issue } = await used();
    expect(issue.property).toMatchObject({
      state: 'break-glass',
      breakGlass: true,
      review: 'open',
    });
    expect(saidOn(issue.id).some((t) => t.includes('BREAK-GLASS ACCESS granted'))).toBe(true);
  });

  test('is told at once to everybody who could have approved it, and to be reviewed by its hour', async () => {
    const { issue, grantId } = await used();
    const { breakGlass } = await site.grant(grantId);
    const task = site.jira.issues.get(breakGlass?.reviewIssue ?? '');
    expect(task).toMatchObject({ summary: expect.stringContaining('BREAK-GLASS') });
    expect(task?.fields['assignee']).toBe('approver');
    expect(site.jira.mails).toMatchObject([{ issueId: issue.id, to: ['approver', 'owner'] }]);
    expect(site.events(issue.id)).toContain('review.asked');
    expect(site.chainFault(issue.id)).toBeUndefined();
  });

  test('has its review opened by the timer when the run that gave it died', async () => {
    site.jira.trouble = (call) =>
      call === 'createIssue' ? { class: 'retryable', code: 'timeout', detail: 'Late.' } : undefined;
    const { grantId } = await used();
    expect((await site.grant(grantId)).breakGlass?.reviewIssue).toBeUndefined();
    site.jira.trouble = () => undefined;
    await site.run(HOUR / 2);
    expect((await site.grant(grantId)).breakGlass?.reviewIssue).toBeDefined();
    expect(
      [...site.jira.issues.values()].filter((i) => i.summary.includes('to review')),
    ).toHaveLength(1);
  });

  // A function may die between Jira's answer and its own note of it.
  test('has one review issue although the run died right after making it', async () => {
    const { grantId } = await used(
      {},
      {
        before(call, args) {
          if (call === 'store.transact' && JSON.stringify(args).includes('review.asked'))
            throw new Killed('dead');
        },
        after() {},
      },
    );
    expect((await site.grant(grantId)).breakGlass?.reviewIssue).toBeUndefined();
    await site.run(HOUR / 2);
    const made = [...site.jira.issues.values()].filter((i) => i.summary.includes('to review'));
    expect(made.map(({ id }) => id)).toEqual([(await site.grant(grantId)).breakGlass?.reviewIssue]);
  });

  // Nobody of such a stage is named in the pin, and all who could have approved are told at once.
  test('is told to everybody in a Jira group that would have decided', async () => {
    const security = { kind: 'jira-group' as const, group: 'g-1', name: 'Security' };
    await site.saveRole({
      ...(await roleOf()),
      version: 2,
      rules: { ...rules, stages: [{ id: 'security', from: [security], needs: 'any' }] },
    });
    site.jira.groups.set('friend', [{ id: 'g-1', name: 'Security' }]);
    const { issue, grantId } = await used();
    expect(site.jira.mails.flatMap(({ to }) => to).sort()).toEqual(['friend', 'owner']);
    expect(saidOn(issue.id).join(' ')).toContain('whoever is in the group Security');
    expect(await verdictOf(grantId, 'friend', 'justified')).toBe('ok');
  });

  test('is still to be reviewed where Jira lets the app make no issue', async () => {
    site.jira.trouble = (call) =>
      call === 'createIssue'
        ? { class: 'permanent', code: 'invalid', detail: 'No such type.' }
        : undefined;
    const { grantId } = await used();
    expect((await site.grant(grantId)).breakGlass).toMatchObject({ reviewIssue: 'none' });
    await site.run(DAY + HOUR);
    expect(openFindings()).toEqual(['break-glass-unreviewed']);
  });
});

describe('its review', () => {
  test.each([
    ['an approver of the role', 'approver', 'ok'],
    ['the owner of the app', 'owner', 'ok'],
    ['the person who used it', 'requester', 'no-self-review'],
    ['a colleague', 'friend', 'review-yours'],
    ['an operator', 'operator', 'review-yours'],
  ])('by %s', async (_, by, wanted) => {
    const { grantId } = await used();
    expect(await verdictOf(grantId, by, 'justified')).toBe(wanted);
  });

  test('by a second account of the same person is none', async () => {
    site.jira.person('owner', { email: 'requester@latchkey-demo.example' });
    const { grantId } = await used();
    expect(await verdictOf(grantId, 'owner', 'justified')).toBe('no-self-review');
  });

  // A taken-over account must not find its own misuse justified.
  test('by somebody under a kill switch is none', async () => {
    const { grantId } = await used();
    const target = { kind: 'person' as const, accountId: 'approver' };
    const seen = await previewKill(site.deps(), target);
    if (!seen.ok) throw new Error('no preview');
    const { preview } = seen.value;
    await startKill(site.deps(), { target, reason: 'Taken over', preview }, 'operator');
    expect(await verdictOf(grantId, 'approver', 'justified')).toBe('reviewer-not-stopped');
    expect(await verdictOf(grantId, 'owner', 'justified')).toBe('ok');
  });

  test('is not given by closing the issue that asks for it', async () => {
    const { grantId } = await used();
    const task = site.jira.issues.get((await site.grant(grantId)).breakGlass?.reviewIssue ?? '');
    if (task) task.statusId = '5';
    await site.run(DAY + HOUR);
    expect(openFindings()).toContain('break-glass-unreviewed');
  });

  test('that finds it justified lets the access go on and is on record without its words', async () => {
    const { issue, grantId } = await used();
    expect(await verdictOf(grantId, 'approver', 'justified')).toBe('ok');
    expect((await site.grant(grantId)).state).toBe('active');
    expect(issue.property).toMatchObject({ review: 'justified' });
    const given = site.evidence(issue.id).find(({ event }) => event === 'review.given');
    expect(given).toMatchObject({ actor: { accountId: 'approver' }, facts: { as: 'approver' } });
    expect(JSON.stringify(given)).not.toContain('incident was real');
    expect(await verdictOf(grantId, 'owner', 'not-justified')).toBe('review-open');
  });

  test('that finds it not justified ends what is live', async () => {
    const { grantId } = await used();
    expect(await verdictOf(grantId, 'approver', 'not-justified')).toBe('ok');
    await site.run(600);
    expect(await site.grant(grantId)).toMatchObject({
      state: 'revoked',
      because: 'revoked-by-person',
      endedBy: 'approver',
    });
    expect(site.isMember()).toBe(false);
  });
});

describe('without a review', () => {
  test('the access ends when the time for it is over, and it is escalated once', {
    tags: ['event-repeated'],
  }, async () => {
    await site.saveRole({
      ...(await roleOf()),
      version: 2,
      rules: { breakGlass: { ...rules.breakGlass, reviewWithin: HOUR / 2 } as never },
    });
    const { issue, grantId } = await used();
    await site.run(HOUR / 2 + 600);
    expect(await site.grant(grantId)).toMatchObject({ state: 'revoked', because: 'not-reviewed' });
    expect(site.isMember()).toBe(false);
    expect(issue.property).toMatchObject({ state: 'ended', review: 'overdue' });
    expect(openFindings()).toEqual(['break-glass-unreviewed']);
    expect(site.jira.mails.at(-1)).toMatchObject({ to: ['owner'] });
    await review(site.deps(), grantId);
    expect(site.events(issue.id).filter((e) => e === 'review.overdue')).toHaveLength(1);
  });

  test('the same person cannot use the role so again until it is reviewed', async () => {
    const first = await used();
    await site.run(HOUR + 900);
    const second = await used();
    expect((await site.request(second.issue.id)).state).toBe('attention');
    expect(site.isMember()).toBe(false);
    expect(await verdictOf(first.grantId, 'owner', 'justified')).toBe('ok');
    const third = await used();
    expect((await site.grant(third.grantId)).state).toBe('active');
  });

  test('a late review settles what was escalated', async () => {
    const { grantId } = await used();
    await site.run(DAY + HOUR);
    expect(openFindings()).toEqual(['break-glass-unreviewed']);
    expect(await verdictOf(grantId, 'owner', 'justified')).toBe('ok');
    expect(openFindings()).toEqual([]);
  });
});

test('a role that is used so more than three times in thirty days is a finding', async () => {
  for (let use = 1; use <= 4; use++) {
    expect(openFindings()).toEqual([]);
    const { grantId } = await used();
    await verdictOf(grantId, 'owner', 'justified');
    await site.run(HOUR + 900);
  }
  expect(openFindings()).toEqual(['break-glass-frequent']);
});

describe('break-glass access that begins later than it was decided', () => {
  test('has the whole time of its review from its start on', async () => {
    const start = plusSeconds(site.clock.now(), 3 * DAY);
    const { issue, grantId } = await used({ start });
    expect((await site.grant(grantId)).state).toBe('approved');
    await site.run(3 * DAY + 900);
    const { breakGlass, startedAt = '', state } = await site.grant(grantId);
    expect(state).toBe('active');
    expect(secondsBetween(startedAt as Instant, breakGlass?.reviewBy as Instant)).toBeCloseTo(
      DAY,
      -2,
    );
    expect(openFindings()).toEqual([]);
    expect(site.events(issue.id)).not.toContain('review.overdue');
  });

  test('cannot be reviewed before it was given', async () => {
    const { grantId } = await used({ start: plusSeconds(site.clock.now(), 3 * DAY) });
    expect(await verdictOf(grantId, 'approver', 'justified')).toBe('review-open');
    expect((await site.grant(grantId)).breakGlass?.reviewed).toBeUndefined();
  });

  test('can be resumed at once after the directory refused it: nothing was used', async () => {
    site.directory.trouble = (call) =>
      call === 'ensureMember'
        ? { class: 'needs-human', code: 'forbidden', detail: 'Not allowed.' }
        : undefined;
    const { issue, grantId } = await used();
    expect((await site.grant(grantId)).state).toBe('blocked');
    site.directory.trouble = () => undefined;
    await resumeRequest(site.deps(), issue.id, 'admin');
    await site.run(120);
    expect((await site.grant(grantId)).state).toBe('active');
  });
});

describe('a verdict that ends the access', () => {
  /** Whatever writes the beginning of the end, as long as it lasts. */
  const whenItEnds = (then: () => Promise<void>): Watch => ({
    before: async (call, args) => {
      if (call === 'store.transact' && JSON.stringify(args).includes('"state":"revoking"'))
        await then();
    },
    after() {},
  });
  const condemn = (grantId: string, watch: Watch) =>
    reviewGrant(site.deps(watch), { grantId, verdict: 'not-justified', words: WORDS }, 'approver');

  // The verdict is told as "it ends", so it has to end although the run that heard it did not get there.
  test('is carried out although its run dies right after it', async () => {
    const { grantId } = await used();
    const died = condemn(
      grantId,
      whenItEnds(() => Promise.reject(new Killed('dead'))),
    );
    await expect(died).rejects.toThrow(Killed);
    expect((await site.grant(grantId)).state).toBe('active');
    await site.run(900);
    expect(await site.grant(grantId)).toMatchObject({ state: 'revoked', endedBy: 'approver' });
    expect(site.isMember()).toBe(false);
    expect(site.store.all('timer')).toEqual([]);
  });

  test('is carried out although others write to the access at the same moment', async () => {
    const { grantId } = await used();
    let others = 2;
    await condemn(
      grantId,
      whenItEnds(async () => {
        const row = await site.store.get('grant', grantId);
        if (!row || others-- <= 0) return;
        const moved = { ...row, rev: row.rev + 1 };
        const ifRev = row.rev;
        await site.store.transact([
          { op: 'put', entity: 'grant', key: grantId, row: moved, ifRev },
        ]);
      }),
    );
    await site.run(150);
    expect(await site.grant(grantId)).toMatchObject({ state: 'revoked', endedBy: 'approver' });
    expect(others).toBeLessThan(0);
  });
});

test('a use is settled by its own review, not by that of another', async () => {
  const { grantId } = await used();
  const grant = await site.grant(grantId);
  await site.store.transact([putUse({ ...grant, id: 'g-9999-1' }, site.clock.now())]);
  expect(await dropUse(site.deps(), grant)).toEqual([]);
  expect(await verdictOf(grantId, 'approver', 'justified')).toBe('ok');
  const next = await used();
  expect((await site.request(next.issue.id)).state).toBe('attention');
});

async function roleOf() {
  const row = site.store.all('config').find(({ key }) => key === 'role:figma.editor');
  return row?.row.body as Parameters<SmallSite['saveRole']>[0];
}

test('an intake that comes twice gives the access once', { tags: ['event-repeated'] }, async () => {
  const { issue, grantId } = await used();
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  await site.run(600);
  expect(site.events(issue.id).filter((e) => e === 'review.asked')).toHaveLength(1);
  expect((await site.grant(grantId)).state).toBe('active');
});
