/**
 * Okta's filter and search expressions, the part that is called: comparisons joined by `and`, `or`
 * and parentheses. Property names are case-sensitive; how values compare is the caller's choice.
 */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly property: string;
      readonly operator: Operator;
      readonly value: string;
    };
type Operator = 'eq' | 'sw' | 'co' | 'gt' | 'lt' | 'ge' | 'le' | 'pr';

const OPERATORS = new Set<string>(['eq', 'sw', 'co', 'gt', 'lt', 'ge', 'le', 'pr']);

export class BadExpression extends Error {}

export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let next = 0;
  const peek = () => tokens[next];
  const take = () => tokens[next++] ?? fail(text);

  const joined = (kind: 'and' | 'or', inner: () => Expression): Expression => {
    const parts = [inner()];
    while (peek()?.toLowerCase() === kind) {
      take();
      parts.push(inner());
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind, parts };
  };
  const primary = (): Expression => {
    if (peek() === '(') {
      take();
      const inside = anyOf();
      if (take() !== ')') fail(text);
      return inside;
    }
    const property = take();
    const operator = take().toLowerCase();
    if (!OPERATORS.has(operator) || !/^[A-Za-z_][\w.]*$/.test(property)) fail(text);
    const value = operator === 'pr' ? '' : literal(take());
    return { kind: 'compare', property, operator: operator as Operator, value };
  };
  const allOf = () => joined('and', primary);
  const anyOf = (): Expression => joined('or', allOf);

  const expression = anyOf();
  if (next < tokens.length) fail(text);
  return expression;
}

export interface Comparing {
  read(property: string): string | undefined;
  ignoreCase: boolean;
}

export function matches(expression: Expression, by: Comparing): boolean {
  if (expression.kind !== 'compare') {
    const holds = (part: Expression) => matches(part, by);
    return expression.kind === 'and' ? expression.parts.every(holds) : expression.parts.some(holds);
  }
  const found = by.read(expression.property);
  if (found === undefined) return false;
  const [left, right] = by.ignoreCase
    ? [found.toLowerCase(), expression.value.toLowerCase()]
    : [found, expression.value];
  switch (expression.operator) {
    case 'pr':
      return true;
    case 'eq':
      return left === right;
    case 'sw':
      return left.startsWith(right);
    case 'co':
      return left.includes(right);
    case 'gt':
      return left > right;
    case 'lt':
      return left < right;
    case 'ge':
      return left >= right;
    case 'le':
      return left <= right;
  }
}

export function properties(expression: Expression): string[] {
  return expression.kind === 'compare'
    ? [expression.property]
    : expression.parts.flatMap(properties);
}

/** What is compared with. */
export function values(expression: Expression): string[] {
  return expression.kind === 'compare' ? [expression.value] : expression.parts.flatMap(values);
}

export function operators(expression: Expression): string[] {
  return expression.kind === 'compare'
    ? [expression.operator]
    : expression.parts.flatMap(operators);
}

function tokenize(text: string): string[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g) ?? [];
  if (tokens.join('').replace(/\s/g, '') !== text.replace(/\s/g, '')) fail(text);
  return tokens;
}

function literal(token: string): string {
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  return token === 'true' || token === 'false' || /^\d+$/.test(token) ? token : fail(token);
}

function fail(text: string): never {
  throw new BadExpression(`Invalid search criteria: ${text}`);
}
