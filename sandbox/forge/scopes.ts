/** Which scopes an endpoint needs. One row per endpoint that the app uses; a missing row is loud. */
import { z } from 'zod';
import rows from './endpoint-scopes.json';

const rowSchema = z
  .object({
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
    /** With placeholders in braces, as in the official specification. */
    path: z.string(),
    /** Classic scopes; all of them are needed. */
    scopes: z.array(z.string()),
  })
  .strict();
export type ScopeRow = z.infer<typeof rowSchema>;

export const scopeRows: readonly ScopeRow[] = z.array(rowSchema).parse(rows);

const compiled = scopeRows.map((row) => ({
  row,
  test: new RegExp(`^${row.path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** Literal paths win over placeholders, so `/issue/bulkfetch` is not taken for an issue's key. */
export function scopeRowFor(method: string, pathname: string): ScopeRow | undefined {
  const hits = compiled.filter(({ row, test }) => row.method === method && test.test(pathname));
  return hits.sort((a, b) => placeholders(a.row) - placeholders(b.row))[0]?.row;
}

const placeholders = ({ path }: ScopeRow) => path.split('{').length;
