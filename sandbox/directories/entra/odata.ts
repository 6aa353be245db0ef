/** The part of OData that is called: `$filter` with equality, `in`, prefixes and `any`, joined by and/or. */
import { badQuery } from './errors';

type Value = string | boolean | number | null;
/** https://learn.microsoft.com/graph/filter-query-parameter */
const MOST_IN = 15;
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'eq' | 'startswith'; readonly field: string; readonly value: Value }
  | { readonly kind: 'any'; readonly field: string; readonly value: Value }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Value[] };

/** A quote inside a literal is doubled. */
const TOKEN = /\s*('(?:[^']|'')*'|[(),:]|[A-Za-z_][\w/.]*|\d+|[^\s])/gy;

export function parseFilter(text: string): Filter {
  const tokens = [...text.trimEnd().matchAll(TOKEN)].map((match) => match[1] ?? '');
  let next = 0;
  const take = () => tokens[next++] ?? invalid(text);
  const expect = (token: string) => {
    if (take() !== token) invalid(text);
  };
  const literal = (): Value => {
    const token = take();
    if (/^'.*'$/s.test(token)) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d+$/.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    return token === 'null' ? null : invalid(text);
  };
  const name = () => {
    const token = take();
    return /^[A-Za-z_][\w/.]*$/.test(token) ? token : invalid(text);
  };
  const comparison = (): Filter => {
    if (tokens[next] === '(') {
      take();
      const inside = anyOf();
      expect(')');
      return inside;
    }
    const first = name();
    if (first === 'startswith') {
      expect('(');
      const field = name();
      expect(',');
      const value = literal();
      expect(')');
      return { kind: 'startswith', field, value };
    }
    if (first.endsWith('/any')) {
      expect('(');
      const variable = name();
      expect(':');
      expect(variable);
      expect('eq');
      const value = literal();
      expect(')');
      return { kind: 'any', field: first.slice(0, -'/any'.length), value };
    }
    if (tokens[next] === 'in') {
      take();
      expect('(');
      const values = [literal()];
      while (tokens[next] === ',') {
        take();
        values.push(literal());
      }
      expect(')');
      if (values.length > MOST_IN) {
        throw badQuery(
          `Too many child clauses specified in filter expression containing 'OR' operators: ${values.length}. Max allowed: ${MOST_IN}.`,
        );
      }
      return { kind: 'in', field: first, values };
    }
    expect('eq');
    return { kind: 'eq', field: first, value: literal() };
  };
  const joined = (kind: 'and' | 'or', inner: () => Filter): Filter => {
    const parts = [inner()];
    while (tokens[next] === kind) {
      take();
      parts.push(inner());
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind, parts };
  };
  const allOf = () => joined('and', comparison);
  const anyOf = (): Filter => joined('or', allOf);
  const filter = anyOf();
  return next === tokens.length ? filter : invalid(text);
}

export function passes(filter: Filter, row: Record<string, unknown>): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => passes(part, row));
    case 'or':
      return filter.parts.some((part) => passes(part, row));
    case 'eq':
      return same(valueAt(row, filter.field), filter.value);
    case 'in':
      return filter.values.some((value) => same(valueAt(row, filter.field), value));
    case 'startswith': {
      const value = row[filter.field];
      return (
        typeof value === 'string' &&
        value.toLowerCase().startsWith(String(filter.value).toLowerCase())
      );
    }
    case 'any': {
      const values = row[filter.field];
      return Array.isArray(values) && values.some((value) => same(value, filter.value));
    }
  }
}

export function fields(filter: Filter): string[] {
  return 'parts' in filter ? filter.parts.flatMap(fields) : [filter.field];
}

const valueAt = (row: unknown, path: string): unknown =>
  path.split('/').reduce((at, name) => (at as Record<string, unknown> | null)?.[name], row);

/** Text compares without regard to case. */
function same(found: unknown, wanted: Value): boolean {
  return typeof found === 'string' && typeof wanted === 'string'
    ? found.toLowerCase() === wanted.toLowerCase()
    : found === wanted;
}

function invalid(text: string): never {
  throw badQuery(`Invalid filter clause: ${text}`);
}
