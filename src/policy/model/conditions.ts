/** Whether a condition is true of a person. What could not be read is unknown, which is never "no". */
import type { Condition } from '../../contracts/policy';
import type { Facts, Said } from './verdict';

export interface Seen {
  readonly said: Said;
  /** With the value that was looked at. */
  readonly because: string;
}

export function conditionOf(condition: Condition, facts: Facts): Seen {
  switch (condition.kind) {
    case 'department':
      return oneOf('department', condition.is, facts.department);
    case 'employment':
      return oneOf('kind of employment', condition.is, facts.employment);
    case 'directory-group':
      return inGroup(groupKey(condition), facts);
  }
}

/** `connection:groupId`, as `Facts.groups` holds it. */
export const groupKey = (of: { readonly connection: string; readonly group: string }) =>
  `${of.connection}:${of.group}`;

/** Any of them; without any it holds for nobody, so callers ask first whether there are some. */
export function anyOf(conditions: readonly Condition[], facts: Facts): Seen {
  const seen = conditions.map((condition) => conditionOf(condition, facts));
  const holds = seen.find((one) => one.said === 'holds');
  if (holds) return holds;
  const unknown = seen.some((one) => one.said === 'unknown');
  return {
    said: unknown ? 'unknown' : 'fails',
    because: seen.map((one) => one.because).join(' '),
  };
}

const plain = (text: string): string => text.trim().toLowerCase();

function oneOf(what: string, named: readonly string[], value: string | null | undefined): Seen {
  const rule = `the rule names ${named.join(', ')}`;
  if (value === undefined)
    return { said: 'unknown', because: `The ${what} could not be read; ${rule}.` };
  if (value === null || plain(value) === '')
    return { said: 'fails', because: `The directory names no ${what}; ${rule}.` };
  const holds = named.some((one) => plain(one) === plain(value));
  return { said: holds ? 'holds' : 'fails', because: `The ${what} is ${value}; ${rule}.` };
}

function inGroup(key: string, { groups, looked }: Facts): Seen {
  if (groups === undefined || (looked && !looked.groups.has(key)))
    return { said: 'unknown', because: `Whether the person is in the group ${key} is not known.` };
  return groups.has(key)
    ? { said: 'holds', because: `The person is in the group ${key}.` }
    : { said: 'fails', because: `The person is not in the group ${key}.` };
}
