/** What every `Store` does, whether it is Forge's or the one in memory. */
import { describe, expect, it } from 'vitest';
import type { EntityName, Row, Store, Write } from '../../../src/forge/ports';
import { StoreUnavailable } from '../../../src/forge/store-unavailable';
import type { EntitySchema } from '../../fakes/manifest-indexes';

export interface Subject {
  readonly store: Store;
  /** From now on queries see what stands now. */
  lag(): void;
  /** Queries see everything again. */
  catchUp(): void;
}

/** A ledger of our own, so that the suite says nothing about the product's entities. */
export const suiteEntities: EntitySchema[] = [
  {
    name: 'timer',
    attributes: {
      lane: { type: 'string' },
      at: { type: 'integer' },
      rev: { type: 'integer' },
      body: { type: 'any' },
    },
    indexes: [{ name: 'by-lane', partition: ['lane'], range: ['at'] }],
  },
  {
    name: 'hold',
    attributes: { state: { type: 'string' }, rev: { type: 'integer' }, body: { type: 'any' } },
    indexes: [],
  },
];

const row = (rev: number, body: unknown = { some: 'thing' }): Row => ({ rev, body });
const timer = (at: number, lane = 'revoke'): Row => ({ lane, at, rev: 1, body: { at } });
const put = (
  key: string,
  value: Row,
  ifRev: number | 'any',
  entity: EntityName = 'hold',
): Write => ({
  op: 'put',
  entity,
  key,
  row: value,
  ifRev,
});

