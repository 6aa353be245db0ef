/**
 * A description as Jira holds it (Atlassian Document Format), compared node by node: text that was
 * moved into a folded section, struck through or painted over reads the same and is not the same.
 */

/** Set by Jira itself, not by whoever edits, and without effect on what is seen. */
const BY_JIRA = new Set(['localId', 'accessLevel']);

type Members = Readonly<Record<string, unknown>>;

/** Node types, marks, text and attributes, in one way to write them down. */
export function formOf(document: unknown): unknown {
  if (Array.isArray(document)) return joined(document.map(formOf));
  if (!isMembers(document)) return document ?? null;
  const kept = Object.entries(document).flatMap(([name, value]): [string, unknown][] => {
    if (BY_JIRA.has(name)) return [];
    const form = name === 'marks' ? inOrder(formOf(value)) : formOf(value);
    return isEmpty(form) ? [] : [[name, form]];
  });
  return Object.fromEntries(kept);
}

/** Whether what was sent is what stands there; Jira may have added attributes, and nothing else. */
export const standsAs = (sent: unknown, standing: unknown): boolean =>
  holds(formOf(sent), formOf(standing), false);

/** How often a line stands in a text, whatever its case, spacing and unseen characters. */
export function timesIn(text: string, line: string): number {
  return lettersOf(text).split(lettersOf(line)).length - 1;
}

function holds(sent: unknown, standing: unknown, more: boolean): boolean {
  if (Array.isArray(sent)) {
    if (!Array.isArray(standing) || standing.length !== sent.length) return false;
    return sent.every((one, i) => holds(one, standing[i], false));
  }
  if (!isMembers(sent)) return sent === standing;
  if (!isMembers(standing)) return false;
  return (
    Object.entries(sent).every(([name, value]) => holds(value, standing[name], name === 'attrs')) &&
    Object.keys(standing).every((name) => more || name === 'attrs' || Object.hasOwn(sent, name))
  );
}

/** Jira cuts text into pieces as it likes; pieces that look alike are one. */
function joined(nodes: readonly unknown[]): unknown[] {
  const whole: unknown[] = [];
  for (const node of nodes) {
    const last = whole.at(-1);
    if (isText(last) && isText(node) && JSON.stringify(last.marks) === JSON.stringify(node.marks))
      whole[whole.length - 1] = { ...last, text: last.text + node.text };
    else whole.push(node);
  }
  return whole;
}

function inOrder(marks: unknown): unknown {
  if (!Array.isArray(marks)) return marks;
  return [...marks].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is { text: string; marks?: unknown } =>
  isMembers(value) && value['type'] === 'text' && typeof value['text'] === 'string';
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const lettersOf = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
