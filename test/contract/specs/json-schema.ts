/**
 * Turns what OpenAPI 3.0 and Google's discovery documents call a schema into JSON Schema, and
 * compiles it. Each direction has its own reading: a read-only member is not required of a request
 * and not allowed in it, a write-only member is not required of an answer.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Finding } from './operation';

export type Direction = 'request' | 'response';
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEPT = [
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

export function fromOpenApi(node: unknown, direction: Direction): unknown {
  if (!isObject(node)) return node;
  const out = isObject(node) && typeof node['$ref'] === 'string' ? refOf(node) : {};
  if (!('$ref' in out)) Object.assign(out, ownKeywords(node, direction));
  return node['nullable'] === true ? orNull(out) : out;
}

/** Other keywords beside a reference do not count, except `nullable`, which authors mean. */
const refOf = (node: Json): Record<string, unknown> => ({ $ref: node['$ref'] });

function ownKeywords(node: Json, direction: Direction): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of KEPT) if (node[key] !== undefined) out[key] = node[key];
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = node[key];
    if (!Array.isArray(branches)) continue;
    out[key] = branches.map((branch) => nullBranch(branch) ?? fromOpenApi(branch, direction));
  }
  for (const key of ['items', 'additionalProperties', 'not'] as const) {
    if (node[key] !== undefined) out[key] = fromOpenApi(node[key], direction);
  }
  const properties = isObject(node['properties']) ? node['properties'] : {};
  const absent = (name: string) =>
    isObject(properties[name]) &&
    properties[name][direction === 'request' ? 'readOnly' : 'writeOnly'] === true;
  if (Object.keys(properties).length > 0) {
    out['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [name, fromOpenApi(inner, direction)]),
    );
  }
  if (Array.isArray(node['required'])) {
    out['required'] = node['required'].filter((name: string) => !absent(name));
  }
  return out;
}

/** How the OData conversion writes "or null"; taken by its word it would let every object in. */
function nullBranch(branch: unknown): Json | undefined {
  if (!isObject(branch)) return undefined;
  const keys = Object.keys(branch).sort().join();
  return keys === 'nullable,type' && branch['type'] === 'object' ? { type: 'null' } : undefined;
}

const orNull = (schema: Record<string, unknown>) =>
  Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };

/** Compiles schemas that refer to one another under one root document, each once. */
export class SchemaBook {
  readonly #ajv: Ajv;
  readonly #root: string;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(root: string, document: object) {
    this.#root = root;
    this.#ajv = new Ajv({
      strict: false,
      allErrors: true,
      logger: false,
      unicodeRegExp: false,
      inlineRefs: false,
    });
    addFormats(this.#ajv);
    const whole = (value: number) => Number.isInteger(value);
    this.#ajv.addFormat('int32', {
      type: 'number',
      validate: (value) => whole(value) && Math.abs(value) <= 2 ** 31,
    });
    this.#ajv.addFormat('int64', { type: 'number', validate: whole });
    this.#ajv.addFormat('google-int64', { type: 'string', validate: /^-?\d+$/ });
    this.#ajv.addFormat('google-uint64', { type: 'string', validate: /^\d+$/ });
    this.#ajv.addSchema({ $id: root, ...document });
  }

  /** `schema` is already JSON Schema, its references relative to the root document. */
  check(schema: unknown, value: unknown): Finding[] {
    const text = JSON.stringify(schema);
    let validate = this.#compiled.get(text);
    if (!validate) {
      const absolute = text.replaceAll('"$ref":"#', `"$ref":"${this.#root}#`);
      validate = this.#ajv.compile(JSON.parse(absolute) as object);
      this.#compiled.set(text, validate);
    }
    if (validate(value)) return [];
    return tellingOnes(validate.errors ?? []).map((error) => ({
      at: error.instancePath,
      message: worded(error),
    }));
  }
}

/** That no branch of a choice fits is said by the branches themselves. */
function tellingOnes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const telling = errors.filter(
    ({ keyword, message }) => keyword !== 'anyOf' && message !== 'must be null',
  );
  return telling.length > 0 ? telling : errors;
}

function worded({ keyword, message = keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    return `must not have the member "${params['additionalProperty']}"`;
  }
  if (keyword === 'enum') return `${message}: ${JSON.stringify(params['allowedValues'])}`;
  return message;
}
