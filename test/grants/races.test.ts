/** Several functions at once on one ledger, in every order in which their calls can take effect. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeBackRequest } from '../../src/approvals/withdraw';
import { runDue } from '../../src/grants/due';
import { provision } from '../../src/grants/provision';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { anEdge } from '../builders/grants';
import { SmallSite } from '../builders/small-site';
import type { Watch } from '../fakes/intercept';

const RUNS = { numRuns: 25 };
const LONG = 30_000;

/** Every call waits for its turn, which the scheduler deals out. */
const inTurns = (s: fc.Scheduler): Watch => ({
  before: (call) => s.schedule(Promise.resolve(), call),
  after: () => undefined,
});

async function race(s: fc.Scheduler, works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const all = Promise.all(works.map((work) => work()));
  await s.waitFor(all);
}

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
const count = (site: SmallSite, issueId: string, event: string) =>
  site.events(issueId).filter((e) => e === event).length;

describe('at once', () => {
  test('two workers on one grant make it once', {
    tags: ['two-workers-one-grant', 'event-repeated'],
    timeout: LONG,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const site = await seeded();
        const held = await site.approved();
        const watch = inTurns(s);
        await race(s, [
          () => provision(site.deps(watch), held),
          () => provision(site.deps(watch), held),
        ]);
        await site.run(10 * MINUTE);
        expect(await site.grant(held.value.id)).toMatchObject({ state: 'active' });
        expect(count(site, held.value.issueId, 'grant.active')).toBe(1);
        await site.run(HOUR + 10 * MINUTE);
        expect(count(site, held.value.issueId, 'grant.revoked')).toBe(1);
        site.expectOver(held.value);
      }),
      RUNS,
    );
  });

  test('a withdrawal and the making leave nothing behind', {
    tags: ['withdrawn-in-a-race'],
    timeout: LONG,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const site = await seeded();
        const held = await site.approved();
        const watch = inTurns(s);
        await race(s, [
          () => provision(site.deps(watch), held),
          () => takeBackRequest(site.deps(watch), held.value.issueId, 'requester'),
        ]);
        await site.run(20 * MINUTE);
        await takeBackRequest(site.deps(), held.value.issueId, 'requester');
        await site.run(20 * MINUTE);
        expect(['cancelled', 'revoked']).toContain((await site.grant(held.value.id)).state);
        site.expectOver(held.value);
      }),
      RUNS,
    );
  });

  test('one grant that ends and one that begins leave the person in', {
    tags: ['grant-begins-as-other-ends', 'overlapping-grants'],
    timeout: LONG,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const site = await seeded();
        const old = await site.active({ edges: [anEdge()] });
        site.clock.advance(HOUR);
        const next = await site.approved({ edges: [anEdge()] });
        const watch = inTurns(s);
        await race(s, [
          () => runDue(site.deps(watch), { kind: 'grant', objectId: old.id, what: 'end' }),
          () => provision(site.deps(watch), next),
        ]);
        await site.run(10 * MINUTE);
        expect((await site.grant(old.id)).state).toBe('revoked');
        expect((await site.grant(next.value.id)).state).toBe('active');
        expect(site.isMember()).toBe(true);
        await site.run(HOUR + 10 * MINUTE);
        site.expectOver(old);
        site.expectOver(next.value);
      }),
      RUNS,
    );
  });

  test('two grants of one membership both count', {
    tags: ['shared-group', 'overlapping-grants'],
    timeout: LONG,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (s, before) => {
        const site = await seeded();
        if (before) site.directory.put({ group: 'g-users', person: 'person-1' }, true);
        const [a, b] = [
          await site.approved({ edges: [anEdge()] }),
          await site.approved({ edges: [anEdge()], duration: 2 * HOUR }),
        ];
        const watch = inTurns(s);
        await race(s, [() => provision(site.deps(watch), a), () => provision(site.deps(watch), b)]);
        await site.run(HOUR + 20 * MINUTE);
        expect((await site.grant(a.value.id)).state).toBe('revoked');
        expect(site.isMember()).toBe(true);
        await site.run(HOUR + 10 * MINUTE);
        expect((await site.grant(b.value.id)).state).toBe('revoked');
        site.expectOver(b.value, before ? ['g-users'] : []);
      }),
      RUNS,
    );
  });

  test('three ends of one grant end it once', {
    tags: ['two-workers-one-grant', 'event-repeated', 'schedule-missed'],
    timeout: LONG,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const site = await seeded();
        const grant = await site.active();
        site.clock.advance(HOUR);
        const watch = inTurns(s);
        const end = () =>
          runDue(site.deps(watch), { kind: 'grant', objectId: grant.id, what: 'end' });
        await race(s, [end, end, end]);
        await site.run(10 * MINUTE);
        expect(count(site, grant.issueId, 'grant.ending')).toBe(1);
        expect(count(site, grant.issueId, 'grant.revoked')).toBe(1);
        site.expectOver(grant);
      }),
      RUNS,
    );
  });
});
