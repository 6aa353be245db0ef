/** Judges an answer by the official description of its API, where the folder with them is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const FOLDER =
  process.env['API_SPECS'] ?? path.resolve(import.meta.dirname, '../../../../shared/specs');
export const specsAtHand = existsSync(FOLDER);

type Json = Record<string, unknown>;

function load(name: string): Json {
  return JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Json;
}

function ajv(): Ajv {
  const made = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(made);
  made.addFormat('int32', true).addFormat('int64', true).addFormat('google-datetime', true);
  return made;
}

/** `nullable` without a `type` is not something ajv knows. */
function withoutLooseNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLooseNullable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key]) => key !== 'nullable' || 'type' in value || typeof (value as Json)[key] !== 'boolean',
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutLooseNullable(inner)]));
}

const compiled = new Map<string, ValidateFunction>();

/** Finds what is wrong with a body; an empty list means nothing. */
export function faultsOf(
  spec: 'okta' | 'graph' | 'directory' | 'cloud',
  schema: string,
  body: unknown,
): string[] {
  const key = `${spec}:${schema}`;
  let validate = compiled.get(key);
  if (!validate) {
    validate = compile(spec, schema);
    compiled.set(key, validate);
  }
  return validate(body)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function compile(spec: 'okta' | 'graph' | 'directory' | 'cloud', schema: string): ValidateFunction {
  if (spec === 'okta' || spec === 'graph') {
    const file =
      spec === 'okta' ? 'okta-management.openapi.json' : 'msgraph-v1.0-subset.openapi.json';
    const { components } = load(file) as { components: Json };
    const schemas = withoutLooseNullable(components['schemas']);
    const tool = ajv();
    tool.addSchema({ $id: 'spec', components: { schemas } } as object);
    return tool.compile({ $ref: `spec#/components/schemas/${schema}` });
  }
  const file = spec === 'directory' ? 'google-admin-directory_v1' : 'google-cloudidentity_v1';
  const { schemas } = load(`${file}.discovery.json`) as { schemas: Json };
  const tool = ajv();
  const text = JSON.stringify(schemas, (key, value) =>
    (key === 'type' && value === 'any') || (key === 'id' && typeof value === 'string')
      ? undefined
      : value,
  ).replaceAll('"$ref":"', '"$ref":"#/schemas/');
  return tool.compile({ schemas: JSON.parse(text), $ref: `#/schemas/${schema}` });
}
