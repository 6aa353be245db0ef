import { describe, expect, test } from 'vitest';
import { type Answer, type Asked, classify } from '../../src/directories/classify';

const NOW = Date.parse('2026-03-02T09:00:00Z');

const answer = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: new Headers(headers),
  text: '',
  json: {},
  requestId: 'req-1',
});

const asked = (changes: Partial<Asked> = {}): Asked => ({
  service: 'Somewhere',
  write: false,
  nowMs: NOW,
  apiCode: 'SomeCode',
  codes: {},
  ...changes,
});

describe('an answer that is no success', () => {
  test.each([
    [400, 'permanent', 'invalid'],
    [401, 'needs-human', 'credential-refused'],
    [403, 'needs-human', 'forbidden'],
    [404, 'permanent', 'not-found'],
    [408, 'retryable', 'timeout'],
    [409, 'retryable', 'conflict'],
    [410, 'permanent', 'not-found'],
    [412, 'retryable', 'conflict'],
    [413, 'permanent', 'too-large'],
    [422, 'permanent', 'invalid'],
    [423, 'retryable', 'conflict'],
    [429, 'retryable', 'rate-limited'],
    [500, 'retryable', 'server-error'],
    [501, 'permanent', 'invalid'],
    [502, 'retryable', 'server-error'],
    [503, 'retryable', 'server-error'],
    [504, 'retryable', 'server-error'],
    [302, 'retryable', 'bad-answer'],
  ] as const)('%i is %s: %s', (status, kind, code) => {
    expect(classify(answer(status), asked())).toMatchObject({
      class: kind,
      code,
      requestId: 'req-1',
    });
  });

  test('means what its code says where the code says more than the status', () => {
    const codes = { quotaExceeded: 'rate-limited' } as const;
    const told = classify(answer(403), asked({ apiCode: 'quotaExceeded', codes }));
    expect(told).toMatchObject({ class: 'retryable', code: 'rate-limited' });
  });

  test.each([400, 403, 404, 409])(
    'without a code (%i) comes from something on the way',
    (status) => {
      expect(classify(answer(status), asked({ apiCode: undefined })).code).toBe('bad-answer');
    },
  );

  test('leaves the outcome of a write unknown only where it may have worked', () => {
    const unknown = (status: number, more: Partial<Asked> = {}) =>
      classify(answer(status), asked({ write: true, ...more })).outcomeUnknown;
    expect([500, 502, 503, 504, 408].map((status) => unknown(status))).toEqual(Array(5).fill(true));
    expect([400, 401, 403, 404, 409, 429].map((status) => unknown(status))).toEqual(
      Array(6).fill(undefined),
    );
    expect(unknown(404, { apiCode: undefined })).toBe(true);
  });

  test('names a missing permission where the header does', () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_scope"' };
    expect(classify(answer(403, headers), asked()).code).toBe('scope-missing');
  });

  test('says nothing that came in the body but a plain code', () => {
    const shown = classify(answer(400), asked({ apiCode: 'E0000001' })).detail;
    expect(shown).toBe('Somewhere did not accept the request (400, E0000001).');
    const odd = classify(answer(400), asked({ apiCode: '<b>rosa@x.example</b>' })).detail;
    expect(odd).toBe('Somewhere did not accept the request (400).');
  });
});

describe('how long to wait', { tags: ['rate-limited'] }, () => {
  test.each([
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': '0' }, 1],
    [{ 'retry-after': '86400' }, 900],
    [{ 'retry-after': 'Mon, 02 Mar 2026 09:02:00 GMT' }, 120],
    [{ 'retry-after': 'Mon, 02 Mar 2026 08:00:00 GMT' }, 1],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-rate-limit-limit': '600', 'x-rate-limit-reset': String(NOW / 1000 + 45) }, 45],
    [{ 'x-rate-limit-limit': '0', 'x-rate-limit-reset': String(NOW / 1000 + 45) }, 2],
    [{ 'x-rate-limit-reset': 'x' }, undefined],
    [{}, undefined],
  ] as [Record<string, string>, number | undefined][])('%j is %s seconds', (headers, seconds) => {
    expect(classify(answer(429, headers), asked()).retryAfter).toBe(seconds);
  });
});
