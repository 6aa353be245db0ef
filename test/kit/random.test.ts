import { expect, it } from 'vitest';
import { seeded } from '../../sandbox/kit/random';

const draw = (seed: number) => {
  const random = seeded(seed);
  return Array.from({ length: 200 }, () => random.int(1, 6));
};

it('repeats itself for a seed and differs for another', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it('reaches both ends and nothing beyond', () => {
  expect([...new Set(draw(7))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

it('will not pick from nothing', () => {
  expect(() => seeded(1).pick([])).toThrow('empty list');
});
