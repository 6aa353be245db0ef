/** Keeping access beyond its end, and returning it before. */
import { describe, expect, test } from 'vitest';
import { takeBack } from '../../src/approvals/by-hand';
import type { GroupDescription } from '../../src/directories/directory';
import { headType } from '../../src/evidence/record';
import { giveBack } from '../../src/grants/give-back';
import { myAccess } from '../../src/grants/mine';
import type { Grant } from '../../src/grants/model/grant';
import { lengthRefused, notRenewable } from '../../src/grants/model/renewable';
import { renew } from '../../src/grants/renew';
import { askAgain } from '../../src/requests/again';
import { DAY, HOUR, type Instant, MINUTE, plusSeconds } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { STATUS } from '../builders/catalog';
import { aGrant } from '../builders/grants';
import { NOW as now } from '../builders/instants';
import { SmallSite } from '../builders/small-site';

async function running() {
  const site = new SmallSite();
  await site.seed();
  const grant = await site.active();
  return { site, grant };
}

async function renewed(site: SmallSite, grant: Grant, by = 'requester') {
  const said = await renew(site.deps(), { issueId: grant.issueId }, by);
  if (!said.ok) throw new Error(said.problem.sentence);
  await site.run(1);
  return said.value.issueId;
}

async function approve(site: SmallSite, issueId: string): Promise<void> {
  const issue = site.jira.issues.get(issueId);
  if (!issue) throw new Error('no issue');
  const now = site.clock.now();
  const answers = [{ accountId: 'approver', decision: 'approved' as const }];
  const created = now;
  issue.approvals.push({
    id: `9${issueId}`,
    name: 'Approval',
    finalDecision: 'approved',
    created,
    completed: now,
    answers,
  });
  issue.statusId = STATUS.approved;
  await site.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
}

describe('a renewal', () => {
  test('approved before the end leaves no gap: the new access joins before the old one leaves', async () => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    await site.run(30 * MINUTE);
    await approve(site, issueId);
    await site.run(10);
    const second = (await site.request(issueId)).grantId as string;
    expect(await site.grant(second)).toMatchObject({ state: 'active', duration: HOUR });
    for (let minute = 0; minute < 45; minute++) {
      await site.run(MINUTE);
      expect(site.isMember(), `minute ${minute}`).toBe(true);
    }
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'expired',
      edges: [
        { state: 'left', why: 'other-holders' },
        { state: 'left', why: 'other-holders' },
      ],
    });
    expect(site.directory.changes()).not.toContain('ensureNotMember');
    await site.run(HOUR);
    site.expectOver(grant);
    expect(await site.grant(second)).toMatchObject({ state: 'revoked', because: 'expired' });
  });

  test('that nobody decides extends nothing, and the person is told at once and before the end', async () => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    const early = site.jira.posted.find((p) => p.issueId === issueId && p.audience === 'public');
    expect(early?.text).toMatch(/ends on 2026-03-02 10:00 UTC.*does not extend it/s);
    await site.run(HOUR + MINUTE);
    expect(site.isMember()).toBe(false);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'expired' });
    const warned = site.jira.posted.filter((p) => p.text.startsWith('Access ends in'));
    expect(warned.map((p) => p.text)).toEqual([
      expect.stringMatching(/The renewal IT-2 is not decided yet.*extends nothing/s),
    ]);
    await approve(site, issueId);
    await site.run(10);
    const second = (await site.request(issueId)).grantId as string;
    expect(await site.grant(second)).toMatchObject({ state: 'active' });
    expect(site.isMember()).toBe(true);
  });

  test('that is granted already silences the warnings of the first', async () => {
    const { site, grant } = await running();
    await approve(site, await renewed(site, grant));
    await site.run(HOUR - MINUTE);
    expect(
      site.jira.posted.filter((p) => p.issueId === grant.issueId && /^Access ends in/.test(p.text)),
    ).toEqual([]);
  });

  test('is asked for once however often somebody clicks, and again once it was declined', async () => {
    const { site, grant } = await running();
    const first = await renewed(site, grant);
    expect(await renew(site.deps(), { issueId: grant.issueId }, 'requester')).toMatchObject({
      ok: true,
      value: { issueId: first, already: true },
    });
    await takeBack(site.deps(), first, 'requester');
    expect(await renew(site.deps(), { issueId: grant.issueId }, 'requester')).toMatchObject({
      ok: true,
      value: { already: false },
    });
  });

  /** "Already asked for" would say that it waits for a decision, which it has. */
  test('that is granted already is named, and is the one to renew', async () => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    await approve(site, issueId);
    await site.run(10);
    expect(await renew(site.deps(), { issueId: grant.issueId }, 'requester')).toMatchObject({
      problem: { check: 'renewal-not-given', sentence: expect.stringContaining('IT-2') },
    });
    expect(await renew(site.deps(), { issueId }, 'requester')).toMatchObject({ ok: true });
  });

  test('is refused to strangers as if there were nothing', async () => {
    const { site, grant } = await running();
    const stranger = await renew(site.deps(), { issueId: grant.issueId }, 'friend');
    expect(stranger).toEqual(await renew(site.deps(), { issueId: '4711' }, 'friend'));
    expect(stranger).toMatchObject({ ok: false, problem: { check: 'request-yours' } });
  });

  test('of a length that is not offered is refused before anything is filed', async () => {
    const { site, grant } = await running();
    expect(
      await renew(site.deps(), { issueId: grant.issueId, duration: 7 * DAY }, 'requester'),
    ).toMatchObject({ problem: { check: 'duration-offered' } });
    expect(site.jira.issues.size).toBe(1);
  });
});

