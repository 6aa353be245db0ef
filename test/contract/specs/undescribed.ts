/**
 * Members that a description does not have. OpenAPI lets them pass unless a schema closes itself,
 * but a service does not answer what it does not describe, and ignores or refuses what it is sent.
 */
import { isObject, type Json } from './json-schema';
import type { Finding } from './operation';

export type Resolve = (node: unknown) => Json | undefined;

/** Everything that a schema says about one object, through references and combinations. */
interface Described {
  open: boolean;
  readonly properties: Map<string, unknown[]>;
  readonly items: unknown[];
}

export function undescribedMembers(
  schema: unknown,
  value: unknown,
  resolve: Resolve,
  at = '',
): Finding[] {
  return walk([schema], value, resolve, at);
}

function walk(
  schemas: readonly unknown[],
  value: unknown,
  resolve: Resolve,
  at: string,
): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  const described: Described = { open: false, properties: new Map(), items: [] };
  for (const schema of schemas) gather(schema, resolve, described, new Set());
  if (Array.isArray(value)) {
    if (described.items.length === 0) return [];
    return value.flatMap((item, i) => walk(described.items, item, resolve, `${at}/${i}`));
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = described.properties.get(name);
    if (inner) return walk(inner, member, resolve, `${at}/${name}`);
    if (described.open || described.properties.size === 0 || isAnnotation(name)) return [];
    return [{ at, message: `has the undescribed member "${name}"` }];
  });
}

function gather(node: unknown, resolve: Resolve, into: Described, seen: Set<Json>): void {
  const schema = resolve(node);
  if (!schema || seen.has(schema)) return;
  seen.add(schema);
  const { additionalProperties: more, properties, items } = schema;
  if (more === true || isObject(more) || schema['x-okta-extensible'] === true) into.open = true;
  // A branch that says nothing lets everything in.
  if (schema['type'] === 'object' && !isObject(properties) && !combines(schema)) into.open = true;
  if (isObject(properties)) {
    for (const [name, inner] of Object.entries(properties)) {
      into.properties.set(name, [...(into.properties.get(name) ?? []), inner]);
    }
  }
  if (items !== undefined) into.items.push(items);
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    // `nullable` alone stands for null.
    for (const branch of branches) {
      if (!(isObject(branch) && branch['nullable'] === true && branch['type'] === 'object')) {
        gather(branch, resolve, into, seen);
      }
    }
  }
}

const combines = (schema: Json) => ['allOf', 'anyOf', 'oneOf'].some((key) => key in schema);

/** OData adds these to any object. */
const isAnnotation = (name: string) => name.includes('@odata.');
