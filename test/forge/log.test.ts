import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgeLog } from '../../src/forge/log';

afterEach(() => vi.restoreAllMocks());

function logged(write: () => void): string {
  const lines: string[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      lines.push(parts.join(' '));
    });
  }
  write();
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

describe('the log', () => {
  it('writes one line of JSON per event', () => {
    const line = logged(() => forgeLog.info('grant.active', { grantId: 'g1', groups: 2 }));
    expect(JSON.parse(line)).toEqual({ event: 'grant.active', grantId: 'g1', groups: 2 });
  });

  it('keeps ids, codes and the queue’s own words', () => {
    const facts = {
      issue: '10001',
      code: 'E0000006',
      queue: 'revoke',
      requestId: 'a-b_c',
      at: null,
    };
    expect(JSON.parse(logged(() => forgeLog.warn('x', facts)))).toEqual({ event: 'x', ...facts });
  });

  it.each([
    { accessToken: 'opaque-value' },
    { headers: { Authorization: 'opaque-value' } },
    { client_secret: 'opaque-value' },
    { privateKeyPem: 'opaque-value' },
    { list: [{ deep: { password: 'opaque-value' } }] },
    { email: 'opaque-value' },
    { displayName: 'opaque-value' },
    { name: 'opaque-value' },
    { given_name: 'opaque-value' },
    { login: 'opaque-value' },
    { note: 'sent Bearer opaque-value to it' },
    { note: 'SSWS opaque-value' },
    { note: 'eyJhbGciOiJIUzI1NiJ9.opaque-value.sig' },
    { note: '-----BEGIN PRIVATE KEY-----\nopaque-value\n-----END PRIVATE KEY-----' },
    { note: 'mail opaque-value@company.example now' },
    { url: 'https://h.example/users/opaque-value@company.example?x=1' },
  ])('drops what opens a door or names a person: %j', { tags: ['secret-leaked'] }, (facts) => {
    expect(logged(() => forgeLog.info('x', facts))).not.toContain('opaque-value');
  });

  it('writes an error with its causes and without what hangs on it', {
    tags: ['secret-leaked'],
  }, () => {
    const inner = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const cause = Object.assign(new Error('no answer for ada@company.example', { cause: inner }), {
      config: { headers: { authorization: 'opaque-value' } },
    });
    const line = logged(() => forgeLog.error('call.failed', cause, { grantId: 'g1' }));
    expect(JSON.parse(line)).toMatchObject({
      event: 'call.failed',
      grantId: 'g1',
      cause: { kind: 'Error', message: 'no answer for [e-mail]', cause: { code: 'ECONNRESET' } },
    });
    expect(line).not.toContain('opaque-value');
    expect(line).not.toContain('company.example');
  });

  it('survives values that are large, deep or round', () => {
    const round: Record<string, unknown> = { text: 'x'.repeat(10_000), big: 1n, f: () => 1 };
    round['self'] = round;
    expect(logged(() => forgeLog.info('x', round)).length).toBeLessThan(20_000);
  });
});
