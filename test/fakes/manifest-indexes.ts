/** Which attributes and indexes the ledger's entities have: what Forge would be told. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const index = z.union([
  z.string().transform((name) => ({ name, partition: [] as string[], range: [name] })),
  z.object({
    name: z.string(),
    partition: z.array(z.string()).default([]),
    range: z.array(z.string()).default([]),
  }),
]);
const entity = z.object({
  name: z.string(),
  attributes: z.record(z.string(), z.object({ type: z.string() })),
  indexes: z.array(index).default([]),
});
const manifest = z.object({
  app: z.object({ storage: z.object({ entities: z.array(entity) }) }),
});
export type EntitySchema = z.infer<typeof entity>;

export function manifestEntities(path = 'manifest.yml'): EntitySchema[] {
  if (!existsSync(path)) return [];
  return manifest.parse(parse(readFileSync(path, 'utf8'))).app.storage.entities;
}
