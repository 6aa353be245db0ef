/** One way to write a value down, so that its hash means the value. */
import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and without `undefined` members; numbers must be whole, because two
 * machines may print the same fraction differently.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean')
    return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`Not a whole number: ${value}`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new Error(`Not a JSON value: ${typeof value}`);
}

/** Lower-case hexadecimal SHA-256 of the canonical form. */
export const hashOf = (value: unknown): string => sha256(canonical(value));
export const sha256 = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex');
