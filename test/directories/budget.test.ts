import { describe, expect, test } from 'vitest';
import { type Lane, RateBudget } from '../../src/directories/budget';
import type { Headroom, Spent } from '../../src/directories/directory';
import { epochMs } from '../../src/shared/instant';
import { FixedClock } from '../fakes/platform';

const LANES: readonly Lane[] = ['revoke', 'grant', 'bulk'];
const FAMILY = 'groups';

/** One connection, seen by one invocation after the other. */
class Connection {
  readonly clock = new FixedClock();
  spent: Spent = {};
  readonly saved: Spent[] = [];

  invocation(lane: Lane): RateBudget {
    return new RateBudget(lane, {
      clock: this.clock,
      keeping: {
        load: async () => this.spent,
        save: async (spent) => {
          this.spent = spent;
          this.saved.push(spent);
        },
      },
    });
  }

  told(remaining: number, seconds = 40, limit = 100): Headroom {
    return { limit, remaining, resetsAt: epochMs(this.clock.now()) + seconds * 1000 };
  }

  /** What each lane waits, in a new invocation. */
  async waits(family = FAMILY): Promise<Record<string, number>> {
    const waits = LANES.map(async (lane) => [lane, await this.invocation(lane).wait(family)]);
    return Object.fromEntries(await Promise.all(waits));
  }
}

describe('a rate budget', () => {
  test.each([
    [100, { revoke: 0, grant: 0, bulk: 0 }],
    [51, { revoke: 0, grant: 0, bulk: 0 }],
    [50, { revoke: 0, grant: 0, bulk: 40 }],
    [21, { revoke: 0, grant: 0, bulk: 40 }],
    [20, { revoke: 0, grant: 40, bulk: 40 }],
    [1, { revoke: 0, grant: 40, bulk: 40 }],
    [0, { revoke: 40, grant: 40, bulk: 40 }],
    [-1, { revoke: 40, grant: 40, bulk: 40 }],
  ])(
    'with %i of 100 calls left lets the most urgent go on',
    {
      tags: ['rate-limited'],
    },
    async (left, waits) => {
      const connection = new Connection();
      await connection.invocation('bulk').learn(FAMILY, connection.told(left));
      expect(await connection.waits()).toEqual(waits);
    },
  );

  test('knows nothing at first, and lets everybody go', async () => {
    expect(await new Connection().waits()).toEqual({ revoke: 0, grant: 0, bulk: 0 });
  });

  test('forgets what was told once the directory counts anew', async () => {
    const connection = new Connection();
    await connection.invocation('grant').learn(FAMILY, connection.told(0, 40));
    connection.clock.advance(39);
    expect((await connection.waits())['bulk']).toBe(1);
    connection.clock.advance(1);
    expect(await connection.waits()).toEqual({ revoke: 0, grant: 0, bulk: 0 });
  });

  test('counts each family of calls for itself', async () => {
    const connection = new Connection();
    await connection.invocation('grant').learn(FAMILY, connection.told(0));
    expect(await connection.waits('users')).toEqual({ revoke: 0, grant: 0, bulk: 0 });
    await connection.invocation('grant').learn('users', connection.told(50));
    expect((await connection.waits())['revoke']).toBe(40);
    expect((await connection.waits('users'))['bulk']).toBe(40);
  });

  test('is told to others only when it gets tight or eases, not with every answer', async () => {
    const connection = new Connection();
    const budget = connection.invocation('grant');
    for (const left of [99, 80, 60, 49, 48, 30, 22, 19, 18, 2, 1, 0]) {
      await budget.learn(FAMILY, connection.told(left));
    }
    expect(connection.saved.map((spent) => spent[FAMILY]?.remaining)).toEqual([49, 19, 0]);
  });

  test('keeps for others nothing that is over or plentiful', async () => {
    const connection = new Connection();
    const budget = connection.invocation('grant');
    await budget.learn('old', connection.told(0, 10));
    connection.clock.advance(11);
    await budget.learn('plenty', connection.told(90));
    await budget.learn(FAMILY, connection.told(10));
    expect(Object.keys(connection.spent)).toEqual([FAMILY]);
  });

  test('after a refusal holds everybody back as long as the directory asked', {
    tags: ['rate-limited'],
  }, async () => {
    const connection = new Connection();
    await connection.invocation('bulk').refused(FAMILY, 12);
    expect(await connection.waits()).toEqual({ revoke: 12, grant: 12, bulk: 12 });
  });

  test('after a refusal without a time holds everybody back for half a minute', async () => {
    const connection = new Connection();
    await connection.invocation('bulk').refused(FAMILY, undefined);
    expect(await connection.waits()).toEqual({ revoke: 30, grant: 30, bulk: 30 });
  });

  test('believes no directory that says it counts anew in years: access must be able to end', {
    tags: ['rate-limited'],
  }, async () => {
    const connection = new Connection();
    await connection.invocation('bulk').learn(FAMILY, connection.told(0, 1e9));
    expect((await connection.waits())['revoke']).toBe(900);
    await connection.invocation('bulk').refused('users', 1e9);
    expect((await connection.waits('users'))['revoke']).toBe(900);
    connection.spent = { kept: connection.told(0, 1e9) };
    expect((await connection.waits('kept'))['revoke']).toBe(900);
  });

  test('is not lifted by the late answer to a call that was sent before the refusal', {
    tags: ['rate-limited'],
  }, async () => {
    const connection = new Connection();
    const budget = connection.invocation('bulk');
    await budget.refused(FAMILY, 12);
    await budget.learn(FAMILY, connection.told(80));
    expect(await budget.wait(FAMILY)).toBe(12);
    expect(await connection.waits()).toEqual({ revoke: 12, grant: 12, bulk: 12 });
    connection.clock.advance(12);
    await budget.learn(FAMILY, connection.told(80));
    expect(await budget.wait(FAMILY)).toBe(0);
  });

  test('asks at most once per invocation what others learned', async () => {
    let loads = 0;
    const keeping = {
      load: async () => {
        loads++;
        return {};
      },
      save: async () => {},
    };
    const budget = new RateBudget('grant', { clock: new FixedClock(), keeping });
    await Promise.all([budget.wait(FAMILY), budget.wait('users'), budget.wait(FAMILY)]);
    await budget.wait(FAMILY);
    expect(loads).toBe(1);
  });

  test('that can be kept nowhere still holds back this invocation', async () => {
    const clock = new FixedClock();
    const keeping = { load: async () => ({}), save: async () => {} };
    const budget = new RateBudget('revoke', { clock, keeping });
    await budget.refused(FAMILY, 7);
    expect(await budget.wait(FAMILY)).toBe(7);
  });
});
