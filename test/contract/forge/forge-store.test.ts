import { afterEach, describe, expect, it } from 'vitest';
import { KvsOperations } from '../../../sandbox/forge/kvs/operations';
import { Store as Records } from '../../../sandbox/forge/kvs/store';
import { seeded } from '../../../sandbox/kit/random';
import { forgeStore } from '../../../src/forge/store';
import { StoreUnavailable } from '../../../src/forge/store-unavailable';
import { type ForgeServer, serveForge } from '../../fakes/forge-globals';
import { storeSuite, suiteEntities } from './store-suite';

const LAG_MS = 2000;
let stop = () => {};
afterEach(() => stop());

function simulated() {
  let now = 1_000_000;
  let lagging = false;
  const records = new Records({
    now: () => now,
    random: { ...seeded(1), int: (_low, high) => high },
    queryLagMaxMs: () => (lagging ? LAG_MS : 0),
    ttlDeletionLagMaxMs: () => 0,
  });
  const calls: string[] = [];
  stop = serveForge(({ path, body }) => {
    calls.push(path);
    const operations = new KvsOperations(records, suiteEntities as never);
    const ran = operations.run(path.replace('/api/v1/', ''), JSON.parse(body ?? 'null'));
    return ran?.reply ?? { status: 404, json: { code: 'NOT_FOUND', message: path } };
  });
  return {
    calls,
    store: forgeStore,
    lag() {
      lagging = true;
    },
    catchUp() {
      lagging = false;
      now += LAG_MS;
    },
  };
}

describe('the ledger on Forge', () => {
  storeSuite(simulated);

  it('asks once for up to 25 keys, and once per transaction', async () => {
    const { store, calls } = simulated();
    const keys = Array.from({ length: 26 }, (_, i) => ({ entity: 'hold' as const, key: `k${i}` }));
    await store.getMany([...keys.slice(0, 25), ...keys.slice(0, 5)]);
    expect(calls).toEqual(['/api/v1/batch/get']);
    await store.getMany(keys);
    expect(calls).toHaveLength(3);
  });

  const unavailable: [string, ForgeServer][] = [
    [
      'is throttled',
      () => ({ status: 429, json: { code: 'RATE_LIMIT_EXCEEDED', message: 'Wait.' } }),
    ],
    ['answers with HTML', () => ({ status: 502, text: '<html>', type: 'text/html' })],
    ['answers with half of a record', () => ({ status: 200, text: '{"key":"k","val' })],
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
  ];
  it.each(unavailable)('is unavailable when the platform %s', async (_, server) => {
    stop = serveForge(server);
    await expect(forgeStore.get('hold', 'k')).rejects.toThrow(StoreUnavailable);
    await expect(forgeStore.getMany([{ entity: 'hold', key: 'k' }])).rejects.toThrow(
      StoreUnavailable,
    );
    await expect(forgeStore.readPlain('k')).rejects.toThrow(StoreUnavailable);
  });

  it('does not take a key that the answer leaves out for absent', async () => {
    stop = serveForge(() => ({ status: 200, json: { successfulKeys: [], failedKeys: [] } }));
    await expect(forgeStore.getMany([{ entity: 'hold', key: 'k' }])).rejects.toThrow(
      StoreUnavailable,
    );
  });

  it('does not take a key that could not be read for absent', async () => {
    const failed = {
      key: 'k',
      entityName: 'hold',
      error: { code: 'REQUEST_THROTTLED', message: '' },
    };
    stop = serveForge(() => ({ status: 200, json: { successfulKeys: [], failedKeys: [failed] } }));
    await expect(forgeStore.getMany([{ entity: 'hold', key: 'k' }])).rejects.toThrow(
      'REQUEST_THROTTLED',
    );
  });

  it('takes only a lost race for a conflict', async () => {
    const write = {
      op: 'put',
      entity: 'hold',
      key: 'k',
      row: { rev: 1, body: 1 },
      ifRev: 0,
    } as const;
    stop = serveForge(() => ({ status: 400, json: { code: 'INVALID_ENTITY_VALUE', message: '' } }));
    await expect(forgeStore.transact([write])).rejects.toThrow('INVALID_ENTITY_VALUE');
    stop = serveForge(() => ({ status: 409, json: { code: 'KEY_CONFLICT', message: '' } }));
    expect(await forgeStore.transact([write])).toBe('conflict');
  });
});
