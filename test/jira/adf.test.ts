import { describe, expect, it } from 'vitest';
import { LONGEST_DOCUMENT, sizeOf, textOf, toAdf, visible, withOwnPart } from '../../src/jira/adf';
import type { Block } from '../../src/jira/port';

const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
const heading = (text: string) => ({
  type: 'heading',
  attrs: { level: 2, localId: 'a1' },
  content: [{ type: 'text', text }],
});
const line = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const doc = (...content: object[]) => ({ type: 'doc', version: 1, content });

describe('what the app writes', () => {
  it('becomes paragraphs, line breaks and lists', () => {
    const blocks: Block[] = [
      { kind: 'paragraph', text: 'Granted.', strong: true },
      paragraph('one\ntwo'),
      { kind: 'list', items: ['a', 'b'] },
      paragraph(''),
    ];
    expect(toAdf({ blocks })).toEqual(
      doc(
        {
          type: 'paragraph',
          content: [{ type: 'text', text: 'Granted.', marks: [{ type: 'strong' }] }],
        },
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'one' },
            { type: 'hardBreak' },
            { type: 'text', text: 'two' },
          ],
        },
        {
          type: 'bulletList',
          content: [
            { type: 'listItem', content: [line('a')] },
            { type: 'listItem', content: [line('b')] },
          ],
        },
        { type: 'paragraph', content: [] },
      ),
    );
  });

  it.each(['[~accountid:5b1]', '@ada', '[x|https://h.example]', '{panel}', '<b>x</b>', '**x**'])(
    'keeps what people typed as text: %s',
    { tags: ['text-injection'] },
    (text) => {
      expect(toAdf({ blocks: [paragraph(text)] })).toEqual(doc(line(text)));
    },
  );

  it('is shortened with a closing sentence where Jira has no room, never dropped', () => {
    const blocks = [paragraph('first'), paragraph('"x😀\n'.repeat(20_000)), paragraph('last')];
    const document = toAdf({ blocks });
    expect(sizeOf(document)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
    expect(sizeOf(document)).toBeGreaterThan(LONGEST_DOCUMENT * 0.9);
    const text = textOf(document);
    expect(text.startsWith('first\n"x😀\n')).toBe(true);
    expect(text).toMatch(/\nShortened: .*Jira allows here\.$/);
    expect(() => encodeURIComponent(text)).not.toThrow();
  });

  it('is shortened inside a long list as well', () => {
    const document = toAdf({ blocks: [{ kind: 'list', items: Array(3000).fill('item') }] });
    expect(sizeOf(document)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
    expect(textOf(document)).toContain('Shortened');
  });
});

describe('visible text', () => {
  it.each([
    ['ad\u200bmin', 'admin'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['a\u2066b\u2069\ufeff', 'ab'],
    ['bell\u0007 nul\u0000', 'bell nul'],
    ['tag\u{e0041}', 'tag'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['a\r\nb\u2028c\rd', 'a\nb\nc\nd'],
    ['tab\tstays, Zoë and 日本 too', 'tab\tstays, Zoë and 日本 too'],
  ])('has nothing in it that cannot be seen: %j', { tags: ['text-injection'] }, (text, seen) => {
    expect(visible(text)).toBe(seen);
  });
});

describe('the text of a document', () => {
  const blocks: Block[] = [
    paragraph('Why: quarter end'),
    paragraph('a\nb'),
    { kind: 'list', items: ['x', 'y'] },
    paragraph(''),
    paragraph('end'),
  ];

  it('is what went in, line by line', () => {
    expect(textOf(toAdf({ blocks }))).toBe('Why: quarter end\na\nb\nx\ny\n\nend');
  });

  it('stays the same when Jira adds ids and splits text', () => {
    const withIds = JSON.parse(
      JSON.stringify(toAdf({ blocks })).replaceAll(
        '"type":"paragraph"',
        '"type":"paragraph","attrs":{"localId":"f00"}',
      ),
    );
    withIds.content[0].content = [
      { type: 'text', text: 'Why: ' },
      { type: 'text', text: 'quarter end', marks: [{ type: 'em' }] },
    ];
    expect(textOf(withIds)).toBe(textOf(toAdf({ blocks })));
  });

  it('shows mentions, cards, dates and media, so that exchanging one shows', () => {
    const text = textOf(
      doc(
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'ask ' },
            { type: 'mention', attrs: { id: '5b1', text: '@Ada' } },
            { type: 'inlineCard', attrs: { url: 'https://h.example' } },
            { type: 'date', attrs: { timestamp: '1732275000000' } },
          ],
        },
        { type: 'mediaSingle', content: [{ type: 'media', attrs: { id: 'file-1' } }] },
        { type: 'panel', attrs: { panelType: 'info' }, content: [line('inside')] },
      ),
    );
    expect(text).toBe('ask @Adahttps://h.example1732275000000\nfile-1\ninside');
  });

  it('begins a folded section with its title', () => {
    const folded = { type: 'expand', attrs: { title: 'Access request' }, content: [line('Who')] };
    expect(textOf(doc(line('please'), folded))).toBe('please\nAccess request\nWho');
  });

  it.each([null, undefined, 7, {}, { type: 'doc' }, { type: 'doc', content: [null, 'x', 7] }])(
    'is empty for %j',
    (value) => {
      expect(textOf(value)).toBe('');
    },
  );

  it('is the text itself where an old interface gives one', () => {
    expect(textOf('plain \r\n')).toBe('plain');
  });
});

describe('the app’s part of a description', () => {
  const part = (before: unknown) =>
    withOwnPart({ before, heading: 'Access request', text: { blocks: [paragraph('Who: Ada')] } });
  const own = [
    { type: 'heading', attrs: { level: 3 }, content: [{ type: 'text', text: 'Access request' }] },
    line('Who: Ada'),
  ];

  it('stands under its heading below what people wrote, which stays as it is', () => {
    const theirs = [line('please'), { type: 'table', attrs: { odd: 1 }, content: [] }];
    expect(part(doc(...theirs))).toEqual(doc(...theirs, ...own));
  });

  it('replaces itself, whatever Jira has added to its heading', () => {
    const before = doc(line('please'), heading('Access request'), line('Who: Bob'));
    expect(part(before)).toEqual(doc(line('please'), ...own));
  });

  it('stands alone where nobody wrote anything', () => {
    expect(part(null)).toEqual(doc(...own));
    expect(part('old plain text')).toEqual(doc(line('old plain text'), ...own));
  });

  it('does not take a paragraph or another heading for its own', () => {
    const theirs = [line('Access request'), heading('Access requests')];
    expect(part(doc(...theirs))).toEqual(doc(...theirs, ...own));
  });
});
