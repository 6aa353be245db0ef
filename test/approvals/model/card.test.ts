import { describe, expect, test } from 'vitest';
import { happensNext, warningsOf } from '../../../src/approvals/model/card';
import type { SodSet } from '../../../src/contracts/policy';
import { HOUR } from '../../../src/shared/instant';

const set = (over: Partial<SodSet> = {}): SodSet => ({
  id: 'pay',
  name: 'Pay and approve',
  roles: ['erp.pay', 'erp.approve'],
  mode: 'warn',
  ...over,
});

describe('what the card warns of', () => {
  test.each([
    ['another role that they hold', ['erp.approve'], undefined, ['already']],
    ['nothing when they hold no other', ['erp.other'], undefined, []],
    ['nothing for the role itself', ['erp.pay'], undefined, []],
    ['what could not be read', undefined, undefined, ['could not be read']],
    ['the exception that is decided on', [], 'pay', ['exception']],
  ] as const)('is %s', (_, held, exception, expected) => {
    const said = warningsOf([set()], { roleId: 'erp.pay', held, exception });
    expect(said).toHaveLength(expected.length);
    expected.forEach((words, i) => {
      expect(said[i]).toContain(words);
    });
  });

  test('is nothing of sets that the role is not part of', () => {
    const asked = {
      roleId: 'figma.editor',
      held: ['erp.pay', 'erp.approve'],
      exception: undefined,
    };
    expect(warningsOf([set()], asked)).toEqual([]);
  });
});

describe('what the card says comes next', () => {
  test.each([
    ['the change', 0, HOUR, false, /the app makes the change.*after that time/],
    ['one more stage', 1, HOUR, false, /one more stage decides; then/],
    ['more stages', 2, HOUR, false, /2 more stages decide; then/],
    ['no end', 0, null, false, /until somebody revokes it/],
    ['the end of a ticket', 0, HOUR, true, /when the ticket is closed/],
  ] as const)('is %s', (_, rest, duration, untilTicket, words) => {
    expect(happensNext(rest, duration, untilTicket)).toMatch(words);
  });
});
