import { afterEach, describe, expect, it } from 'vitest';
import { forgeSecrets } from '../../src/forge/secrets';
import { secretTokenCache } from '../../src/forge/token-cache';
import { instant } from '../../src/shared/instant';
import { type ForgeCall, serveForge } from '../fakes/forge-globals';
import { FixedClock, MemorySecrets, RecordingLog } from '../fakes/platform';

let stop = () => {};
afterEach(() => stop());

describe('secret storage', () => {
  it('keeps secrets where no query reaches them', async () => {
    const calls: ForgeCall[] = [];
    stop = serveForge((call) => {
      calls.push(call);
      return { status: 200, json: { key: 'credential:c1', value: { token: 't' } } };
    });
    await forgeSecrets.set('credential:c1', { token: 't' });
    expect(await forgeSecrets.get('credential:c1')).toEqual({ token: 't' });
    await forgeSecrets.remove('credential:c1');
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/v1/secret/set',
      '/api/v1/secret/get',
      '/api/v1/secret/delete',
    ]);
  });

  it('answers nothing for a secret that is not there', async () => {
    stop = serveForge(() => ({ status: 404, json: { code: 'KEY_NOT_FOUND', message: '' } }));
    expect(await forgeSecrets.get('none')).toBeUndefined();
  });

  it('fails without quoting what it was to keep', { tags: ['secret-leaked'] }, async () => {
    stop = serveForge(() => ({
      status: 400,
      json: { code: 'INVALID_VALUE', message: 'bad: hush' },
    }));
    const failed = await forgeSecrets.set('k', 'hush').catch((cause: unknown) => cause);
    expect(String(failed)).toContain('INVALID_VALUE');
    expect(JSON.stringify([failed, (failed as Error).cause, String(failed)])).not.toContain('hush');
  });
});

describe('kept directory tokens', () => {
  const clock = new FixedClock();
  const token = (seconds: number) => ({
    token: 'opaque',
    expiresAt: instant(Date.parse(clock.now()) + seconds * 1000),
    fingerprint: 'f1',
  });
  function cache(secrets = new MemorySecrets()) {
    const log = new RecordingLog();
    return { secrets, log, tokens: secretTokenCache({ secrets, clock, log }) };
  }

  it('come back until they end', async () => {
    const { tokens } = cache();
    await tokens.set('okta-main', token(60));
    expect(await tokens.get('okta-main')).toEqual(token(60));
    await tokens.set('okta-main', token(0));
    expect(await tokens.get('okta-main')).toBeUndefined();
  });

  it('are kept apart by connection and purpose', async () => {
    const { tokens } = cache();
    await tokens.set('google:https://a/b', token(60));
    expect(await tokens.get('google:https://a.b')).toBeUndefined();
    expect(await tokens.get('google:https://a/b')).toBeDefined();
  });

  it('are not there when they cannot be read', async () => {
    const { tokens, secrets, log } = cache();
    await secrets.set('token:okta-main', { token: 7 });
    expect(await tokens.get('okta-main')).toBeUndefined();
    secrets.get = secrets.set = () => Promise.reject(new Error('down'));
    await tokens.set('okta-main', token(60));
    expect(await tokens.get('okta-main')).toBeUndefined();
    expect(log.events()).toEqual(['token-cache-failed', 'token-cache-failed']);
  });
});
