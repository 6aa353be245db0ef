import { describe, expect, test } from 'vitest';
import { sliceOf } from '../../src/grants/arm';
import { type Due, runDue } from '../../src/grants/due';
import { runSlice, sweep } from '../../src/grants/expire';
import { grants } from '../../src/grants/store';
import { epochSeconds, HOUR, MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { setTimer } from '../../src/shared/timer';
import { aGrant, anEdge } from '../builders/grants';
import { at, NOW } from '../builders/instants';
import { SmallSite } from '../builders/small-site';
import { dieAt, Killed } from '../fakes/intercept';

/** Grants that end at their given seconds, none of which ever had a membership. */
async function ending(
  site: SmallSite,
  ends: readonly { id: string; in: number; privileged?: boolean }[],
) {
  await site.seed();
  for (const { id, in: seconds, privileged = false } of ends) {
    const endsAt = at(seconds);
    const grant = aGrant('active', {
      id,
      issueId: `9${id}`,
      endsAt,
      privileged,
      edges: [anEdge()],
    });
    const timer = setTimer({ kind: 'grant', objectId: id, what: 'end', at: endsAt, privileged });
    await site.store.transact([put(grants, grant, 0), timer]);
  }
}
const bodies = (site: SmallSite) => site.queues.take('revoke').map(({ body }) => body);

describe('a sweep', () => {
  test('with nothing to do costs two queries and a heartbeat', async () => {
    const site = new SmallSite();
    await site.seed();
    site.store.resetCounts();
    await sweep(site.deps());
    expect(site.store.operations).toBeLessThanOrEqual(3);
    expect(site.directory.calls).toEqual([]);
  });

  test('hands over what is overdue, privileged first, and arms what is near', async () => {
    const site = new SmallSite();
    await ending(site, [
      { id: 'plain', in: -60 },
      { id: 'secret', in: -30, privileged: true },
      { id: 'near', in: 5 * MINUTE },
      { id: 'far', in: HOUR },
    ]);
    await sweep(site.deps());
    const [due, slice, ...rest] = site.queues.pushed;
    expect(due?.body['due']).toMatchObject([{ objectId: 'secret' }, { objectId: 'plain' }]);
    expect(slice?.body).toMatchObject({ kind: 'slice' });
    expect(slice?.delay).toBe(5 * MINUTE);
    expect(rest).toEqual([]);
  });

  test('arms one event for all that end in the same quarter of a minute and shard', async () => {
    const site = new SmallSite();
    const ends = Array.from({ length: 40 }, (_, i) => ({ id: `g${i}`, in: 5 * MINUTE + (i % 10) }));
    await ending(site, ends);
    await sweep(site.deps());
    const slices = bodies(site).filter((b) => b['kind'] === 'slice');
    expect(slices.length).toBeLessThanOrEqual(4);
  });

  test('that is cut off anywhere loses nothing: the next one does it', {
    tags: ['sweep-cut-off', 'queue-push-fails'],
    timeout: 30_000,
  }, async () => {
    for (let n = 1; n <= 5; n++) {
      const site = new SmallSite();
      await ending(
        site,
        Array.from({ length: 130 }, (_, i) => ({ id: `g${i}`, in: -i })),
      );
      await sweep(site.deps(dieAt(n, 'before'))).catch((cause: unknown) => {
        if (!(cause instanceof Killed)) throw cause;
      });
      site.queues.take();
      await site.run(6 * MINUTE);
      expect(site.store.all('timer').filter(({ key }) => key.endsWith(':end'))).toEqual([]);
    }
  });

  test('whose pushes all fail leaves everything for the next one', {
    tags: ['queue-push-fails'],
  }, async () => {
    const site = new SmallSite();
    await ending(site, [{ id: 'g1', in: -60 }]);
    site.queues.refuses = () => true;
    await sweep(site.deps());
    expect(bodies(site)).toEqual([]);
    site.queues.refuses = () => false;
    await site.run(6 * MINUTE);
    expect((await site.grant('g1')).state).toBe('revoked');
  });

  test('run twice at once, or not for a day, ends each grant once', {
    tags: ['schedule-missed'],
  }, async () => {
    const site = new SmallSite();
    await ending(site, [{ id: 'g1', in: 60 }]);
    site.clock.advance(24 * HOUR);
    await Promise.all([sweep(site.deps()), sweep(site.deps())]);
    await site.run(6 * MINUTE);
    expect(site.events('9g1')).toEqual(['grant.ending', 'grant.revoked']);
  });

  test('that a stale index sends after what has ended does nothing to it', {
    tags: ['query-stale'],
  }, async () => {
    const site = new SmallSite();
    await ending(site, [{ id: 'g1', in: -60 }]);
    site.store.lag();
    await site.run(20 * MINUTE);
    expect(site.events('9g1')).toEqual(['grant.ending', 'grant.revoked']);
    site.store.catchUp();
    expect((await site.grant('g1')).changedAt >= NOW).toBe(true);
  });
});

describe('a delayed event', () => {
  const runAll = async (site: SmallSite, seconds: number) => {
    for (let shard = 0; shard < 4; shard++)
      await runSlice(site.deps(), sliceOf(epochSeconds(at(seconds))), shard);
  };
  const left = (site: SmallSite) =>
    site.store.all('timer').filter(({ key }) => key.endsWith(':end')).length;

  test('ends all that is due, however many they are', { tags: ['schedule-missed'] }, async () => {
    const site = new SmallSite();
    await ending(
      site,
      Array.from({ length: 230 }, (_, i) => ({ id: `g${i}`, in: MINUTE })),
    );
    site.clock.advance(MINUTE);
    await runAll(site, MINUTE);
    const handedOver = site.queues.take('revoke').flatMap(({ body }) => body['due'] as Due[]);
    expect(handedOver.length).toBe(left(site));
    for (const due of handedOver) await runDue(site.deps(), due);
    expect(left(site)).toBe(0);
  });

  test('is not kept by one whose function fails', { tags: ['poison-record'] }, async () => {
    const site = new SmallSite();
    const ids = Array.from({ length: 12 }, (_, i) => `g${i}`);
    await ending(
      site,
      ids.map((id) => ({ id, in: MINUTE, privileged: id === 'g3' })),
    );
    const deps = site.deps();
    const get = deps.store.get.bind(deps.store);
    site.store.get = async (entity, key) => {
      if (entity === 'grant' && key === 'g3') throw new TypeError('cannot read this');
      return get(entity, key);
    };
    site.clock.advance(MINUTE);
    await runAll(site, MINUTE);
    expect(left(site)).toBe(1);
    expect(site.log.events()).toContain('due.failed');
  });
});

test('a timer that cannot be read still ends its access, by its key and hour', {
  tags: ['record-unreadable'],
}, async () => {
  const site = new SmallSite();
  await ending(site, [{ id: 'g1', in: 60 }]);
  const [timer] = site.store.all('timer');
  if (!timer) throw new Error('no timer');
  await site.store.transact([
    {
      op: 'put',
      entity: 'timer',
      key: timer.key,
      ifRev: 'any',
      row: { ...timer.row, body: { from: 'a newer version' } },
    },
  ]);
  await site.run(6 * MINUTE);
  expect((await site.grant('g1')).state).toBe('revoked');
  expect(site.log.events()).toContain('timer.unreadable');
});