const active = (over: Partial<Grant> = {}): Grant => aGrant('active', over as never);

test("the directory's own end moves with a renewal before the first one comes", async () => {
  const site = new SmallSite({ can: { nativeExpiry: true } });
  await site.seed();
  const grant = await site.active();
  const native = () => site.directory.nativeEnds.get('g-users/person-1');
  expect(native()).toBe(plusSeconds(grant.endsAt as Instant, HOUR));
  const issueId = await renewed(site, grant);
  await site.run(50 * MINUTE);
  await approve(site, issueId);
  await site.run(10);
  const second = await site.grant((await site.request(issueId)).grantId as string);
  expect(native()).toBe(plusSeconds(second.endsAt as Instant, HOUR));
  await site.run(HOUR + 30 * MINUTE);
  site.expectOver(second);
});

describe('what can be renewed', () => {
  test.each<[string, Grant, string | undefined]>([
    ['access that runs', active(), undefined],
    ['without an end', active({ endsAt: null }), 'renewal-has-end'],
    ['at its end', active({ endsAt: now }), 'renewal-of-running'],
    ['by break-glass', active({ breakGlass: { reviewBy: now } }), 'renewal-not-break-glass'],
    ['being taken away', aGrant('revoking'), 'renewal-of-running'],
    ['stuck', aGrant('stuck'), 'renewal-of-running'],
    ['revoked', aGrant('revoked'), 'renewal-of-running'],
    ['not given yet', aGrant('approved'), 'renewal-of-running'],
    ['run for observation', active({ observed: true }), 'renewal-of-running'],
  ])('%s', (_, grant, wanted) => expect(notRenewable(grant, now)?.check).toBe(wanted));

  const cap = { durations: [HOUR, DAY], permanent: true, totalAge: 2 * DAY };
  test.each<[string, Partial<Grant>, number | null, number, string | undefined]>([
    ['under the cap', {}, DAY, HOUR, undefined],
    ['to the second', {}, DAY, DAY, undefined],
    ['past the cap', {}, DAY, DAY + 1, 'total-age'],
    ['past the cap of the line', { lineSince: plusSeconds(now, -DAY) }, DAY, HOUR, 'total-age'],
    ['shorter, under the cap', { lineSince: plusSeconds(now, -DAY) }, HOUR, HOUR, undefined],
    ['without an end', {}, null, HOUR, 'total-age'],
    ['of a length not offered', {}, 2 * HOUR, HOUR, 'duration-offered'],
  ])('%s', (_, over, duration, after, wanted) =>
    expect(lengthRefused(active(over), cap, duration, plusSeconds(now, after))?.check).toBe(wanted),
  );
});

