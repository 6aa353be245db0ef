/** Queries over the plain store and over an entity's indexes; both see the past, not the present. */
import { z } from 'zod';
import { json, type Reply } from '../../kit/routes';
import type { Entity } from '../manifest';
import { LIMITS, Refused } from './checks';
import {
  checkFilters,
  checkOperands,
  compare,
  conditionSchema,
  filtersSchema,
  meets,
  satisfies,
} from './conditions';
import { shownAs } from './shape';
import type { Store, Stored } from './store';

const DEFAULT_PAGE = 10;

const options = z.object({ metadataFields: z.array(z.string()).optional() }).optional();

const plainSchema = z.object({
  limit: z.number().int().optional(),
  after: z.string().optional(),
  where: z
    .array(
      conditionSchema.extend({ property: z.literal('key'), condition: z.literal('BEGINS_WITH') }),
    )
    .max(1)
    .optional(),
  options,
});

export function queryPlain(store: Store, body: unknown): Reply {
  const parsed = plainSchema.safeParse(body);
  if (!parsed.success) throw new Refused(400, 'QUERY_WHERE_INVALID', parsed.error.message);
  const { limit = DEFAULT_PAGE, after, where, options } = parsed.data;
  if (limit < 1 || limit > LIMITS.pageSize) {
    throw new Refused(400, 'LIST_QUERY_LIMIT_EXCEEDED', `The limit is ${LIMITS.pageSize}.`);
  }
  const prefix = String(where?.[0]?.values[0] ?? '');
  const rows = [...store.view('plain')]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, stored]) => ({ key, stored, order: key }));
  const { page, cursor } = paged(rows, { limit, after, descending: false });
  const data = page.map(({ key, stored }) => shownAs(key, stored, options?.metadataFields));
  return json(200, { data, ...(cursor && { cursor }) });
}

const entitySchema = z.object({
  entityName: z.string(),
  indexName: z.string(),
  partition: z.array(z.unknown()).default([]),
  range: conditionSchema.optional(),
  filters: filtersSchema.optional(),
  sort: z.enum(['ASC', 'DESC']).default('ASC'),
  limit: z.number().int().default(DEFAULT_PAGE),
  cursor: z.string().optional(),
  metadataFields: z.array(z.string()).optional(),
  options,
});

export function queryEntity(store: Store, entity: Entity, body: unknown): Reply {
  const query = entitySchema.parse(body);
  if (query.limit < 1 || query.limit > LIMITS.pageSize) {
    const message = `The limit is ${LIMITS.pageSize}.`;
    throw new Refused(400, 'COMPLEX_QUERY_PAGE_LIMIT_NOT_IN_RANGE', message);
  }
  const index = indexOf(entity, query.indexName);
  if (index.partition.length !== query.partition.length) {
    throw new Refused(
      400,
      'INVALID_PARTITION',
      `The partition of ${query.indexName} does not match.`,
    );
  }
  const attribute = index.range[0];
  if (query.range) {
    checkOperands(query.range, attribute ? entity.attributes[attribute]?.type : 'string');
  }
  if (query.filters) checkFilters(query.filters, entity);

  const rows = [];
  for (const [key, stored] of store.view(`entity:${entity.name}`)) {
    const value = stored.value as Record<string, unknown>;
    const order = attribute ? value[attribute] : key;
    if (order === undefined) continue;
    if (index.partition.some((name, i) => value[name] !== query.partition[i])) continue;
    if (query.range && !meets(order, query.range)) continue;
    rows.push({ key, stored, order });
  }
  const { page, cursor } = paged(rows, {
    limit: query.limit,
    after: query.cursor,
    descending: query.sort === 'DESC',
  });
  // The page is cut before the filters run, so a page may come back short and still have a cursor.
  const { filters } = query;
  const fields = query.metadataFields ?? query.options?.metadataFields;
  const data = page
    .filter(({ stored }) => !filters || satisfies(filters, stored.value))
    .map(({ key, stored }) => shownAs(key, stored, fields));
  return json(200, { data, ...(cursor && { cursor }) });
}

function indexOf(entity: Entity, name: string): { range: string[]; partition: string[] } {
  if (name === 'by-key') return { range: [], partition: [] };
  const index = entity.indexes.find((candidate) => candidate.name === name);
  if (index) return index;
  throw new Refused(400, 'INVALID_ENTITY_INDEX', `${entity.name} has no index "${name}".`);
}

interface Row {
  readonly key: string;
  readonly stored: Stored;
  readonly order: unknown;
}

/** The cursor names the last row's place in the order, so it outlives the row. */
function paged(
  rows: Row[],
  { limit, after, descending }: { limit: number; after: string | undefined; descending: boolean },
): { page: Row[]; cursor: string | undefined } {
  const sign = descending ? -1 : 1;
  const inOrder = (a: Pick<Row, 'order' | 'key'>, b: Pick<Row, 'order' | 'key'>) =>
    sign * ((compare(a.order, b.order) ?? 0) || (compare(a.key, b.key) ?? 0));
  rows.sort(inOrder);
  const place = after === undefined ? undefined : decoded(after);
  const left = place ? rows.filter((row) => inOrder(row, place) > 0) : rows;
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const more = left.length > page.length && last;
  return { page, cursor: more ? encoded(last) : undefined };
}

const encoded = ({ order, key }: Row) =>
  Buffer.from(JSON.stringify([order, key])).toString('base64url');

function decoded(cursor: string): { order: unknown; key: string } {
  try {
    const [order, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
      unknown,
      string,
    ];
    return { order, key };
  } catch {
    throw new Refused(400, 'INVALID_CURSOR', 'The cursor is not valid.');
  }
}
