import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Profile } from '../../../sandbox/profile';
import { ALICE, bundleFixture, OKTA_HOST, type SmallSite, smallSite } from './small-site';

vi.setConfig({ testTimeout: 30_000 });
beforeAll(bundleFixture, 90_000);

let site: SmallSite;
const start = async (changes: Partial<Profile> = {}) => {
  site = await smallSite(changes);
  site.host.install({ site: 'one' });
  await site.clock.settle();
};
afterEach(() => site.close());

const push = (events: unknown, queue = 'work') => site.call('push', { queue, events });
const ids = (kind = 'work') => site.noted(kind).map(({ body }) => (body as { id?: string }).id);

describe('a queue', () => {
  it('delivers every event, in no order', async () => {
    await start({ queueJitterMaxMs: 20_000 });
    const sent = Array.from({ length: 30 }, (_, i) => `e${i}`);
    await push(sent.map((id) => ({ body: { id } })));
    await site.clock.settle();
    const order = site.calls
      .since()
      .filter(({ path, fn }) => path === '/api/v1/set' && fn === 'work')
      .map(({ requestBody }) => JSON.parse(requestBody).value.body.id as string);
    expect([...order].sort()).toEqual([...sent].sort());
    expect(order).not.toEqual(sent);
  });

  it('delivers some events twice, under the same id', async () => {
    await start({ queueDuplicateRate: 1 });
    await push({ body: { id: 'twin' } });
    await site.clock.settle();
    const events = site.noted('work');
    expect(events).toHaveLength(2);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1);
  });

  it('keeps a delayed event back, also when the sandbox is asked to settle', async () => {
    await start();
    await push({ body: { id: 'later' }, delayInSeconds: 600 });
    await site.clock.settle();
    expect(ids()).toEqual([]);
    await site.clock.advance(11 * 60_000);
    expect(ids()).toEqual(['later']);
  });

  it('repeats an event whose function threw, and says so', async () => {
    await start();
    await push({ body: { id: 'bad', do: 'throw', times: 2 } });
    await site.clock.settle();
    const attempts = site.noted('work').map((event) => event['retryContext']);
    expect(attempts).toHaveLength(3);
    expect(attempts.filter((context) => context === undefined)).toHaveLength(1);
    expect(attempts).toContainEqual(expect.objectContaining({ retryCount: 2 }));
  });

  it('repeats an event when the function asks for it, after the time it asked for', async () => {
    await start();
    const before = site.clock.now();
    await push({ body: { id: 'again', do: 'retry' } });
    await site.clock.settle();
    expect(site.clock.now() - before).toBeGreaterThan(30_000);
    const second = site.noted('work').find((event) => 'retryContext' in event);
    expect(second?.['retryContext']).toMatchObject({
      retryReason: 'FUNCTION_RETRY_REQUEST',
      retryData: { attempt: 0 },
    });
  });

  it('gives an event up after a day', async () => {
    await start();
    await push({ body: { id: 'hopeless', do: 'throw', times: 1_000_000 } });
    await site.clock.advance(23 * 3600_000);
    expect(site.host.queues.waiting()).toHaveLength(1);
    await site.clock.advance(2 * 3600_000);
    expect(site.host.queues.waiting()).toEqual([]);
  });

  it('loses no event when the process dies, before or after a call took effect', async () => {
    await start();
    for (const when of ['before', 'after'] as const) {
      site.host.killSwitch.arm({ at: 1, fn: 'work', host: 'kvs', when });
    }
    await push({ body: { id: 'survivor' } });
    await site.clock.settle();
    expect(ids()).toEqual(['survivor', 'survivor']);
    expect(site.host.invoker.finished().map(({ outcome }) => outcome)).toContain('platform');
    expect(site.host.worker.starts).toBe(3);
  });

  it('is delivered again when the answer of a directory was lost with the process', async () => {
    await start();
    const { killSwitch } = site.host;
    killSwitch.arm({ at: 1, host: OKTA_HOST, path: 'PUT /thing', when: 'after' });
    await push({ body: { id: 'once', do: 'put', url: `https://${OKTA_HOST}/thing` } });
    await site.clock.settle();
    const puts = site.calls.since().filter(({ method }) => method === 'PUT');
    expect(puts.map(({ status }) => status)).toEqual([204, 204]);
    expect(killSwitch.armed).toBe(0);
  });

  it('holds back what exceeds a concurrency limit', async () => {
    await start();
    const concurrency = { key: 'one-at-a-time', limit: 1 };
    await push(['a', 'b', 'c'].map((id) => ({ body: { id }, concurrency })));
    await site.clock.settle();
    expect(ids().sort()).toEqual(['a', 'b', 'c']);
  });

  it('refuses what is too much', async () => {
    await start();
    const many = (count: number) => Array.from({ length: count }, () => ({ body: { id: 'x' } }));
    for (let i = 0; i < 9; i++) await push(many(50));
    await push(many(40));
    expect(await push(many(20)), 'the last ten').toMatchObject({
      ok: false,
      error: { message: 'Failed to process 10 event(s).' },
    });
    expect(await push(many(1))).toMatchObject({ ok: false });
    await site.clock.advance(61_000);
    expect(await push({ body: { big: 'x'.repeat(150 * 1024) } })).toHaveProperty('jobId');
    const long = await push({ body: { big: 'x'.repeat(150 * 1024) } }, 'long');
    expect(long).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('100 KB') },
    });
    expect(await push(many(1), 'nowhere')).toMatchObject({ ok: false });
  });

  it('stops a chain of a thousand pushes', async () => {
    await start();
    await push({ body: { do: 'chain' } });
    await site.clock.advance(100_000);
    expect(site.host.invoker.finished().map(({ outcome }) => outcome)).not.toContain('error');
    await site.clock.advance(100_000);
    const stopped = site.host.invoker.finished().filter(({ outcome }) => outcome === 'error');
    expect(stopped.length).toBeGreaterThan(0);
    expect(site.calls.since().filter(({ status }) => status === 405).length).toBeGreaterThan(0);
    expect(site.host.queues.waiting().length).toBeGreaterThanOrEqual(999 - 2);
  });
});

