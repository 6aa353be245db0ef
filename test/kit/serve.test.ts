import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallLog } from '../../sandbox/kit/calls';
import { Faults } from '../../sandbox/kit/faults';
import { empty, json, Routes } from '../../sandbox/kit/routes';
import { type Listening, serve } from '../../sandbox/kit/serve';

let faults: Faults;
let routes: Routes;
let server: Listening;

beforeEach(async () => {
  faults = new Faults();
  routes = new Routes('jira', { calls: new CallLog(() => ''), faults });
  server = await serve(routes, 0);
});
afterEach(() => server.close());

const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;

it('answers over HTTP with status, headers and JSON', async () => {
  routes.on('POST', '/echo', (req) => json(201, req.json(), { 'x-request-id': 'r1' }));
  const answer = await fetch(url('/echo'), { method: 'POST', body: '{"grüße":"✓"}' });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-request-id')).toBe('r1');
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.json()).toEqual({ grüße: '✓' });
});

it('sends no body and no content type with an empty answer', async () => {
  routes.on('GET', '/nothing', () => empty());
  const answer = await fetch(url('/nothing'));
  expect(answer.status).toBe(204);
  expect(answer.headers.get('content-type')).toBeNull();
});

it('breaks the connection for a fault that cuts it', async () => {
  routes.on('GET', '/x', () => empty());
  faults.add({ server: 'jira', kind: 'cut' });
  await expect(fetch(url('/x'))).rejects.toThrow();
});

it('refuses a body larger than any real service takes', async () => {
  routes.on('POST', '/x', () => empty());
  const answer = await fetch(url('/x'), { method: 'POST', body: 'x'.repeat(13 * 1024 * 1024) });
  expect(answer.status).toBe(413);
});

it('answers a malformed path as a bad request', async () => {
  routes.on('GET', '/users/:id', () => empty());
  expect((await fetch(url('/users/%E0%A4%A'))).status).toBe(400);
});
