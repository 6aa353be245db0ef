import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationInWords } from '../../../src/catalog/model/catalog';
import { HEADING, ownWords, readDuration, readWish } from '../../../src/requests/model/wish';
import { DAY, HOUR, MINUTE } from '../../../src/shared/instant';
import { aBinding } from '../../builders/catalog';

const { fields } = aBinding({
  fields: {
    approvers: 'f-approvers',
    app: 'f-app',
    role: 'f-role',
    duration: 'f-duration',
    beneficiary: 'f-for',
  },
});
const source = (over: object = {}) => ({
  panel: undefined,
  fields: {},
  descriptionText: 'Drawing the new logo',
  ...over,
});
const read = (over: object, answers: Record<string, string> = {}) =>
  readWish(source(over), fields, answers);

describe('what the request form sent', () => {
  const wish = { app: 'figma', role: 'figma.editor', duration: 3600, reason: ' Logo ' };
  const expected = {
    ok: true,
    value: { from: 'panel', app: 'figma', role: 'figma.editor', duration: 3600, reason: 'Logo' },
  };

  test('is read in both shapes that Jira may store', () => {
    expect(read({ panel: wish })).toEqual(expected);
    const list = Object.entries(wish).map(([key, value]) => ({ key, value }));
    expect(read({ panel: { fields: list } })).toEqual(expected);
  });

  test('takes the place of the plain fields', () => {
    expect(read({ panel: wish, fields: { 'f-app': 'GitHub' } })).toEqual(expected);
  });

  test('may leave the reason to the description', () => {
    expect(read({ panel: { app: 'figma' } })).toMatchObject({
      value: { reason: 'Drawing the new logo' },
    });
  });

  test('knows access without an end', () => {
    expect(read({ panel: { ...wish, duration: 'permanent' } })).toMatchObject({
      value: { duration: null },
    });
  });

  const polluted = (text: string): unknown => JSON.parse(text);
  test.each<[string, unknown]>([
    ['an unknown key', { ...wish, approver: 'friend' }],
    ['nothing at all', null],
    ['a text', 'figma'],
    ['a list', [wish]],
    ['a number for the app', { ...wish, app: 7 }],
    ['a duration of zero', { ...wish, duration: 0 }],
    ['a negative duration', { ...wish, duration: -3600 }],
    ['half a second', { ...wish, duration: 0.5 }],
    ['a duration in words', { ...wish, duration: '1 hour' }],
    ['a duration that is no number', { ...wish, duration: Number.NaN }],
    ['a duration beyond all numbers', { ...wish, duration: 1e300 }],
    ['an object for the reason', { ...wish, reason: { text: 'Logo' } }],
    ['a reason of a book', { ...wish, reason: 'x'.repeat(4001) }],
    ['an app of a thousand letters', { ...wish, app: 'x'.repeat(1000) }],
    ['a prototype', polluted('{"app":"figma","__proto__":{"role":"figma.admin"}}')],
    ['a constructor', polluted('{"app":"figma","constructor":{"prototype":{"role":"x"}}}')],
    [
      'the same key twice',
      {
        fields: [
          { key: 'app', value: 'a' },
          { key: 'app', value: 'b' },
        ],
      },
    ],
    ['a list with more beside it', { fields: [], app: 'figma' }],
    ['a prototype in the list', { fields: [{ key: '__proto__', value: { app: 'figma' } }] }],
    ['entries without a value', { fields: [{ key: 'app' }] }],
    ['an unknown key in the list', { fields: [{ key: 'approver', value: 'friend' }] }],
  ])('is not read with %s', { tags: ['hostile-import'] }, (_, panel) => {
    const wished = read({ panel });
    expect(wished).toMatchObject({ ok: false, error: { check: 'panel-readable' } });
    expect({} as Record<string, unknown>).not.toHaveProperty('role');
  });

  test('is not read at the largest size Jira stores, and the problems stay short', {
    tags: ['hostile-import'],
  }, () => {
    const panel = Object.fromEntries(Array.from({ length: 2400 }, (_, i) => [`key-${i}`, 'value']));
    expect(JSON.stringify(panel).length).toBeGreaterThan(32_768);
    const wished = read({ panel });
    if (wished.ok) throw new Error('read');
    expect(JSON.stringify(wished.error.facts).length).toBeLessThan(4000);
  });

  test('is never thrown over', { tags: ['hostile-import'] }, () => {
    fc.assert(
      fc.property(fc.anything(), (panel) => {
        expect(typeof read({ panel }).ok).toBe('boolean');
      }),
    );
  });
});

