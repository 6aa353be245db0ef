/** What is wrong with the shape of a document, as a path and a sentence that says what to write instead. */
import type * as z from 'zod/mini';
import '../../shared/english';

export interface Wrong {
  /** `tiers.privileged.durations[1]` */
  readonly path: string;
  readonly sentence: string;
}

/** Names that a document in JSON can carry and that no policy has: they would reach behind the data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const DEEPEST = 20;

export function pathOf(parts: readonly PropertyKey[]): string {
  const text = parts.reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : `${path}${path && '.'}${String(part)}`,
    '',
  );
  return text || 'the document';
}

/** Looked for before anything is read: a schema would pass over some of them in silence. */
export function forbiddenKeys(document: unknown, at: readonly PropertyKey[] = []): Wrong[] {
  if (document === null || typeof document !== 'object') return [];
  if (at.length > DEEPEST)
    return [{ path: pathOf(at), sentence: 'This is nested too deep. A policy has a few levels.' }];
  if (Array.isArray(document)) return document.flatMap((one, n) => forbiddenKeys(one, [...at, n]));
  return Object.getOwnPropertyNames(document).flatMap((key) =>
    FORBIDDEN.has(key)
      ? [{ path: pathOf([...at, key]), sentence: `No policy has a member "${key}". Take it out.` }]
      : forbiddenKeys((document as Record<string, unknown>)[key], [...at, key]),
  );
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in square brackets',
  object: 'an object in braces',
};

export const shapeProblems = (
  error: z.core.$ZodError,
  under: readonly PropertyKey[] = [],
): Wrong[] =>
  error.issues.flatMap((issue) => problemsOf(issue, [...under, ...issue.path])).slice(0, 50);

function problemsOf(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Wrong[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: pathOf([...at, key]),
      sentence: `Nothing is called "${key}" here. Take it out, or look whether it is misspelt.`,
    }));
  return [{ path: pathOf(at), sentence: sentenceOf(issue) }];
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = EXPECTED[issue.expected] ?? issue.expected;
      return issue.message.endsWith('received undefined')
        ? `This is missing. Write ${wanted}.`
        : `Write ${wanted} here.`;
    }
    case 'invalid_value':
      return `Write one of these: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return `Write ${sizeOf(issue.origin, Number(issue.minimum), 'at least')}.`;
    case 'too_big':
      return `Write ${sizeOf(issue.origin, Number(issue.maximum), 'at most')}.`;
    case 'invalid_format':
      return `Write it in this form: ${FORMS[issue.pattern ?? ''] ?? issue.pattern ?? issue.format}.`;
    case 'invalid_union':
      return unionSentence(issue);
    default:
      return `${issue.message}.`;
  }
}

function sizeOf(origin: string, bound: number, word: string): string {
  if (origin === 'array') return `${word} ${bound} of them`;
  if (origin === 'string') return `${word} ${bound} characters`;
  return `a number of ${word} ${bound}`;
}

/** Patterns of the policy's schemas, as people write them. */
const FORMS: Readonly<Record<string, string>> = {
  '/^[a-z][a-z0-9-]{0,39}$/': 'lower-case letters, digits and dashes, as first-line',
  '/^[a-z0-9][a-z0-9-]{0,59}$/': 'lower-case letters, digits and dashes, as pay-and-check',
  '/^([01]\\d|2[0-3]):[0-5]\\d$/': '09:00',
  '/^\\d{4}-\\d{2}-\\d{2}$/': '2026-12-25',
};

function unionSentence(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>): string {
  const kinds = (issue as { options?: readonly unknown[] }).options;
  if (kinds && kinds.length > 0)
    return `Write one of these kinds: ${kinds.map(String).join(', ')}.`;
  const values = issue.errors.flatMap((one) =>
    one.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : [])),
  );
  return values.length > 0
    ? `Write one of these: ${values.join(', ')}, or a whole number from 1 to 20.`
    : 'This is none of the kinds that there are. The guide lists them.';
}
