/**
 * What the store refuses. Codes that were measured on the live platform (October 2026):
 * KEY_CONFLICT, CONDITIONAL_CHECK_FAILED, UNPROCESSABLE_ENTITY, KEY_DUPLICATION_ERROR,
 * TOO_MANY_BATCH_ENTITIES, SCHEMA_NOT_FOUND, INVALID_TTL, INCORRECT_PROPERTY_TYPE. The others are
 * the documented ones.
 * https://developer.atlassian.com/platform/forge/storage-reference/handling-errors-kvs/
 */
import { z } from 'zod';
import { json, type Reply } from '../../kit/routes';
import type { Entity } from '../manifest';

export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  reply(): Reply {
    return json(this.status, { code: this.code, message: this.message });
  }
}

const KIB = 1024;
export const LIMITS = {
  keyLength: 500,
  valueBytes: 240 * KIB,
  secretBytes: 128 * KIB,
  depth: 31,
  operations: 25,
  requestBytes: 4 * KIB * KIB,
  pageSize: 100,
  conditions: 100,
  ttlSeconds: 365 * 24 * 3600,
} as const;

const KEY = /^(?!\s+$)[a-zA-Z0-9:._\s\-#]+$/;

export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') throw new Refused(400, 'INVALID_KEY', 'The key must be a string.');
  if (key === '') throw new Refused(400, 'KEY_TOO_SHORT', 'The key must not be empty.');
  if (key.length > LIMITS.keyLength) throw new Refused(400, 'KEY_TOO_LONG', 'The key is too long.');
  if (!KEY.test(key)) throw new Refused(400, 'INVALID_KEY', `The key "${key}" is not valid.`);
}

export function checkValue(value: unknown, maxBytes: number): void {
  if (value === undefined || value === null) {
    throw new Refused(400, 'INVALID_VALUE', 'A value must be given.');
  }
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) {
    throw new Refused(400, 'MAX_SIZE', 'The value exceeds the maximum size.');
  }
  if (depthOf(value) > LIMITS.depth) {
    throw new Refused(400, 'MAX_DEPTH', 'The value is nested too deeply.');
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

export function checkEntityValue(entity: Entity, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused(400, 'INVALID_ENTITY_VALUE', 'An entity value must be an object.');
  }
  for (const [name, item] of Object.entries(value)) {
    const type = entity.attributes[name]?.type;
    if (!type) {
      throw new Refused(
        400,
        'INVALID_ENTITY_ATTRIBUTE',
        `"${name}" is not declared on ${entity.name}.`,
      );
    }
    if (!hasType(type, item)) {
      const message = `Data type for property "${name}" is defined as "${type}".`;
      throw new Refused(400, 'INCORRECT_PROPERTY_TYPE', message);
    }
  }
}

const LARGEST_INTEGER = 2 ** 31;

export function hasType(type: Entity['attributes'][string]['type'], value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'integer':
      return (
        Number.isInteger(value) &&
        (value as number) >= -LARGEST_INTEGER &&
        (value as number) < LARGEST_INTEGER
      );
    case 'float':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
  }
}

const UNIT_SECONDS = { SECONDS: 1, MINUTES: 60, HOURS: 3600, DAYS: 86400 } as const;

const ttlSchema = z.object({
  value: z.number().int().positive(),
  unit: z.enum(['SECONDS', 'MINUTES', 'HOURS', 'DAYS']),
});

export function ttlMsOf(ttl: unknown): number | undefined {
  if (ttl === undefined) return undefined;
  const parsed = ttlSchema.safeParse(ttl);
  const seconds = parsed.success ? parsed.data.value * UNIT_SECONDS[parsed.data.unit] : 0;
  if (seconds === 0 || seconds > LIMITS.ttlSeconds) {
    throw new Refused(400, 'INVALID_TTL', 'The time to live must be between 1 second and 1 year.');
  }
  return seconds * 1000;
}
