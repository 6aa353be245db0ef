/** Query and path parameters: known, given when required, and of the type that is described. */
import type { Json, SchemaBook } from './json-schema';
import type { Finding, Sent } from './operation';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  /** JSON Schema. */
  readonly schema: Json;
  /** Values of a list are separated by commas instead of repeating the name. */
  readonly commas: boolean;
}

export function checkParameters(
  book: SchemaBook,
  parameters: readonly Parameter[],
  sent: Pick<Sent, 'path' | 'query'>,
): Finding[] {
  const known = new Set(parameters.filter((p) => p.in === 'query').map((p) => p.name));
  const unknown = [...new Set(sent.query.keys())]
    .filter((name) => !known.has(name))
    .map((name) => ({ at: name, message: 'is not a query parameter of this operation' }));
  return [...unknown, ...parameters.flatMap((parameter) => checkOne(book, parameter, sent))];
}

function checkOne(
  book: SchemaBook,
  parameter: Parameter,
  sent: Pick<Sent, 'path' | 'query'>,
): Finding[] {
  const { name, schema } = parameter;
  const inPath = sent.path[name];
  const given =
    parameter.in === 'query' ? sent.query.getAll(name) : inPath === undefined ? [] : [inPath];
  if (given.length === 0) {
    const missed = parameter.in === 'query' && parameter.required;
    return missed ? [{ at: name, message: 'is required in the query' }] : [];
  }
  if (schema['type'] !== 'array') {
    if (given.length > 1) return [{ at: name, message: 'is given more than once' }];
    return named(name, book.check(schema, typed(given[0] ?? '', schema)));
  }
  const items = parameter.commas ? given.flatMap(listed) : given;
  const of = (schema['items'] ?? {}) as Json;
  return named(
    name,
    book.check(
      schema,
      items.map((item) => typed(item, of)),
    ),
  );
}

const named = (name: string, findings: readonly Finding[]): Finding[] =>
  findings.map(({ at, message }) => ({ at: `${name}${at}`, message }));

/** A parameter is text; what it stands for depends on its description. */
function typed(text: string, schema: Json): unknown {
  const { type } = schema;
  if (type === 'integer' || type === 'number') {
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** Items between commas, without the options that OData puts in brackets behind an item. */
const listed = (value: string): string[] => value.replaceAll(/\([^)]*\)/g, '').split(',');
