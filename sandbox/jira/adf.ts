/** Atlassian Document Format: checked as strictly as Jira does, and made from and into plain text. */
import { refuseFields } from './errors';
import type { AdfNode } from './state';

/** https://support.atlassian.com/jira-cloud-administration/docs/configure-jira-application-options/ */
export const LONGEST_TEXT = 32_767;

const BLOCKS = new Set([
  'paragraph',
  'heading',
  'bulletList',
  'orderedList',
  'codeBlock',
  'blockquote',
  'rule',
  'panel',
  'table',
  'expand',
]);
const CHILDREN: Record<string, ReadonlySet<string>> = {
  doc: BLOCKS,
  paragraph: new Set(['text', 'hardBreak', 'mention', 'emoji', 'status', 'date', 'inlineCard']),
  heading: new Set(['text', 'hardBreak', 'mention', 'emoji', 'status', 'date', 'inlineCard']),
  bulletList: new Set(['listItem']),
  orderedList: new Set(['listItem']),
  listItem: new Set(['paragraph', 'bulletList', 'orderedList', 'codeBlock']),
  codeBlock: new Set(['text']),
  blockquote: new Set(['paragraph', 'bulletList', 'orderedList']),
  panel: new Set(['paragraph', 'heading', 'bulletList', 'orderedList']),
  expand: BLOCKS,
  table: new Set(['tableRow']),
  tableRow: new Set(['tableCell', 'tableHeader']),
  tableCell: BLOCKS,
  tableHeader: BLOCKS,
};
const MARKS = new Set([
  'strong',
  'em',
  'code',
  'strike',
  'underline',
  'link',
  'textColor',
  'subsup',
]);

/** Refuses what Jira refuses; `field` names the culprit in the error. */
export function checkedDocument(value: unknown, field: string): AdfNode {
  if (!isNode(value) || value.type !== 'doc' || value.version !== 1 || !value.content) {
    throw refuseFields({
      [field]: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
    });
  }
  if (!fits(value)) throw refuseFields({ [field]: 'INVALID_INPUT' });
  if (JSON.stringify(value).length > LONGEST_TEXT) throw refuseFields({ [field]: tooLong() });
  return value;
}

export const tooLong = (): string =>
  `The entered text is too long. It exceeds the allowed limit of ${LONGEST_TEXT.toLocaleString('en')} characters.`;

function isNode(value: unknown): value is AdfNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    (!('content' in value) || Array.isArray(value.content))
  );
}

function fits(node: AdfNode): boolean {
  if (node.type === 'text') {
    // An empty text node is the classic way to have a document refused.
    const marks = node.marks ?? [];
    return (
      typeof node.text === 'string' &&
      node.text !== '' &&
      Array.isArray(marks) &&
      marks.every((mark) => isNode(mark) && MARKS.has(mark.type))
    );
  }
  const allowed = CHILDREN[node.type];
  if (!allowed) return node.content === undefined;
  const children = node.content ?? [];
  if (node.type.endsWith('List') && children.length === 0) return false;
  return children.every((child) => isNode(child) && allowed.has(child.type) && fits(child));
}

/** A document with one paragraph per line; `null` for nothing. */
export function documentOf(text: string): AdfNode | null {
  if (text.trim() === '') return null;
  return {
    type: 'doc',
    version: 1,
    content: text.split(/\r?\n/).map((line) => ({
      type: 'paragraph',
      content: line === '' ? [] : [{ type: 'text', text: line }],
    })),
  };
}

/** What a reader sees, without marks: blocks on lines of their own. */
export function plainText(node: AdfNode | null): string {
  if (!node) return '';
  return lines(node).join('\n');
}

function lines(node: AdfNode): string[] {
  const children = node.content ?? [];
  if (['paragraph', 'heading', 'codeBlock'].includes(node.type)) {
    return children.map(inline).join('').split('\n');
  }
  if (node.type === 'listItem') {
    return children.flatMap(lines).map((line, i) => (i === 0 ? `• ${line}` : `  ${line}`));
  }
  return children.flatMap(lines);
}

function inline(node: AdfNode): string {
  if (node.type === 'hardBreak') return '\n';
  const shown = node.text ?? node.attrs?.['text'] ?? node.attrs?.['url'] ?? '';
  return String(shown);
}
