/**
 * Methods of a Google discovery document. Google refuses a request with a member that is not
 * described ("Unknown name"), and answers none either, so both are read as complete.
 */
import { isObject, type Json, SchemaBook } from './json-schema';
import { type Answered, type Finding, type Operation, parsed } from './operation';
import { checkParameters, type Parameter } from './parameters';

export function discoveryOperations(document: unknown): Operation[] {
  if (!isObject(document) || !isObject(document['resources'])) throw new Error('not discovery');
  const schemas = (document['schemas'] ?? {}) as Json;
  const book = new SchemaBook('discovery', {
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, fromDiscovery(schema)]),
    ),
  });
  const standard = parametersOf(document['parameters']);
  return methodsOf(document).map((method) => operationOf(method, { book, standard, schemas }));
}

function methodsOf(node: Json): Json[] {
  const own = isObject(node['methods']) ? Object.values(node['methods']) : [];
  const nested = isObject(node['resources']) ? Object.values(node['resources']) : [];
  return [...own.filter(isObject), ...nested.filter(isObject).flatMap(methodsOf)];
}

function operationOf(
  method: Json,
  of: { book: SchemaBook; standard: readonly Parameter[]; schemas: Json },
): Operation {
  const parameters = [...of.standard, ...parametersOf(method['parameters'])];
  const request = method['request'] as { $ref: string } | undefined;
  const required = request ? requiredBy(String(method['id']), of.schemas[request.$ref]) : [];
  return {
    method: String(method['httpMethod']),
    template: `/${String(method['flatPath'] ?? method['path'])}`,
    request(sent) {
      const findings = checkParameters(of.book, parameters, sent);
      if (!request) {
        return sent.body === ''
          ? findings
          : [...findings, { at: '', message: 'has a body; none is described' }];
      }
      const read = parsed(sent.body);
      if ('finding' in read) return [...findings, read.finding];
      const schema = { allOf: [{ $ref: `#/schemas/${request.$ref}` }, { required }] };
      return [...findings, ...of.book.check(schema, read.value)];
    },
    response: (answered) => response(method, of.book, answered),
  };
}

/** Discovery documents describe neither errors nor "as it was", only what a call that worked answers. */
function response(method: Json, book: SchemaBook, { status, body }: Answered): Finding[] {
  if (status >= 400) return [];
  if (status === 304) return body === '' ? [] : [{ at: '', message: 'has a body and status 304' }];
  const described = method['response'] as { $ref: string } | undefined;
  if (!described) {
    return body === '' ? [] : [{ at: '', message: 'has a body; none is described' }];
  }
  if (status !== 200) return [{ at: '', message: `status ${status} is not described` }];
  const read = parsed(body);
  if ('finding' in read) return [read.finding];
  return book.check({ $ref: `#/schemas/${described.$ref}` }, read.value);
}

/** Members that a method cannot do without are marked at the member, not at the method. */
function requiredBy(methodId: string, schema: unknown): string[] {
  const properties = isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, property]) => {
    const annotations = isObject(property) ? property['annotations'] : undefined;
    const methods = isObject(annotations) ? annotations['required'] : undefined;
    return Array.isArray(methods) && methods.includes(methodId) ? [name] : [];
  });
}

function parametersOf(described: unknown): Parameter[] {
  if (!isObject(described)) return [];
  return Object.entries(described)
    .filter(([, parameter]) => isObject(parameter))
    .map(([name, parameter]) => {
      const given = parameter as Json;
      const one = fromDiscovery({
        ...given,
        minimum: numeric(given['minimum']),
        maximum: numeric(given['maximum']),
      });
      return {
        name,
        in: given['location'] === 'path' ? 'path' : 'query',
        required: given['required'] === true,
        schema: given['repeated'] === true ? { type: 'array', items: one } : one,
        commas: false,
      };
    });
}

/** Bounds of parameters are written as text. */
const numeric = (value: unknown) => (value === undefined ? undefined : Number(value));

function fromDiscovery(node: unknown): Json {
  if (!isObject(node)) return {};
  if (typeof node['$ref'] === 'string') return { $ref: `#/schemas/${node['$ref']}` };
  const out: Record<string, unknown> = {};
  for (const key of ['enum', 'pattern', 'minimum', 'maximum']) {
    if (node[key] !== undefined) out[key] = node[key];
  }
  if (node['type'] !== 'any' && node['type'] !== undefined) out['type'] = node['type'];
  const format = node['format'];
  if (typeof format === 'string') {
    const text = node['type'] === 'string' && /^u?int64$/.test(format);
    out['format'] = text ? `google-${format}` : format.replace('google-datetime', 'date-time');
  }
  if (node['items'] !== undefined) out['items'] = fromDiscovery(node['items']);
  if (isObject(node['properties'])) {
    out['properties'] = Object.fromEntries(
      Object.entries(node['properties']).map(([name, inner]) => [name, fromDiscovery(inner)]),
    );
    out['additionalProperties'] = false;
  }
  if (isObject(node['additionalProperties'])) {
    out['additionalProperties'] = fromDiscovery(node['additionalProperties']);
  }
  return out;
}