export function storeSuite(open: () => Subject): void {
  describe('reading by key', () => {
    it('answers nothing for a record that was never written', async () => {
      const { store } = open();
      expect(await store.get('hold', 'none')).toBeUndefined();
    });

    it('gives back what was written, without members that were undefined', async () => {
      const { store } = open();
      await store.transact([put('k', { rev: 1, body: { a: [1, null] }, state: undefined }, 0)]);
      expect(await store.get('hold', 'k')).toEqual({ rev: 1, body: { a: [1, null] } });
    });

    it('shares nothing with the writer', async () => {
      const { store } = open();
      const body = { holders: ['g1'] };
      await store.transact([put('k', row(1, body), 0)]);
      body.holders.push('g2');
      expect((await store.get('hold', 'k'))?.body).toEqual({ holders: ['g1'] });
    });

    it('keeps records of one key apart by entity', async () => {
      const { store } = open();
      await store.transact([put('k', row(1), 0), put('k', timer(5), 0, 'timer')]);
      expect((await store.get('timer', 'k'))?.['at']).toBe(5);
      expect(await store.get('hold', 'k')).toEqual(row(1));
    });

    it('answers many keys in the order asked, repeated and missing ones included', async () => {
      const { store } = open();
      await store.transact([put('a', row(1), 0), put('b', timer(7), 0, 'timer')]);
      const rows = await store.getMany([
        { entity: 'timer', key: 'b' },
        { entity: 'hold', key: 'none' },
        { entity: 'hold', key: 'a' },
        { entity: 'timer', key: 'b' },
      ]);
      expect(rows.map((found) => found?.rev)).toEqual([1, undefined, 1, 1]);
      expect(rows[0]).toEqual(timer(7));
    });

    it('reads more keys than Forge takes in one request', async () => {
      const { store } = open();
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
      for (const some of [keys.slice(0, 25), keys.slice(25, 50), keys.slice(50)]) {
        await store.transact(some.map((key) => put(key, row(1, { key }), 0)));
      }
      const rows = await store.getMany(keys.map((key) => ({ entity: 'hold' as const, key })));
      expect(rows.map((found) => found?.body)).toEqual(keys.map((key) => ({ key })));
    });

    it('answers an empty list without asking', async () => {
      expect(await open().store.getMany([])).toEqual([]);
    });
  });

  describe('conditional writing', () => {
    it('creates a record only once', async () => {
      const { store } = open();
      expect(await store.transact([put('k', row(1, 'first'), 0)])).toBe('done');
      expect(await store.transact([put('k', row(1, 'second'), 0)])).toBe('conflict');
      expect((await store.get('hold', 'k'))?.body).toBe('first');
    });

    it('changes a record only while its revision stands', async () => {
      const { store } = open();
      await store.transact([put('k', row(1), 0)]);
      expect(await store.transact([put('k', row(2, 'mine'), 1)])).toBe('done');
      expect(await store.transact([put('k', row(2, 'late'), 1)])).toBe('conflict');
      expect(await store.get('hold', 'k')).toEqual(row(2, 'mine'));
    });

    it('takes a revision of a record that is gone for a conflict', async () => {
      const { store } = open();
      expect(await store.transact([put('k', row(2), 1)])).toBe('conflict');
      expect(await store.transact([{ op: 'check', entity: 'hold', key: 'k', ifRev: 1 }])).toBe(
        'conflict',
      );
    });

    it('writes over whatever stands when told to', async () => {
      const { store } = open();
      await store.transact([put('k', row(7), 'any')]);
      expect(await store.transact([put('k', row(1, 'new'), 'any')])).toBe('done');
      expect(await store.get('hold', 'k')).toEqual(row(1, 'new'));
    });

    it('removes a record whose revision stands, and no other', async () => {
      const { store } = open();
      await store.transact([put('k', row(3), 'any')]);
      const remove = (ifRev: number): Write => ({ op: 'remove', entity: 'hold', key: 'k', ifRev });
      expect(await store.transact([remove(2)])).toBe('conflict');
      expect(await store.transact([remove(3)])).toBe('done');
      expect(await store.get('hold', 'k')).toBeUndefined();
    });

    it('removes a record that is not there without complaint when told to', async () => {
      const { store } = open();
      const remove: Write = { op: 'remove', entity: 'hold', key: 'none', ifRev: 'any' };
      expect(await store.transact([remove])).toBe('done');
    });

    it('writes nothing at all when one condition fails', async () => {
      const { store } = open();
      await store.transact([put('guard', row(5), 'any'), put('old', row(1), 0)]);
      const done = await store.transact([
        put('new', row(1), 0),
        { op: 'remove', entity: 'hold', key: 'old', ifRev: 1 },
        { op: 'check', entity: 'hold', key: 'guard', ifRev: 4 },
      ]);
      expect(done).toBe('conflict');
      expect(await store.get('hold', 'new')).toBeUndefined();
      expect(await store.get('hold', 'old')).toEqual(row(1));
    });

    it('lets one of many writers at once win', async () => {
      const { store } = open();
      await store.transact([put('k', row(1), 0)]);
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, i) => store.transact([put('k', row(2, i), 1)])),
      );
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    });

    it('writes 25 records at once and refuses 26 before asking', async () => {
      const { store } = open();
      const writes = (count: number) =>
        Array.from({ length: count }, (_, i) => put(`k${i}`, row(1), 0));
      await expect(store.transact(writes(26))).rejects.toThrow('25');
      expect(await store.get('hold', 'k0')).toBeUndefined();
      expect(await store.transact(writes(25))).toBe('done');
    });

    it('refuses to write one record twice at once', async () => {
      const { store } = open();
      await expect(store.transact([put('k', row(1), 0), put('k', row(2), 1)])).rejects.toThrow('k');
    });

    it('does nothing for no writes', async () => {
      expect(await open().store.transact([])).toBe('done');
    });
  });

  describe('what cannot be stored', () => {
    it.each(['', ' ', 'a/b', 'jané', 'x'.repeat(501)])('refuses the key %j', async (key) => {
      const { store } = open();
      await expect(store.get('hold', key)).rejects.toThrow();
      await expect(store.transact([put(key, row(1), 0)])).rejects.toThrow();
    });

    it('takes ids of directories and events as keys', async () => {
      const { store } = open();
      const key = 'okta-main:00g1a.B_2:qm#3 4-5';
      await store.transact([put(key, row(1), 0)]);
      expect(await store.get('hold', key)).toEqual(row(1));
    });

    it.each([
      ['an attribute the entity does not have', put('k', { rev: 1, body: 1, colour: 'red' }, 0)],
      ['an attribute of another type', put('k', { rev: 1, body: 1, state: 7 }, 0)],
      ['an entity that is not declared', put('k', row(1), 0, 'cover')],
      ['a record over 240 KiB', put('k', row(1, 'x'.repeat(241 * 1024)), 0)],
    ])('is unavailable for %s', async (_, write) => {
      await expect(open().store.transact([write])).rejects.toThrow(StoreUnavailable);
    });
  });

  describe('finding by index', () => {
    const ats = [30, 10, 50, 20, 40];
    const find = (store: Store, more: object = {}) =>
      store.query({
        entity: 'timer',
        index: 'by-lane',
        partition: ['revoke'],
        limit: 100,
        ...more,
      });
    const seen = (page: { rows: readonly { row: Row }[] }) =>
      page.rows.map(({ row: r }) => r['at']);
    async function filled(): Promise<Subject> {
      const subject = open();
      await subject.store.transact([
        ...ats.map((at) => put(`t${at}`, timer(at), 0, 'timer')),
        put('other', timer(15, 'other'), 0, 'timer'),
      ]);
      subject.catchUp();
      return subject;
    }

    it('finds the records of one partition, in the order of the range', async () => {
      const { store } = await filled();
      expect(seen(await find(store))).toEqual([10, 20, 30, 40, 50]);
      expect(seen(await find(store, { sort: 'descending' }))).toEqual([50, 40, 30, 20, 10]);
    });

    it('tells the key with each record', async () => {
      const { store } = await filled();
      const page = await find(store, { limit: 1 });
      expect(page.rows).toEqual([{ key: 't10', row: timer(10) }]);
    });

    it('counts both ends of a range in', async () => {
      const { store } = await filled();
      expect(seen(await find(store, { range: { from: 20, to: 40 } }))).toEqual([20, 30, 40]);
      expect(seen(await find(store, { range: { to: 20 } }))).toEqual([10, 20]);
      expect(seen(await find(store, { range: { from: 40 } }))).toEqual([40, 50]);
    });

    it('goes on page by page until there is no cursor', async () => {
      const { store } = await filled();
      const found: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await find(store, { limit: 2, ...(cursor !== undefined && { cursor }) });
        expect(page.rows.length).toBeLessThanOrEqual(2);
        found.push(...seen(page));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(found).toEqual([10, 20, 30, 40, 50]);
    });

    it.each([0, 101, 2.5])('refuses a page of %d', async (limit) => {
      const { store } = open();
      await expect(find(store, { limit })).rejects.toThrow('100');
    });

    it('is unavailable for an index that is not declared', async () => {
      const { store } = open();
      await expect(find(store, { index: 'by-moon' })).rejects.toThrow(StoreUnavailable);
      await expect(find(store, { partition: [] })).rejects.toThrow(StoreUnavailable);
    });

    it('may run behind, where reading by key does not', { tags: ['query-stale'] }, async () => {
      const { store, lag, catchUp } = await filled();
      lag();
      await store.transact([
        put('t60', timer(60), 0, 'timer'),
        { op: 'remove', entity: 'timer', key: 't10', ifRev: 1 },
      ]);
      expect(seen(await find(store))).toEqual([10, 20, 30, 40, 50]);
      expect(await store.get('timer', 't10')).toBeUndefined();
      expect(await store.get('timer', 't60')).toEqual(timer(60));
      catchUp();
      expect(seen(await find(store))).toEqual([20, 30, 40, 50, 60]);
    });
  });

  describe('plain values', () => {
    it('reads, writes over and removes them', async () => {
      const { store } = open();
      expect(await store.readPlain('job:1')).toBeUndefined();
      await store.writePlain('job:1', { step: 1 });
      await store.writePlain('job:1', { step: 2 });
      expect(await store.readPlain('job:1')).toEqual({ step: 2 });
      await store.removePlain('job:1');
      await store.removePlain('job:1');
      expect(await store.readPlain('job:1')).toBeUndefined();
    });

    it('keeps them apart from records', async () => {
      const { store } = open();
      await store.writePlain('k', 'plain');
      expect(await store.get('hold', 'k')).toBeUndefined();
    });
  });
}