describe('returning access early', () => {
  test('takes it away at once, and the record says who returned it', async () => {
    const { site, grant } = await running();
    await site.run(20 * MINUTE);
    expect(await giveBack(site.deps(), grant.issueId, 'requester')).toEqual({
      ok: true,
      value: { done: 'returned' },
    });
    expect(site.isMember()).toBe(false);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'returned' });
    const ending = site.evidence(grant.issueId).find((e) => e.event === 'grant.ending');
    expect(ending?.actor).toEqual({ type: 'person', accountId: 'requester' });
    expect(await giveBack(site.deps(), grant.issueId, 'requester')).toMatchObject({
      problem: { check: 'access-runs' },
    });
    await site.run(HOUR);
    site.expectOver(grant);
  });

  test('minutes after it was given is proven by a second look, without waiting for the sweep', async () => {
    const { site, grant } = await running();
    expect(await giveBack(site.deps(), grant.issueId, 'requester')).toEqual({
      ok: true,
      value: { done: 'is being taken back' },
    });
    expect(site.isMember()).toBe(false);
    await site.run(2 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'returned' });
  });

  test('withdraws a renewal that is still open', async () => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    await giveBack(site.deps(), grant.issueId, 'requester');
    expect((await site.request(issueId)).state).toBe('withdrawn');
  });

  /** "Is being taken back" is said only once that is on record: what nothing was written of goes on. */
  test.each([
    ['ends it although others write at the same moment', 1, { ok: true }, 'revoked'],
    ['says so when they never stop', 99, { problem: { check: 'grant-free' } }, 'active'],
  ])('%s', async (_, times, said, state) => {
    const { site, grant } = await running();
    await site.run(20 * MINUTE);
    let left = times;
    site.store.beforeTransact = async (writes) => {
      if (left <= 0 || !writes.some((w) => w.entity === 'grant' && w.key === grant.id)) return;
      left--;
      const head = await load(site.store, headType, grant.issueId);
      if (head) await site.store.transact([put(headType, head.value, head.rev)]);
    };
    expect(await giveBack(site.deps(), grant.issueId, 'requester')).toMatchObject(said);
    left = 0;
    await site.run(2 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state });
    expect(site.isMember()).toBe(state === 'active');
  });

  /** Whichever issue of the line the person returns it from: nothing of it is left, and nothing returns. */
  test.each(['first', 'renewal'])('takes a renewal with it, from the %s', async (from) => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    await site.run(20 * MINUTE);
    await approve(site, issueId);
    await site.run(30 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'active' });
    const named = from === 'first' ? grant.issueId : issueId;
    expect(await giveBack(site.deps(), named, 'requester')).toMatchObject({ ok: true });
    await site.run(5 * MINUTE);
    expect(site.isMember()).toBe(false);
    const second = (await site.request(issueId)).grantId as string;
    for (const id of [grant.id, second])
      expect(await site.grant(id)).toMatchObject({ state: 'revoked', because: 'returned' });
    site.expectOver(grant);
  });

  /** Resume must not give back what the person has returned. */
  test('withdraws a renewal that was approved and not given yet', async () => {
    const { site, grant } = await running();
    const issueId = await renewed(site, grant);
    await site.run(20 * MINUTE);
    site.directory.groups.set('g-users', {
      ...(site.directory.groups.get('g-users') as GroupDescription),
      writable: { no: 'rule-managed', sentence: 'A rule keeps its members.' },
    });
    await approve(site, issueId);
    await site.run(MINUTE);
    const second = (await site.request(issueId)).grantId as string;
    expect((await site.grant(second)).state).toBe('blocked');
    await giveBack(site.deps(), grant.issueId, 'requester');
    expect((await site.grant(second)).state).toBe('cancelled');
    expect((await site.request(issueId)).state).toBe('withdrawn');
  });

  test('is for whoever has it: nobody else is told that there is anything', async () => {
    const { site, grant } = await running();
    for (const who of ['friend', 'approver'])
      expect(await giveBack(site.deps(), grant.issueId, who)).toMatchObject({
        problem: { check: 'request-yours' },
      });
    expect(site.isMember()).toBe(true);
  });
});

describe('asking again', () => {
  test('files the same request once its access is over', async () => {
    const { site, grant } = await running();
    expect(await askAgain(site.deps(), { issueId: grant.issueId }, 'requester')).toMatchObject({
      problem: { check: 'request-over' },
    });
    await site.run(HOUR + MINUTE);
    const again = await askAgain(site.deps(), { issueId: grant.issueId }, 'requester');
    if (!again.ok) throw new Error(again.problem.sentence);
    await site.run(1);
    expect(await site.request(again.value.issueId)).toMatchObject({
      state: 'waiting',
      filed: { why: 'again' },
      pin: { subject: { roleId: 'figma.editor', duration: HOUR } },
    });
    expect(site.jira.issues.get(again.value.issueId)?.words).toBe('Drawing the new logo');
  });

  test('is refused to strangers as if there were nothing', async () => {
    const { site, grant } = await running();
    expect(await askAgain(site.deps(), { issueId: grant.issueId }, 'friend')).toEqual(
      await askAgain(site.deps(), { issueId: '4711' }, 'friend'),
    );
  });
});

test('people see their own access and nobody else does', async () => {
  const { site, grant } = await running();
  expect(await myAccess(site.deps(), 'requester')).toMatchObject({
    ok: true,
    value: { access: [{ issueId: grant.issueId, state: 'active', canGiveBack: true }] },
  });
  expect(await myAccess(site.deps(), 'friend')).toEqual({ ok: true, value: { access: [] } });
});
