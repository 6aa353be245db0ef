import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, hashOf } from '../../src/shared/canonical';

const whole = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    whole,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4 }),
  ),
}));

const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([k, v]) => [k, reversed(v)]),
        )
      : value;

describe('the one way to write a value down', () => {
  test('means the value: reading it back gives the same', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(canonical(reversed(value))).toBe(canonical(value));
      }),
    );
  });

  test('is another for another value', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        const same = JSON.stringify(reversed(reversed(a))) === JSON.stringify(b);
        if (canonical(a) === canonical(b))
          expect(JSON.parse(canonical(a))).toEqual(JSON.parse(canonical(b)));
        else expect(same).toBe(false);
      }),
    );
  });

  test('leaves out what is undefined, and nothing else', () => {
    expect(canonical({ b: undefined, a: null, c: false, d: '', e: 0 })).toBe(
      '{"a":null,"c":false,"d":"","e":0}',
    );
  });

  test.each([
    [0.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [2 ** 53],
    [undefined],
    [() => 1],
    [1n],
  ])('refuses %s', (value) => {
    expect(() => canonical(value)).toThrow();
    expect(() => canonical({ a: [value] })).toThrow();
  });

  test('keeps members apart whose names look like the prototype', () => {
    const odd = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(canonical(odd)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  test('is hashed by its UTF-8 bytes', () => {
    expect(hashOf('')).toBe('12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126');
    expect(hashOf('ä')).not.toBe(hashOf('a\u0308'));
  });
});
