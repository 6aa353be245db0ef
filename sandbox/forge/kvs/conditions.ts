/** Conditions of queries and transactions over one stored value. */
import { z } from 'zod';
import type { Entity } from '../manifest';
import { hasType, LIMITS, Refused } from './checks';

const OPERATORS = [
  'BEGINS_WITH',
  'BETWEEN',
  'CONTAINS',
  'EQUAL_TO',
  'EXISTS',
  'GREATER_THAN',
  'GREATER_THAN_EQUAL_TO',
  'LESS_THAN',
  'LESS_THAN_EQUAL_TO',
  'NOT_CONTAINS',
  'NOT_EQUAL_TO',
  'NOT_EXISTS',
] as const;

export const conditionSchema = z.object({
  condition: z.enum(OPERATORS),
  values: z.array(z.unknown()).default([]),
});
type Condition = z.infer<typeof conditionSchema>;

const onProperty = conditionSchema.extend({ property: z.string() });
export const filtersSchema = z.object({
  and: z.array(onProperty).optional(),
  or: z.array(onProperty).optional(),
});
export type Filters = z.infer<typeof filtersSchema>;

export function checkFilters(filters: Filters, entity: Entity): void {
  const all = [...(filters.and ?? []), ...(filters.or ?? [])];
  if (all.length === 0) throw new Refused(400, 'EMPTY_FILTER_OPERATOR', 'The filter is empty.');
  if (all.length > LIMITS.conditions) {
    throw new Refused(400, 'INVALID_FILTER_CONDITION', 'Too many conditions.');
  }
  for (const condition of all) {
    const type = entity.attributes[condition.property]?.type;
    if (!type) {
      const message = `"${condition.property}" is not declared on ${entity.name}.`;
      throw new Refused(400, 'INVALID_ENTITY_ATTRIBUTE', message);
    }
    checkOperands(condition, type);
  }
}

/** Operands must be as many as the operator takes, and of the attribute's type. */
export function checkOperands(
  condition: Condition,
  type: Entity['attributes'][string]['type'] | undefined,
): void {
  const { condition: operator, values } = condition;
  if (operator === 'EXISTS' || operator === 'NOT_EXISTS') return;
  const wanted = operator === 'BETWEEN' ? 2 : 1;
  const typed = values.every((value) => type === undefined || hasType(type, value));
  if (values.length !== wanted || !typed) {
    const message = `The values given for ${operator} do not fit.`;
    throw new Refused(400, 'INVALID_FILTER_VALUES', message);
  }
}

/** A condition on a record that does not exist fails, except that an attribute does not exist. */
export function satisfies(filters: Filters, value: unknown): boolean {
  const holds = (c: z.infer<typeof onProperty>) => {
    if (value === undefined) return c.condition === 'NOT_EXISTS';
    return meets((value as Record<string, unknown>)[c.property], c);
  };
  return (filters.and ?? []).every(holds) && (!filters.or?.length || filters.or.some(holds));
}

export function meets(value: unknown, { condition, values }: Condition): boolean {
  const [first, second] = values;
  const order = compare(value, first);
  switch (condition) {
    case 'EXISTS':
      return value !== undefined;
    case 'NOT_EXISTS':
      return value === undefined;
    case 'EQUAL_TO':
      return value === first;
    case 'NOT_EQUAL_TO':
      return value !== first;
    case 'BEGINS_WITH':
      return typeof value === 'string' && value.startsWith(String(first));
    case 'CONTAINS':
      return contains(value, first);
    case 'NOT_CONTAINS':
      return !contains(value, first);
    case 'GREATER_THAN':
      return order !== undefined && order > 0;
    case 'GREATER_THAN_EQUAL_TO':
      return order !== undefined && order >= 0;
    case 'LESS_THAN':
      return order !== undefined && order < 0;
    case 'LESS_THAN_EQUAL_TO':
      return order !== undefined && order <= 0;
    case 'BETWEEN': {
      const upper = compare(value, second);
      return order !== undefined && order >= 0 && upper !== undefined && upper <= 0;
    }
  }
}

function contains(value: unknown, part: unknown): boolean {
  if (Array.isArray(value)) return value.includes(part);
  return typeof value === 'string' && value.includes(String(part));
}

/** Undefined when the two cannot be compared. */
export function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return undefined;
}
