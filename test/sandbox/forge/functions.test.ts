import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ALICE, OKTA_HOST, PORTAL_CUSTOMER, type SmallSite, smallSite } from './small-site';

vi.setConfig({ testTimeout: 30_000 });

describe('functions on the Forge host', () => {
  let site: SmallSite;
  beforeAll(async () => {
    site = await smallSite();
    site.host.install({ site: 'one' });
    site.host.install({ site: 'two', licence: 'inactive' });
  }, 90_000);
  afterAll(() => site.close());

  it('know who calls, with which licence and on which installation', async () => {
    const one = (await site.call('who')) as Who;
    expect(one).toMatchObject({
      account: ALICE,
      license: { active: true, isActive: true },
      context: { cloudId: 'cloud-one', extension: { type: 'jira:issuePanel' } },
      app: { moduleKey: 'panel', environmentType: 'PRODUCTION' },
    });
    const two = (await site.call('who', {}, ALICE, 'two')) as Who;
    expect(two).toMatchObject({ license: { active: false }, context: { cloudId: 'cloud-two' } });
    expect(two.warm, 'both sites share one warm process').toBeGreaterThan(one.warm);
  });

  it('keep concurrent callers of one process apart', async () => {
    const calls = Array.from({ length: 20 }, (_, i) =>
      site.call('issue', { key: `IT-${i}` }, ALICE, i % 2 ? 'one' : 'two'),
    );
    const answers = (await Promise.all(calls)) as { body: { key: string; site: string } }[];
    answers.forEach(({ body }, i) => {
      expect(body).toMatchObject({ key: `IT-${i}`, site: i % 2 ? 'one' : 'two' });
    });
  });

  it('act on Jira as the app or as the calling person', async () => {
    expect(await site.call('me')).toMatchObject({ kind: 'user', accountId: ALICE });
    expect(await site.call('issue', { key: 'IT-1' })).toMatchObject({
      status: 200,
      body: { by: { kind: 'app' } },
    });
  });

  it('act for a portal-only customer, who needs no licence', async () => {
    expect(await site.call('me', {}, PORTAL_CUSTOMER)).toMatchObject({
      kind: 'user',
      accountId: PORTAL_CUSTOMER,
    });
  });

  it('cannot act for an Atlassian account without a licence', async () => {
    expect(await site.call('me', {}, 'unlicensed-account')).toMatchObject({
      ok: false,
      error: { message: 'Authentication Required' },
    });
  });

  it('cannot act for somebody who did not call them, unless the scope allows it', async () => {
    expect(await site.call('as', { account: ALICE })).toMatchObject({ accountId: ALICE });
    expect(await site.call('as', { account: ALICE }, PORTAL_CUSTOMER)).toMatchObject({
      ok: false,
      error: { message: 'Authentication Required' },
    });
  });

  it('are stopped loudly at an endpoint that nothing here models', async () => {
    expect(await site.call('elsewhere')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('501') },
    });
    expect(site.host.platform.unmodelled.join()).toContain('GET /rest/api/3/dashboard');
  });

  it('see their remaining time shrink by what their calls would have taken', async () => {
    site.faults.add({ server: 'okta', kind: 'slow', latencyMs: 8_000 });
    const left = await site.call('left', { url: `https://${OKTA_HOST}/hello` });
    site.faults.clear();
    expect(left).toBeLessThan(17_000);
    expect(left).toBeGreaterThan(10_000);
  });

  it('see the virtual clock', async () => {
    await site.clock.advance(6 * 3600_000);
    const { now, made, fixed } = (await site.call('now')) as Record<string, string | number>;
    expect(Math.abs(Number(now) - site.clock.now())).toBeLessThan(5_000);
    expect(String(made).slice(0, 13)).toBe('2026-03-02T15');
    expect(fixed).toBe('1970-01-01T00:00:00.000Z');
  });

  it('reach a declared host over TLS, by fetch and by node:https', async () => {
    const url = `https://${OKTA_HOST}/hello`;
    expect(await site.call('fetch', { url })).toMatchObject({ status: 200, error: null });
    expect(await site.probe('https', { url })).toMatchObject({ ok: { status: 200 } });
    const last = site.calls.since().at(-1);
    expect(last).toMatchObject({ server: 'okta', fn: 'resolver', path: '/hello' });
  });

  it('get a 403 answer, not an error, from fetch to an undeclared host', async () => {
    expect(await site.call('fetch', { url: 'https://evil.test/' })).toMatchObject({
      status: 403,
      error: 'REQUEST_EGRESS_ALLOWLIST_ERR',
    });
    expect(await site.call('fetch', { url: `http://${OKTA_HOST}/hello` })).toMatchObject({
      status: 403,
    });
    expect(await site.probe('https', { url: 'https://evil.test/' })).toEqual({
      error: 'EGRESS_NOT_ALLOWED',
    });
  });

  it('cannot be led elsewhere by a redirect', async () => {
    const away = await site.call('fetch', { url: `https://${OKTA_HOST}/away` });
    expect(away).toMatchObject({ status: 403 });
    const near = await site.call('fetch', { url: `https://${OKTA_HOST}/near` });
    expect(near).toMatchObject({ status: 200 });
  });

  it('cannot reach a declared host that nobody plays', async () => {
    const answer = await site.probe('https', { url: 'https://other.okta.com/' });
    expect(answer).toEqual({ error: 'ENOTFOUND' });
  });

  it('report what they threw', async () => {
    expect(await site.call('throw')).toEqual({
      ok: false,
      error: { name: 'Error', message: 'thrown on purpose' },
    });
  });

  it('are not called with a payload above 500 KB', async () => {
    expect(await site.call('who', { big: 'x'.repeat(600_000) })).toMatchObject({
      ok: false,
      error: { name: 'PayloadTooLarge' },
    });
  });

  it('time out by the latency of their calls, though nobody waited for it', async () => {
    site.faults.add({ server: 'kvs', kind: 'slow', latencyMs: 10_000 });
    const answer = await site.call('slow', { calls: 5 });
    site.faults.clear();
    expect(answer).toMatchObject({ ok: false, error: { name: 'FUNCTION_TIME_OUT' } });
    expect(site.host.invoker.finished().at(-1)).toMatchObject({ outcome: 'timeout' });
  });

  it('are refused a view that is not open to their caller', async () => {
    const call = { site: 'one', accountId: PORTAL_CUSTOMER, module: 'admin', function: 'who' };
    expect(await site.host.callView(call)).toMatchObject({
      ok: false,
      error: { name: 'Forbidden' },
    });
  });

  it('get a 401 when the installed version lacks the scope', async () => {
    site.host.upgrade({ site: 'two', scopes: ['storage:app'] });
    expect(await site.call('issue', { key: 'IT-1' }, ALICE, 'two')).toEqual({
      status: 401,
      body: { code: 401, message: 'Unauthorized; scope does not match' },
    });
  });
});

interface Who {
  warm: number;
}
