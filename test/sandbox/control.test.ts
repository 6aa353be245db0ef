import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSandbox, type RunningSandbox, type SandboxOptions } from '../../sandbox/sandbox';

vi.setConfig({ testTimeout: 30_000 });

const FIXTURE: SandboxOptions = {
  port: 0,
  appDir: 'test/sandbox/forge/fixture-app',
  bundleDir: '.cache/fixture-app',
  startAt: Date.parse('2026-03-02T09:00:00Z'),
};

function client({ addresses }: RunningSandbox) {
  return async (method: 'GET' | 'POST', name: string, body?: unknown) => {
    const answer = await fetch(`${addresses.control}/sandbox/${name}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
}

describe('the control API', () => {
  let running: RunningSandbox;
  let control: ReturnType<typeof client>;
  beforeAll(async () => {
    running = await createSandbox(FIXTURE);
    control = client(running);
  }, 90_000);
  afterAll(() => running.close());

  const sweeps = async () => {
    const { body } = await control('GET', 'ledger');
    return Object.keys(body['plain'] ?? {}).filter((key) => key.startsWith('seen:sweep')).length;
  };
  const probe = (payload: object) =>
    control('POST', 'invoke', { as: 'admin', module: 'admin', function: 'probe', payload });

  it('moves the clock and tells what ran', async () => {
    const { body } = await control('POST', 'clock', { advance: '1h' });
    expect(body['ran'].map(({ name }: { name: string }) => name)).toContain('schedule sweep');
    expect(await sweeps()).toBeGreaterThanOrEqual(11);
  });

  it('calls a view of the app as a person', async () => {
    const call = { as: 'admin', module: 'admin', function: 'who' };
    const { body } = await control('POST', 'invoke', call);
    expect(body).toMatchObject({ ok: true, result: { account: expect.any(String) } });
    const failing = await control('POST', 'invoke', { ...call, function: 'throw' });
    expect(failing.body).toMatchObject({ ok: false, error: { message: 'thrown on purpose' } });
  });

  it('names every call of the app, with its function', async () => {
    const seq = running.sandbox.calls.latest;
    await probe({ name: 'get', key: 'x' });
    const { body } = await control('GET', `calls?since=${seq}`);
    expect(body['calls']).toMatchObject([
      { server: 'kvs', path: '/api/v1/get', fn: 'resolver', status: 404 },
    ]);
    expect(body['invocations'].at(-1)).toMatchObject({ fn: 'resolver', outcome: 'ok' });
  });

  it('comes back to its first state in an instant, in the same process', async () => {
    await probe({ name: 'set', key: 'mine', value: 1 });
    await control('POST', 'faults', { add: { server: 'kvs', status: 500 } });
    await control('POST', 'clock', { advance: '2h' });
    const starts = running.sandbox.host.worker.starts;
    const { body } = await control('POST', 'reset');
    expect(body['now'].slice(0, 13)).toBe('2026-03-02T09');
    expect(await sweeps()).toBe(0);
    expect((await probe({ name: 'get', key: 'mine' })).body).toMatchObject({
      result: { ok: null },
    });
    expect(running.sandbox.host.worker.starts).toBe(starts);
    await control('POST', 'clock', { advance: '10m' });
    expect(await sweeps()).toBeGreaterThan(0);
  });

  it('injects faults', async () => {
    await control('POST', 'faults', { add: { server: 'kvs', status: 503, times: 1 } });
    expect((await probe({ name: 'get', key: 'x' })).body).toMatchObject({
      result: { error: 'UNKNOWN_ERROR' },
    });
    expect((await probe({ name: 'get', key: 'x' })).body).toMatchObject({ result: { ok: null } });
  });

  it('installs, licenses and uninstalls on a second site', async () => {
    await control('POST', 'install', { site: 'second', licence: 'inactive' });
    const who = { as: 'admin', module: 'admin', function: 'who', site: 'second' };
    expect((await control('POST', 'invoke', who)).body).toMatchObject({
      result: { license: { active: false } },
    });
    await control('POST', 'licence', { site: 'second', licence: 'none' });
    const { body } = await control('POST', 'invoke', who);
    expect(body['result']).not.toHaveProperty('license');
    await control('POST', 'uninstall', { site: 'second' });
    expect((await control('POST', 'invoke', who)).status).toBe(409);
  });

  it('copies a site: what was stored on the first is there on the second, secrets as well', async () => {
    await probe({ name: 'set', key: 'mine', value: 1 });
    await control('POST', 'install', { site: 'second', copyOf: 'main' });
    const there = (await control('GET', 'ledger?site=second')).body;
    expect(there).toEqual((await control('GET', 'ledger?site=main')).body);
    await probe({ name: 'set', key: 'mine', value: 2 });
    expect((await control('GET', 'ledger?site=second')).body).toEqual(there);
    await control('POST', 'uninstall', { site: 'second' });
  });

  it('assumes other numbers until it is put back', async () => {
    const lag = async () => (await control('POST', 'profile', {})).body['entraReadLagMs'];
    const usual = await lag();
    await control('POST', 'profile', { entraReadLagMs: 40_000 });
    expect(await lag()).toBe(40_000);
    expect((await control('POST', 'profile', { made: 1 })).status).toBe(409);
    await control('POST', 'reset');
    expect(await lag()).toBe(usual);
  });

  it('takes an account away on every site, until it is given back', async () => {
    const active = (site: string) => {
      const id = running.sandbox.accountId('manager');
      const from = { kind: 'user', accountId: running.sandbox.accountId('agent') };
      return running.sandbox.sites[site]?.routes
        .dispatch({
          method: 'GET',
          target: `/rest/api/3/user?accountId=${id}`,
          host: 'localhost',
          headers: {},
          trusted: from,
        })
        .then((reply) => (reply.json as { active: boolean }).active);
    };
    await control('POST', 'accounts', { person: 'manager', what: 'deactivated' });
    expect([await active('main'), await active('second')]).toEqual([false, false]);
    await control('POST', 'accounts', { person: 'manager', what: 'activated' });
    expect([await active('main'), await active('second')]).toEqual([true, true]);
    const nobody = { person: 'no-such-person', what: 'deactivated' };
    expect((await control('POST', 'accounts', nobody)).status).toBe(409);
  });

  it('shows what was sent about an issue, site by site', async () => {
    const accountId = running.sandbox.accountId('agent');
    await running.sandbox.sites['main']?.routes.dispatch({
      method: 'POST',
      target: '/rest/api/3/issue/INC-1/notify',
      host: 'localhost',
      headers: {},
      body: JSON.stringify({ subject: 'Look', textBody: 'Now', to: { users: [{ accountId }] } }),
      trusted: { kind: 'user', accountId: running.sandbox.accountId('admin') },
    });
    expect((await control('GET', 'mails')).body['mails']).toMatchObject([
      { issueKey: 'INC-1', subject: 'Look', to: [accountId] },
    ]);
    expect((await control('GET', 'mails?site=second')).body['mails']).toEqual([]);
    expect((await control('GET', 'mails?site=third')).status).toBe(409);
  });

  it('shows people with their logins, and memberships', async () => {
    const people = (await control('GET', 'people')).body['people'];
    expect(people).toContainEqual(
      expect.objectContaining({ key: 'requester', licensed: false, password: expect.any(String) }),
    );
    const { body } = await control('GET', 'memberships?directory=okta');
    expect(body['memberships'][0]).toHaveProperty('groupId');
  });

  it.each([
    ['clock', { advance: 'soon' }, 409],
    ['invoke', { as: 'admin' }, 400],
    ['faults', { add: { server: 'kvs', nonsense: 1 } }, 400],
    ['kill', { at: 0 }, 400],
    ['nonsense', {}, 501],
  ])('refuses %s with %j', async (name, body, status) => {
    expect((await control('POST', name, body)).status).toBe(status);
  });
});

describe('a directory brought along', () => {
  it('gets the traffic of its host; the real one stops the clock from being moved', async () => {
    const seen: string[] = [];
    const own = http.createServer((req, res) => {
      seen.push(`${req.method} ${req.url}`);
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"mine":true}');
    });
    await new Promise<void>((ready) => own.listen(0, '127.0.0.1', ready));
    const { port } = own.address() as AddressInfo;
    const running = await createSandbox({
      ...FIXTURE,
      world: 'empty',
      routes: { 'acme.okta.com': `http://127.0.0.1:${port}`, 'other.okta.com': 'live' },
    });
    const payload = { url: 'https://acme.okta.com/api/v1/users?limit=1' };
    const call = { as: 'admin', module: 'admin', function: 'fetch', payload };
    expect(await running.sandbox.invoke(call)).toMatchObject({
      result: { status: 200, text: '{"mine":true}' },
    });
    expect(seen).toEqual(['GET /api/v1/users?limit=1']);
    const moved = await client(running)('POST', 'clock', { advance: '1h' });
    expect(moved).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('other.okta.com') },
    });
    await running.close();
    own.close();
  });
});

