import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeHttp } from '../../src/forge/http';

let sent: { url: string; init: RequestInit }[] = [];
let answer: (init: RequestInit) => Response | Promise<Response>;

beforeEach(() => {
  sent = [];
  answer = () => new Response('{}');
  // The platform replaces `fetch`, so that is where the door ends.
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    sent.push({ url: String(url), init });
    return answer(init);
  });
});
afterEach(() => vi.unstubAllGlobals());

const http = makeHttp({ allowedHosts: ['acme.okta.com'], maxBytes: 1000 });
const get = (url: string) => http(url, { method: 'GET', headers: { authorization: 'SSWS x' } });

describe('the outward door', () => {
  it('sends to the host of the connection', async () => {
    answer = () => new Response('{"id":1}', { status: 201, headers: { 'x-request-id': 'r1' } });
    const response = await http('https://acme.okta.com/api/v1/groups', {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-request-id')).toBe('r1');
    expect(await response.json()).toEqual({ id: 1 });
    expect(sent[0]).toMatchObject({
      url: 'https://acme.okta.com/api/v1/groups',
      init: { method: 'POST', body: '{}' },
    });
  });

  it.each([
    'https://evil.example/api',
    'https://acme.okta.com.evil.example/',
    'https://evil.acme.okta.com/',
    'http://acme.okta.com/',
    'https://acme.okta.com:8443/',
    'https://acme.okta.com@evil.example/',
    'https://user:pass@acme.okta.com/',
    'https://acme.okta.com./',
    'ftp://acme.okta.com/',
    '//acme.okta.com/',
    '/api/v1/users',
    '',
  ])('sends nothing to %j', { tags: ['foreign-host'] }, async (url) => {
    await expect(get(url)).rejects.toThrow('Not sent');
    expect(sent).toEqual([]);
  });

  it('does not follow a redirect, and shows it as it is', { tags: ['foreign-host'] }, async () => {
    answer = (init) =>
      init.redirect === 'manual'
        ? new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })
        : new Response('followed');
    const response = await get('https://acme.okta.com/api');
    expect(response.status).toBe(302);
    expect(sent).toHaveLength(1);
  });

  it('hands on an answer without a body', async () => {
    answer = () => new Response(null, { status: 204 });
    const response = await get('https://acme.okta.com/api');
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('stops reading an answer that is too large', async () => {
    answer = () => new Response('x'.repeat(1001));
    await expect(get('https://acme.okta.com/api')).rejects.toThrow('larger than 1000');
    answer = () => new Response('x'.repeat(1000));
    expect((await get('https://acme.okta.com/api')).status).toBe(200);
  });

  it('gives up on an answer that does not come', async () => {
    answer = ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const hasty = makeHttp({ allowedHosts: ['acme.okta.com'], deadlineMs: 10 });
    await expect(hasty('https://acme.okta.com/', { method: 'GET' })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('passes on that the line was cut', async () => {
    answer = () => Promise.reject(new TypeError('fetch failed'));
    await expect(get('https://acme.okta.com/')).rejects.toThrow('fetch failed');
  });
});
