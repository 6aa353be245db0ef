/** Jira's documents as the lines a reader sees. */
import { z } from 'zod';

const nodeSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  get content() {
    return z.array(nodeSchema).optional();
  },
});
type Node = z.infer<typeof nodeSchema>;

const OWN_LINE = new Set(['paragraph', 'heading', 'listItem', 'codeBlock']);

export function linesOf(document: unknown): string[] {
  const parsed = nodeSchema.safeParse(document);
  return parsed.success ? lines(parsed.data).filter((line) => line.trim() !== '') : [];
}

function lines(node: Node): string[] {
  if (OWN_LINE.has(node.type)) return [inline(node)];
  return (node.content ?? []).flatMap(lines);
}

const inline = (node: Node): string =>
  (node.text ?? '') + (node.content ?? []).map(inline).join('');
