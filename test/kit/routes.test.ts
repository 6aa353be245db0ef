import { beforeEach, describe, expect, it } from 'vitest';
import { CallLog } from '../../sandbox/kit/calls';
import { Faults } from '../../sandbox/kit/faults';
import { empty, json, Routes } from '../../sandbox/kit/routes';

let calls: CallLog;
let faults: Faults;
let routes: Routes;

beforeEach(() => {
  calls = new CallLog(() => '2026-03-02T12:00:00.000Z');
  faults = new Faults();
  routes = new Routes('okta', { calls, faults });
});

const call = (method: string, target: string, more: { body?: string; invocation?: string } = {}) =>
  routes.dispatch({
    method,
    target,
    host: 'latchkey-demo.okta.com',
    ...(more.body !== undefined && { body: more.body }),
    ...(more.invocation && { headers: { 'x-sandbox-invocation': more.invocation } }),
  });

describe('a simulated server', () => {
  it('hands decoded parameters and the query to the route', async () => {
    routes.on('GET', '/groups/:gid/users/:uid', ({ params, query }) =>
      json(200, { ...params, limit: query.get('limit') }),
    );
    const reply = await call('GET', '/groups/00g1/users/ada%40example.com?limit=2');
    expect(reply.json).toEqual({ gid: '00g1', uid: 'ada@example.com', limit: '2' });
  });

  it('gives the remainder of a path to a rest parameter, and takes dots literally', async () => {
    routes.on('GET', '/files/*rest', ({ params }) => json(200, params));
    routes.on('GET', '/v1.0/me', () => json(200, 'me'));
    expect((await call('GET', '/files/a/b')).json).toEqual({ rest: 'a/b' });
    expect((await call('GET', '/v1x0/me')).status).toBe(501);
  });

  it('answers 501 with its name for what is not modelled, and remembers it', async () => {
    routes.on('GET', '/users', () => json(200, []));
    const reply = await call('DELETE', '/users?all=true');
    expect(reply.status).toBe(501);
    expect(JSON.stringify(reply.json)).toContain('okta: not modelled: DELETE /users');
    expect(routes.unmodelled).toEqual(['DELETE /users']);
  });

  it('refuses a body that is not JSON, and takes an absent one as nothing', async () => {
    routes.on('POST', '/users', (req) => json(200, { got: req.json() ?? null }));
    expect((await call('POST', '/users', { body: '{"a":' })).status).toBe(400);
    expect((await call('POST', '/users')).json).toEqual({ got: null });
  });

  it('lets a gate answer before the route', async () => {
    let reached = false;
    routes.on('GET', '/users', () => {
      reached = true;
      return empty();
    });
    routes.before = () => json(401, {});
    expect((await call('GET', '/users')).status).toBe(401);
    expect(reached).toBe(false);
  });

  it('counts how often each route was called', async () => {
    routes.on('GET', '/users', () => empty());
    routes.on('GET', '/groups', () => empty());
    await call('GET', '/users');
    await call('GET', '/users');
    expect(routes.usage()).toEqual([
      { route: 'GET /users', hits: 2 },
      { route: 'GET /groups', hits: 0 },
    ]);
  });
});

describe('the call log', () => {
  it('keeps what was asked, by which invocation, which route answered and how', async () => {
    routes.on('PUT', '/groups/:gid', () => json(200, { ok: true }));
    routes.latencyMs = () => 80;
    calls.functionOf = (invocation) => (invocation === 'inv-1' ? 'on-grant' : undefined);
    await call('PUT', '/groups/1?x=2', { body: '{}', invocation: 'inv-1' });
    expect(calls.since()).toMatchObject([
      {
        seq: 1,
        at: '2026-03-02T12:00:00.000Z',
        server: 'okta',
        host: 'latchkey-demo.okta.com',
        method: 'PUT',
        path: '/groups/1?x=2',
        route: 'PUT /groups/:gid',
        invocation: 'inv-1',
        fn: 'on-grant',
        latencyMs: 80,
        requestBody: '{}',
        status: 200,
        responseBody: '{"ok":true}',
      },
    ]);
  });

  it('gives only what came after a number already seen', async () => {
    routes.on('GET', '/users', () => empty());
    await call('GET', '/users');
    await call('GET', '/users');
    expect(calls.since(1).map((record) => record.seq)).toEqual([2]);
  });
});

describe('an injected fault', () => {
  let members: number;

  beforeEach(() => {
    members = 0;
    routes.on('PUT', '/members', () => {
      members += 1;
      return empty(204);
    });
  });

  const statuses = async (times: number) => {
    const seen: number[] = [];
    for (let i = 0; i < times; i++) seen.push((await call('PUT', '/members')).status);
    return seen;
  };

  it('strikes after so many calls, and so many times', async () => {
    faults.add({
      server: 'okta',
      after: 1,
      times: 2,
      status: 429,
      headers: { 'retry-after': '9' },
    });
    expect(await statuses(4)).toEqual([204, 429, 429, 204]);
    expect(members).toBe(2);
  });

  it('strikes only the server, host, method and path it names', async () => {
    faults.add({ server: 'entra' });
    faults.add({ server: 'okta', host: 'other.okta.com' });
    faults.add({ server: 'okta', method: 'DELETE' });
    faults.add({ server: 'okta', path: '^/groups' });
    expect(await statuses(1)).toEqual([204]);
  });

  it('makes room for the next one when it is used up', async () => {
    faults.add({ server: 'okta', times: 1, status: 503 });
    faults.add({ server: 'okta', times: 1, status: 429 });
    expect(await statuses(3)).toEqual([503, 429, 204]);
  });

  it('can lose the answer to work that was done', async () => {
    faults.add({ name: 'lost', server: 'okta', times: 1, kind: 'cut', applied: true });
    expect((await call('PUT', '/members')).status).toBe(0);
    expect(members).toBe(1);
    expect(calls.since()[0]).toMatchObject({ fault: 'lost', status: 0 });
  });

  it('can make a call late without anybody waiting for it', async () => {
    faults.add({ server: 'okta', kind: 'slow', latencyMs: 40_000 });
    expect((await call('PUT', '/members')).status).toBe(204);
    expect(calls.since()[0]?.latencyMs).toBe(40_000);
  });

  it('can answer with a page where JSON is expected', async () => {
    faults.add({ server: 'okta', status: 502, body: '<h1>Bad gateway</h1>' });
    expect(await call('PUT', '/members')).toMatchObject({
      status: 502,
      text: '<h1>Bad gateway</h1>',
      type: 'text/html',
    });
  });

  it('is refused when it is misspelt', () => {
    expect(() => faults.add({ server: 'okta', time: 1 })).toThrow();
  });
});
