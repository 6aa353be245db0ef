import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  append,
  type Circumstances,
  type Evidence,
  emptyHead,
  evidenceId,
  fault,
  type Head,
} from '../../../src/evidence/model/chain';
import { NOW } from '../../builders/instants';

const where: Circumstances = { at: NOW, cloudId: 'cloud-1', channel: 'event', appVersion: '1.0.0' };

function chainOf(length: number): { records: Evidence[]; head: Head } {
  let head = emptyHead('501');
  const records: Evidence[] = [];
  for (let n = 1; n <= length; n++) {
    const appended = append(
      head,
      { event: 'grant.active', actor: { type: 'app' }, facts: { n, text: `fact ${n}` } },
      where,
    );
    head = appended.head;
    records.push(appended.record);
  }
  return { records, head };
}

const length = fc.integer({ min: 1, max: 12 });
const indexIn = (records: readonly unknown[], at: number) => at % records.length;

describe('a chain of evidence', () => {
  test('begins with nothing before it and numbers its records', () => {
    const { records, head } = chainOf(2);
    expect(records.map((r) => [r.id, r.seq])).toEqual([
      ['501:000000001', 1],
      ['501:000000002', 2],
    ]);
    expect(records[0]?.prevHash).toBe('');
    expect(records[1]?.prevHash).toBe(records[0]?.hash);
    expect(head).toMatchObject({ seq: 2, hash: records[1]?.hash });
  });

  test('is whole as it was written, empty too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), (n) => {
        const { records, head } = chainOf(n);
        expect(fault(records, head)).toBeUndefined();
      }),
    );
  });

  const changes: Record<string, (record: Evidence) => Evidence> = {
    event: (r) => ({ ...r, event: 'grant.revoked' }),
    time: (r) => ({ ...r, at: '2026-03-02T09:00:00.001Z' }),
    site: (r) => ({ ...r, cloudId: 'cloud-2' }),
    actor: (r) => ({ ...r, actor: { type: 'person', accountId: 'friend' } }),
    channel: (r) => ({ ...r, channel: 'sweep' }),
    fact: (r) => ({ ...r, facts: { ...r.facts, n: -1 } }),
    'fact more': (r) => ({ ...r, facts: { ...r.facts, more: null } }),
    'fact fewer': (r) => ({ ...r, facts: {} }),
    version: (r) => ({ ...r, appVersion: '1.0.1' }),
    id: (r) => ({ ...r, id: evidenceId('502', r.seq) }),
    hash: (r) => ({ ...r, hash: '0'.repeat(64) }),
    'hash before': (r) => ({ ...r, prevHash: 'f'.repeat(64) }),
    number: (r) => ({ ...r, seq: r.seq + 1 }),
  };
  test.each(Object.entries(changes))(
    'shows a changed %s, in whichever record',
    {
      tags: ['forged-record'],
    },
    (_, change) => {
      fc.assert(
        fc.property(length, fc.nat(), (n, at) => {
          const { records, head } = chainOf(n);
          const i = indexIn(records, at);
          const tampered = records.map((record, at) => (at === i ? change(record) : record));
          expect(fault(tampered, head)).toBeDefined();
        }),
        { numRuns: 30 },
      );
    },
  );

  test('shows a record that was left out, first, last or between', {
    tags: ['forged-record'],
  }, () => {
    fc.assert(
      fc.property(length, fc.nat(), (n, at) => {
        const { records, head } = chainOf(n);
        const i = indexIn(records, at);
        expect(fault([...records.slice(0, i), ...records.slice(i + 1)], head)).toContain('missing');
      }),
    );
  });

  test('shows a record that was put in', { tags: ['forged-record'] }, () => {
    fc.assert(
      fc.property(length, fc.nat(), (n, at) => {
        const { records, head } = chainOf(n);
        const i = indexIn(records, at);
        expect(fault([...records.slice(0, i + 1), ...records.slice(i)], head)).toBeDefined();
      }),
    );
  });

  test('shows two records that changed places', { tags: ['forged-record'] }, () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), fc.nat(), (n, a, b) => {
        const { records, head } = chainOf(n);
        const [i, j] = [indexIn(records, a), indexIn(records, b)];
        fc.pre(i !== j);
        const turned = (at: number) => records[at === i ? j : at === j ? i : at] as Evidence;
        const swapped = records.map((_, at) => turned(at));
        expect(fault(swapped, head)).toBeDefined();
      }),
    );
  });

  test('shows records cut off at the end, and a head that was set back only by its own records', () => {
    const { records, head } = chainOf(5);
    expect(fault(records.slice(0, 3), head)).toBe('records after 3 are missing');
    const forged = append(chainOf(2).head, { ...(records[2] as Evidence), facts: {} }, where);
    expect(fault([...records.slice(0, 2), forged.record], head)).toBeDefined();
  });
});
