/** Atlassian Document Format: our plain blocks into it, and any document back into plain text. */
import type { Block, OwnPart, Text } from './port';

/** Jira's limit for a comment or a description. */
export const LONGEST_DOCUMENT = 32_767;
const LINE_END = /\r\n?|[\u2028\u2029\u0085]/g;
/** Control and format characters, fillers and variation selectors. */
const UNSEEN =
  /[^\P{Cc}\n\t]|\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]|[\u180b-\u180f]|[\ufe00-\ufe0f]/gu;
const SHORTENED = 'Shortened: the whole text is longer than Jira allows here.';

type Node = {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly { readonly type: string }[];
  readonly content?: readonly Node[];
};
export type Document = Node & { readonly version: 1 };

/**
 * What people typed goes into text nodes only, so that a mention, a link or a macro in it stays
 * what it is: characters. Which count Jira limits is not documented; the document's own JSON is
 * the longest of the candidates.
 */
export function toAdf(text: Text, longest = LONGEST_DOCUMENT): Document {
  const whole = documentOf(text.blocks);
  if (sizeOf(whole) <= longest) return whole;
  let fits = 0;
  let tooMany = lengthOf(text.blocks);
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizeOf(shortened(text.blocks, middle)) <= longest) fits = middle;
    else tooMany = middle;
  }
  return shortened(text.blocks, fits);
}

/**
 * What people wrote stays node by node as it is, up to the heading; a heading of theirs with the
 * same words counts as ours, so nobody can put answers of their own above the app's.
 */
export function withOwnPart({ before, heading, text }: OwnPart): Document {
  const title = visible(heading).trim();
  const nodes = typeof before === 'string' ? [paragraph(before)] : contentOf(before);
  const at = nodes.findIndex((node) => asNode(node).type === 'heading' && textOf(node) === title);
  const own = [
    { type: 'heading', attrs: { level: 3 }, content: [textNode(title, false)] },
    ...text.blocks.map(nodeOf),
  ];
  return { type: 'doc', version: 1, content: [...(at < 0 ? nodes : nodes.slice(0, at)), ...own] };
}

/** Line breaks kept, marks dropped; the same for a document and for what Jira makes of it. */
export function textOf(document: unknown): string {
  const text = typeof document === 'string' ? document : blockText(asNode(document));
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

/**
 * Without the characters that let a text look like another one: control characters, direction
 * marks, and those that take no room.
 */
export function visible(text: string): string {
  return text.replace(LINE_END, '\n').replace(UNSEEN, '');
}

const documentOf = (blocks: readonly Block[]): Document => ({
  type: 'doc',
  version: 1,
  content: blocks.map(nodeOf),
});

function nodeOf(block: Block): Node {
  if (block.kind === 'paragraph') return paragraph(block.text, block.strong);
  const items = block.items.map((item) => ({ type: 'listItem', content: [paragraph(item)] }));
  return items.length > 0 ? { type: 'bulletList', content: items } : paragraph('');
}

function paragraph(text: string, strong = false): Node {
  const lines = visible(text).split('\n');
  const content = lines.flatMap((line, i): Node[] => [
    ...(i > 0 ? [{ type: 'hardBreak' }] : []),
    // Jira refuses a text node without text.
    ...(line === '' ? [] : [textNode(line, strong)]),
  ]);
  return { type: 'paragraph', content };
}

const textNode = (text: string, strong: boolean): Node => ({
  type: 'text',
  text,
  ...(strong && { marks: [{ type: 'strong' }] }),
});

function shortened(blocks: readonly Block[], characters: number): Document {
  const closing: Block = { kind: 'paragraph', text: SHORTENED };
  return documentOf([...firstOf(blocks, characters), closing]);
}

/** The beginning of the blocks, `characters` long, cut between characters and not inside one. */
function firstOf(blocks: readonly Block[], characters: number): Block[] {
  let left = characters;
  const take = (text: string): string => {
    const part = text.slice(0, left).replace(/[\ud800-\udbff]$/, '');
    left -= Math.min(left, text.length);
    return part;
  };
  const kept: Block[] = [];
  for (const block of blocks) {
    if (left === 0) break;
    if (block.kind === 'paragraph') kept.push({ ...block, text: take(block.text) });
    else kept.push({ ...block, items: block.items.map(take).filter((item) => item !== '') });
  }
  return kept;
}

export const sizeOf = (document: Document): number => JSON.stringify(document).length;
const lengthOf = (blocks: readonly Block[]): number =>
  blocks.reduce(
    (sum, block) =>
      sum + (block.kind === 'paragraph' ? block.text.length : block.items.join('').length),
    0,
  );

const INLINE = new Set(['text', 'hardBreak', 'mention', 'emoji', 'date', 'status', 'inlineCard']);

function blockText(node: Node): string {
  // The title of a folded section is what people see of it first.
  const title = node.attrs?.['title'];
  let text = typeof title === 'string' ? title : '';
  let afterBlock = text !== '';
  for (const child of node.content ?? []) {
    const inline = INLINE.has(child.type);
    if (text !== '' && (afterBlock || !inline)) text += '\n';
    text += inline ? inlineText(child) : blockText(child);
    afterBlock = !inline;
  }
  return text === '' && !node.content ? inlineText(node) : text;
}

/** What stands for itself by an attribute is shown by it, so that exchanging it changes the text. */
function inlineText({ type, text, attrs }: Node): string {
  if (type === 'hardBreak') return '\n';
  const value = text ?? attrs?.['text'] ?? attrs?.['url'] ?? attrs?.['timestamp'] ?? attrs?.['id'];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The document's own nodes, untouched. */
function contentOf(document: unknown): readonly Node[] {
  if (typeof document !== 'object' || document === null) return [];
  const { content } = document as { content?: unknown };
  return Array.isArray(content) ? (content as Node[]) : [];
}

/** Anything that is not a node has no text. */
function asNode(value: unknown): Node {
  if (typeof value !== 'object' || value === null) return { type: 'none' };
  const { type, text, attrs, content } = value as Record<string, unknown>;
  return {
    type: typeof type === 'string' ? type : 'none',
    ...(typeof text === 'string' && { text }),
    ...(typeof attrs === 'object' && attrs !== null && { attrs: attrs as Record<string, unknown> }),
    ...(Array.isArray(content) && { content: content.map(asNode) }),
  };
}