describe('the state on disk', () => {
  it('is there again after a restart, and only for the same world', async () => {
    const stateDir = mkdtempSync(path.join(tmpdir(), 'sandbox-state-'));
    const options = { ...FIXTURE, world: 'empty' as const, stateDir };
    const first = await createSandbox(options);
    const probe = (running: RunningSandbox, payload: object) =>
      running.sandbox.invoke({ as: 'admin', module: 'admin', function: 'probe', payload });
    await probe(first, { name: 'set', key: 'kept', value: 42 });
    await first.sandbox.clock.advance(3600_000);
    const left = first.sandbox.clock.now();
    await first.close();

    const second = await createSandbox(options);
    expect(await probe(second, { name: 'get', key: 'kept' })).toMatchObject({ result: { ok: 42 } });
    expect(second.sandbox.clock.now()).toBeGreaterThanOrEqual(left);
    second.sandbox.reset();
    expect(await probe(second, { name: 'get', key: 'kept' })).toMatchObject({
      result: { ok: null },
    });
    await second.close();

    await expect(createSandbox({ ...options, seed: 2 })).rejects.toThrow('--fresh');
    const third = await createSandbox({ ...options, seed: 2, fresh: true });
    await third.close();
    rmSync(stateDir, { recursive: true });
  }, 60_000);
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each checked by its test
type Answer = Record<string, any>;
