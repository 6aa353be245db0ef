import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SmallSite, smallSite } from './small-site';

vi.setConfig({ testTimeout: 30_000 });

describe('the store', () => {
  let site: SmallSite;
  beforeAll(async () => {
    site = await smallSite({ kvsQueryLagMaxMs: 60_000, kvsTtlDeletionLagMaxMs: 3600_000 });
    site.host.install({ site: 'one' });
    site.host.install({ site: 'two' });
  }, 90_000);
  afterAll(() => site.close());

  const set = (key: string, value: unknown, options?: object) =>
    site.probe('set', { key, value, ...(options && { options }) });

  it('gives back at once what was set, and nothing for what was not', async () => {
    expect(await set('a', { b: [1, 2] })).toEqual({ ok: null });
    expect(await site.probe('get', { key: 'a' })).toEqual({ ok: { b: [1, 2] } });
    expect(await site.probe('get', { key: 'never' })).toEqual({ ok: null });
    expect(await site.probe('delete', { key: 'never' })).toEqual({ ok: null });
  });

  it('keeps installations apart', async () => {
    await set('mine', 1);
    expect(await site.probe('get', { key: 'mine' }, 'two')).toEqual({ ok: null });
  });

  it('does not list secrets', async () => {
    await site.probe('setSecret', { key: 'secret:one', value: 's3cret' });
    expect(await site.probe('getSecret', { key: 'secret:one' })).toEqual({ ok: 's3cret' });
    expect(await site.probe('get', { key: 'secret:one' })).toEqual({ ok: null });
    expect(JSON.stringify(site.host.ledger('one'))).not.toContain('s3cret');
  });

  it.each([
    ['an empty key', '', 1, 'KEY_TOO_SHORT'],
    ['a long key', 'k'.repeat(501), 1, 'KEY_TOO_LONG'],
    ['a key with other characters', 'a/b', 1, 'INVALID_KEY'],
    ['a value over 240 KiB', 'k', 'x'.repeat(241 * 1024), 'MAX_SIZE'],
    ['a value nested too deeply', 'k', nested(32), 'MAX_DEPTH'],
  ])('refuses %s', async (_, key, value, code) => {
    expect(await set(key, value)).toEqual({ error: code });
  });

  it('takes a secret up to 128 KiB', async () => {
    const setSecret = (kib: number) =>
      site.probe('setSecret', { key: 's', value: 'x'.repeat(kib * 1024 - 2) });
    expect(await setSecret(128)).toEqual({ ok: null });
    expect(await setSecret(129)).toEqual({ error: 'MAX_SIZE' });
  });

  it('can refuse to overwrite', async () => {
    const options = { keyPolicy: 'FAIL_IF_EXISTS' };
    expect(await set('once', 1, options)).toEqual({ ok: null });
    expect(await set('once', 2, options)).toEqual({ error: 'KEY_CONFLICT' });
    const previous = { keyPolicy: 'OVERRIDE', returnValue: 'PREVIOUS', returnMetadataFields: [] };
    expect(await set('once', 3, previous)).toMatchObject({ ok: { value: 1 } });
  });

  it('may still return a value whose time to live has ended', async () => {
    const options = { ttl: { value: 1, unit: 'MINUTES' } };
    await Promise.all(Array.from({ length: 10 }, (_, i) => set(`brief:${i}`, i, options)));
    const alive = async () => {
      const keys = Array.from({ length: 10 }, (_, i) => `brief:${i}`);
      const { ok } = (await site.probe('batchGet', { keys })) as Batch;
      return ok.successfulKeys.length;
    };
    await site.clock.advance(2 * 60_000);
    expect(await alive()).toBeGreaterThan(0);
    await site.clock.advance(61 * 60_000);
    expect(await alive()).toBe(0);
    expect(await set('k', 1, { ttl: { value: 0, unit: 'SECONDS' } })).toEqual({
      error: 'INVALID_TTL',
    });
  });

  it('shows new, changed and deleted records late to queries', async () => {
    await set('late:1', 'first');
    await set('late:2', 'second');
    const query = async () => {
      const { ok } = (await site.probe('query', { prefix: 'late:' })) as Page;
      return ok.results.map(({ key, value }) => `${key}=${value}`);
    };
    expect(await query(), 'written a moment ago').toEqual([]);
    await site.clock.advance(61_000);
    expect(await query()).toEqual(['late:1=first', 'late:2=second']);
    await set('late:1', 'changed');
    await site.probe('delete', { key: 'late:2' });
    expect(await query()).toEqual(['late:1=first', 'late:2=second']);
    await site.clock.advance(61_000);
    expect(await query()).toEqual(['late:1=changed']);
  });

  it('sorts an index late as well, and pages through it', async () => {
    const put = (key: string, dueAt: number) =>
      site.probe('setNote', { key, value: { state: 'due', dueAt } });
    for (const [i, dueAt] of [30, 10, 20, 40].entries()) await put(`n${i}`, dueAt);
    await site.clock.advance(61_000);
    const due = async (until = 100, limit = 10) => {
      const { ok } = (await site.probe('dueNotes', { state: 'due', until, limit })) as Page;
      return { keys: ok.results.map(({ key }) => key), more: ok.nextCursor !== undefined };
    };
    expect(await due()).toEqual({ keys: ['n1', 'n2', 'n0', 'n3'], more: false });
    expect(await due(100, 2)).toEqual({ keys: ['n1', 'n2'], more: true });
    expect(await due(20)).toMatchObject({ keys: ['n1', 'n2'] });
    await put('n0', 5);
    expect((await due()).keys, 'still where it was').toEqual(['n1', 'n2', 'n0', 'n3']);
    await site.clock.advance(61_000);
    expect((await due()).keys).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  it.each([
    ['an entity that is not declared', 'setUndeclared', {}, 'SCHEMA_NOT_FOUND'],
    [
      'an attribute that is not declared',
      'setNote',
      note({ other: 1 }),
      'INVALID_ENTITY_ATTRIBUTE',
    ],
    ['a wrong type', 'setNote', note({ state: 1 }), 'INCORRECT_PROPERTY_TYPE'],
    ['more than 32 bits', 'setNote', note({ dueAt: 2 ** 31 }), 'INCORRECT_PROPERTY_TYPE'],
    ['a partition that does not fit', 'wrongPartition', {}, 'INVALID_PARTITION'],
    ['more than 25 operations', 'manySets', { count: 26 }, 'UNPROCESSABLE_ENTITY'],
    ['a page of more than 100', 'query', { prefix: '', limit: 101 }, 'LIST_QUERY_LIMIT_EXCEEDED'],
  ])('refuses %s', async (_, name, payload, code) => {
    expect(await site.probe(name, payload)).toEqual({ error: code });
  });

  it('changes a record under a condition exactly once', async () => {
    await site.probe('setNote', { key: 'race', value: { state: 'open' } });
    const swap = () => site.probe('swap', { key: 'race', was: 'open', value: { state: 'taken' } });
    const outcomes = await Promise.all(Array.from({ length: 8 }, swap));
    expect(outcomes.filter((outcome) => 'ok' in (outcome as object))).toHaveLength(1);
    expect(outcomes).toContainEqual({ error: 'CONDITIONAL_CHECK_FAILED' });
    const absent = { key: 'absent', was: 'open', value: { state: 'taken' } };
    expect(await site.probe('swap', absent)).toEqual({ error: 'CONDITIONAL_CHECK_FAILED' });
  });

  it('tells which keys of a batch are missing', async () => {
    await set('there', 1);
    expect(await site.probe('batchGet', { keys: ['there', 'not'] })).toMatchObject({
      ok: {
        successfulKeys: [{ key: 'there', value: 1 }],
        failedKeys: [{ key: 'not', error: { code: 'KEY_NOT_FOUND' } }],
      },
    });
  });

  it('needs its scope', async () => {
    site.host.upgrade({ site: 'two', scopes: [] });
    expect(await site.probe('get', { key: 'a' }, 'two')).toEqual({ error: 'FORBIDDEN' });
  });
});

interface Page {
  ok: { results: { key: string; value: unknown }[]; nextCursor?: string };
}
interface Batch {
  ok: { successfulKeys: unknown[]; failedKeys: unknown[] };
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { in: nested(depth - 1) };
}

function note(value: object) {
  return { key: 'bad', value };
}
