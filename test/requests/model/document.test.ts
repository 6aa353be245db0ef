/** A description is the same only if people see the same; what Jira does to it by itself is no change. */
import { describe, expect, test } from 'vitest';
import { formOf, standsAs, timesIn } from '../../../src/requests/model/document';
import { HEADING } from '../../../src/requests/model/wish';
import { hashOf } from '../../../src/shared/canonical';

type Node = Record<string, unknown>;
const text = (words: string, ...marks: Node[]): Node => ({
  type: 'text',
  text: words,
  ...(marks.length > 0 && { marks }),
});
const line = (...content: Node[]): Node => ({ type: 'paragraph', content });
const doc = (...content: Node[]): Node => ({ type: 'doc', version: 1, content });
const heading: Node = { type: 'heading', attrs: { level: 3 }, content: [text(HEADING)] };
const answers = [heading, line(text('What: Admin in Figma')), line(text('Until when: 30 days'))];
const written = doc(line(text('Please')), ...answers);
const form = (document: unknown) => hashOf(JSON.stringify(formOf(document)));
const media = (id: string): Node => ({
  type: 'mediaSingle',
  content: [{ type: 'media', attrs: { id, type: 'file', collection: '' } }],
});

const hidden: [string, Node][] = [
  [
    'folded away',
    doc(line(text('Please')), { type: 'expand', attrs: { title: 'More' }, content: answers }),
  ],
  [
    'struck through',
    doc(
      line(text('Please')),
      heading,
      line(text('What: Admin in Figma', { type: 'strike' })),
      line(text('Until when: 30 days')),
    ),
  ],
  [
    'painted white',
    doc(
      line(text('Please')),
      heading,
      line(text('What: '), text('Admin', { type: 'textColor', attrs: { color: '#ffffff' } })),
    ),
  ],
  ['made a link', doc(line(text('Please', { type: 'link', attrs: { href: '/' } })), ...answers)],
  ['pushed down by a picture', doc(line(text('Please')), media('answers.png'), ...answers)],
  ['given a smaller heading', doc(line(text('Please')), { ...heading, attrs: { level: 6 } })],
];

describe('a text that reads the same and looks different', {
  tags: ['edited-after-approval', 'edited-while-deciding'],
}, () => {
  test.each(hidden)('is another one when it was %s', (_, edited) => {
    expect(form(edited)).not.toBe(form(written));
    expect(standsAs(written, edited)).toBe(false);
  });

  test('is another one when a picture was exchanged', () => {
    expect(form(doc(media('a')))).not.toBe(form(doc(media('b'))));
  });
});

describe('a text is still the same', () => {
  test('when Jira gives ids and cuts it into pieces', () => {
    const kept = doc(
      { ...line(text('Plea'), text('se')), attrs: { localId: 'a1' } },
      { ...heading, attrs: { level: 3, localId: 'a2' } },
      ...answers.slice(1),
    );
    expect(form(kept)).toBe(form(written));
    expect(standsAs(written, kept)).toBe(true);
  });

  test('when its marks come in another order and empty members are left out', () => {
    const [strong, em] = [{ type: 'strong' }, { type: 'em' }];
    const one = doc(line(text('a', strong, em)), { type: 'paragraph', content: [] });
    const other = doc(line(text('a', em, strong)), { type: 'paragraph' });
    expect(form(one)).toBe(form(other));
    expect(standsAs(one, other)).toBe(true);
  });

  test('as written when Jira adds an attribute, but not when it changes one', () => {
    const added = doc(line(text('Please')), {
      ...heading,
      attrs: { level: 3, anchor: 'x' },
    });
    expect(standsAs(doc(line(text('Please')), heading), added)).toBe(true);
    expect(standsAs(added, doc(line(text('Please')), heading))).toBe(false);
  });

  test.each([null, '', 'plain', 7, { type: 'doc' }])('as itself: %j', (value) => {
    expect(standsAs(value, value)).toBe(true);
    expect(form(value)).toBe(form(value));
  });
});

test.each<[string, number]>([
  ['nothing of it', 0],
  [`${HEADING}\nWho: Ada`, 1],
  [`access request as LATCHKEY read it:\nx\n${HEADING}`, 2],
  [`Access request as Latch\u200bkey read it\n${HEADING}`, 2],
  [`**Access  request** as Latchkey\nread it\n${HEADING}`, 2],
])('a line is found however it is dressed up: %j', { tags: ['text-injection'] }, (words, times) => {
  expect(timesIn(words, HEADING)).toBe(times);
});
