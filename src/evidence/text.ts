/** What one waiting entry reads like on an issue. */
import type { Block, Text } from '../jira/port';
import type { OutboxEntry } from './model/telling';

export function textOf(entry: OutboxEntry): Text {
  const said = entry.said ?? { headline: '', lines: [] };
  const number = entry.evidenceId.split(':')[1]?.replace(/^0+/, '');
  return {
    blocks: [
      { kind: 'paragraph', text: said.headline, strong: true },
      ...said.lines.map((text): Block => ({ kind: 'paragraph', text })),
      ...(said.items && said.items.length > 0
        ? [{ kind: 'list', items: said.items } as const]
        : []),
      { kind: 'paragraph', text: `Evidence ${number} · ${entry.shortHash}` },
    ],
  };
}
