import { describe, expect, test } from 'vitest';
import {
  isOver,
  move,
  type RequestState,
  requestSchema,
  requestStates,
} from '../../../src/requests/model/request';
import { anAsk } from '../../builders/grants';
import { at } from '../../builders/instants';
import { aPin, aRequest } from '../../builders/requests';

/** Written out once more on purpose: a new way has to be wanted in two places. */
const ways: Record<RequestState, readonly RequestState[]> = {
  received: ['received', 'asked', 'attention', 'waiting', 'approved', 'withdrawn', 'declined'],
  asked: ['asked', 'waiting', 'approved', 'attention', 'withdrawn', 'declined'],
  waiting: ['waiting', 'asked', 'approved', 'declined', 'attention', 'withdrawn', 'lapsed'],
  approved: ['approved', 'granted', 'attention', 'waiting', 'declined', 'withdrawn', 'ended'],
  attention: [
    'attention',
    'received',
    'asked',
    'waiting',
    'approved',
    'granted',
    'withdrawn',
    'declined',
  ],
  granted: ['granted', 'attention', 'waiting', 'ended'],
  declined: [],
  withdrawn: [],
  lapsed: [],
  ended: [],
};
const pairs = requestStates.flatMap((from) => requestStates.map((to) => [from, to] as const));

describe('a request', () => {
  test.each(pairs.filter(([from, to]) => ways[from].includes(to)))(
    'that is %s can become %s',
    (from, to) => {
      const moved = move(aRequest({ state: from, refusal: anAsk() }), to, at(1));
      expect(moved).toMatchObject({ state: to, changedAt: at(1) });
      expect(moved.refusal).toBeUndefined();
      expect(requestSchema.parse(moved)).toEqual(moved);
    },
  );

  test.each(pairs.filter(([from, to]) => !ways[from].includes(to)))(
    'that is %s never becomes %s',
    (from, to) => {
      expect(() => move(aRequest({ state: from }), to, at(1))).toThrow(from);
    },
  );

  test('is over when nothing can follow', () => {
    expect(requestStates.filter((state) => isOver(aRequest({ state })))).toEqual([
      'declined',
      'withdrawn',
      'lapsed',
      'ended',
    ]);
  });

  test('with a pin is read back as it was written', () => {
    const request = aRequest({ state: 'waiting', round: 1, pin: aPin() });
    expect(requestSchema.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });
});