describe('product events', () => {
  const status = [{ field: 'status', fromString: 'New', toString: 'Approved' }];
  const updated = (key: string, items: unknown = status) => ({
    eventType: 'avi:jira:updated:issue',
    issue: { id: key, key },
    changelog: { id: '1', items },
  });
  const keys = () => site.noted('issue').map(({ issue }) => (issue as { key: string }).key);

  it('arrive late', async () => {
    await start();
    site.sites[0]?.emit(updated('IT-1'));
    const before = site.clock.now();
    await site.clock.settle();
    expect(keys()).toEqual(['IT-1']);
    expect(site.clock.now() - before).toBeGreaterThanOrEqual(1000);
  });

  it('overtake each other and may come twice', async () => {
    await start({ eventDuplicateRate: 1 });
    const sent = Array.from({ length: 12 }, (_, i) => `IT-${i}`);
    for (const key of sent) site.sites[0]?.emit(updated(key));
    await site.clock.settle();
    const got = keys();
    expect(got).toHaveLength(24);
    expect([...new Set(got)].sort()).toEqual([...sent].sort());
  });

  it('are filtered by expression, and by who caused them', async () => {
    await start();
    site.sites[0]?.emit(updated('IT-1', [{ field: 'summary' }]));
    const { appId } = site.host.installation('one');
    site.sites[0]?.emit(updated('IT-2'), { appId });
    site.sites[0]?.emit(updated('IT-3'), { appId: 'another-app' });
    await site.clock.settle();
    expect(keys()).toEqual(['IT-3']);
    expect(site.noted('issue')[0]).toMatchObject({ selfGenerated: false });
  });

  it('come through and are reported when the filter itself fails', async () => {
    await start();
    const { changelog, ...without } = updated('IT-1');
    site.sites[0]?.emit(without);
    await site.clock.settle();
    expect(changelog).toBeDefined();
    expect(keys()).toEqual(['IT-1']);
    expect(site.said.join()).toContain('filter of trigger on-issue failed');
  });

  it('get lost, doubled or delayed when a story wants it', async () => {
    await start();
    site.host.events.addFault({ do: 'drop', issue: 'IT-1', ms: 0 });
    site.host.events.addFault({ do: 'duplicate', issue: 'IT-2', ms: 0 });
    site.host.events.addFault({ do: 'delay', issue: 'IT-3', ms: 120_000, times: 1 });
    const before = site.clock.now();
    for (const key of ['IT-1', 'IT-2', 'IT-3']) site.sites[0]?.emit(updated(key));
    await site.clock.settle();
    expect(keys().sort()).toEqual(['IT-2', 'IT-2', 'IT-3']);
    expect(site.clock.now() - before).toBeGreaterThan(120_000);
  });

  it('are dropped above 200 kB', async () => {
    await start();
    site.sites[0]?.emit({ ...updated('IT-1'), big: 'x'.repeat(200_000) });
    await site.clock.settle();
    expect(keys()).toEqual([]);
    expect(site.said.join()).toContain('larger than 200 kB');
  });

  it('reach only the installation on their site', async () => {
    await start();
    site.host.install({ site: 'two' });
    site.sites[1]?.emit(updated('TWO-1'));
    await site.clock.settle();
    expect(keys()).toEqual([]);
    expect(site.noted('issue', 'two')).toHaveLength(1);
  });
});

describe('a schedule', () => {
  it('runs every five minutes, first about five minutes after the installation', async () => {
    await start();
    await site.clock.advance(4 * 60_000);
    expect(site.noted('sweep')).toHaveLength(0);
    await site.clock.advance(60 * 60_000);
    expect(site.noted('sweep')).toHaveLength(12);
  });

  it('may run twice', async () => {
    await start({ scheduleDuplicateRate: 1 });
    await site.clock.advance(6 * 60_000);
    expect(site.noted('sweep')).toHaveLength(2);
  });
});

describe('an installation', () => {
  it('tells the app when it begins and when it is upgraded', async () => {
    await start();
    site.host.upgrade({ site: 'one', by: ALICE });
    await site.clock.settle();
    const events = site.noted('lifecycle').map(({ eventType }) => eventType);
    expect(events.sort()).toEqual(['avi:forge:installed:app', 'avi:forge:upgraded:app']);
  });

  it('takes its data and its queue along when it goes', async () => {
    await start();
    const before = site.host.installation('one').id;
    await site.probe('set', { key: 'mine', value: 1 });
    await push({ body: { id: 'never' }, delayInSeconds: 300 });
    await site.host.uninstall('one');
    expect(site.calls.since().some(({ fn }) => fn === 'goodbye')).toBe(true);
    expect(site.host.queues.waiting()).toEqual([]);
    site.host.install({ site: 'one' });
    expect(site.host.installation('one').id).not.toBe(before);
    expect(await site.probe('get', { key: 'mine' })).toEqual({ ok: null });
    await site.clock.advance(10 * 60_000);
    expect(ids()).toEqual([]);
  });

  it('can be one of another app id', async () => {
    await start();
    const appId = '99999999-8888-4777-8666-555555555555';
    site.host.install({ site: 'two', appId });
    const who = await site.call('who', {}, ALICE, 'two');
    expect(JSON.stringify(who)).toContain(appId);
  });
});