describe('what the plain fields say', () => {
  test('is read from text, choices and people', () => {
    const said = {
      'f-app': { value: 'Figma' },
      'f-role': ' Editor ',
      'f-duration': { value: '6 hours' },
      'f-for': [{ accountId: 'colleague', displayName: 'Ada' }],
    };
    expect(read({ fields: said })).toEqual({
      ok: true,
      value: {
        from: 'fields',
        app: 'Figma',
        role: 'Editor',
        duration: 6 * HOUR,
        beneficiary: 'colleague',
        reason: 'Drawing the new logo',
      },
    });
  });

  test.each([[null], [undefined], [''], ['   '], [{}], [[]], [{ value: null }], [true]])(
    'is nothing for %j',
    (value) => {
      expect(read({ fields: { 'f-app': value, 'f-duration': value } })).toEqual({
        ok: true,
        value: { from: 'fields', reason: 'Drawing the new logo' },
      });
    },
  );

  test('is set right by the answer to what was asked back', () => {
    const asked = read({ fields: { 'f-role': 'Wrong' } }, { role: 'Editor', duration: '1 hour' });
    expect(asked).toMatchObject({ value: { role: 'Editor', duration: HOUR } });
  });
});

describe('a length of time', () => {
  test.each<[string, number | null]>([
    ['30 minutes', 30 * MINUTE],
    ['1 hour', HOUR],
    ['6h', 6 * HOUR],
    [' 24 Hours ', DAY],
    ['7 days', 7 * DAY],
    ['2 weeks', 14 * DAY],
    ['permanent', null],
    ['No end', null],
  ])('"%s" is read', (text, duration) => {
    expect(readDuration(text)).toEqual({ duration });
  });

  test.each([
    '0 hours',
    '-1 hour',
    '1.5 hours',
    '1e3 hours',
    'NaN',
    'Infinity',
    'PT6H',
    'P1M',
    '6',
    'six hours',
    '99999 days',
    '1 hour 30 minutes',
    'until Friday',
    '2026-03-09',
    '٦ hours',
    'hours',
    '1 month',
    '',
    '1 hour; DROP',
    '１ hour',
  ])('"%s" is asked back, never read as no end', { tags: ['bad-duration'] }, (text) => {
    expect(readDuration(text)).toEqual({ durationText: text.trim() });
  });

  test('is never zero, negative or endless by accident', { tags: ['bad-duration'] }, () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wished = readDuration(text);
        if ('duration' in wished && wished.duration !== null)
          expect(Number.isSafeInteger(wished.duration) && wished.duration > 0).toBe(true);
        if ('duration' in wished && wished.duration === null)
          expect(text.trim().toLowerCase()).toMatch(/^(permanent(ly)?|no end|forever)$/);
      }),
    );
  });

  test('is understood as it is written out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 9999 }), (minutes) => {
        const seconds = minutes * MINUTE;
        expect(readDuration(durationInWords(seconds))).toEqual({ duration: seconds });
      }),
    );
    expect(readDuration(durationInWords(null))).toEqual({ duration: null });
    expect(readDuration(durationInWords(366 * DAY))).toEqual({ duration: 366 * DAY });
  });
});

test('people’s own words end where the app’s text begins', () => {
  expect(ownWords(`Logo\n\n${HEADING}\n* Who: Ada`)).toBe('Logo');
  expect(ownWords('Logo ')).toBe('Logo');
  expect(ownWords(`${HEADING}\nLogo`)).toBe('');
});
