/**
 * The part of Jira's expression language that trigger filters use, over the plain data of an event.
 * Like the original, a missing property without `?.` is an error, not undefined.
 * https://developer.atlassian.com/cloud/jira/platform/jira-expressions/
 */

export class ExpressionError extends Error {}

type Scope = ReadonlyMap<string, unknown>;
type Node = (scope: Scope) => unknown;
type Lambda = (...args: unknown[]) => unknown;

/** The value of `source` with `event` in scope; throws `ExpressionError`. */
export function evaluate(source: string, event: unknown): unknown {
  const parser = new Parser(tokens(source));
  const node = parser.expression();
  parser.expectEnd();
  return node(new Map([['event', event]]));
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_$][\w$]*)|(=>|\?\.|===|!==|==|!=|<=|>=|&&|\|\||[-+!<>?:.,()[\]]))/y;

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'sign' | 'end';
  readonly text: string;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  const text = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const hit = TOKEN.exec(text);
    if (!hit)
      throw new ExpressionError(`unexpected character at ${at}: ${text.slice(at, at + 10)}`);
    const [, number, string, name, sign] = hit;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (string !== undefined) found.push({ kind: 'string', text: unquoted(string) });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return [...found, { kind: 'end', text: '' }];
}

const unquoted = (literal: string) => literal.slice(1, -1).replace(/\\(.)/g, '$1');

/** Loosest first. */
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '===', '!=='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw new ExpressionError(`unexpected "${this.#peek().text}"`);
  }

  expression(): Node {
    const lambda = this.#lambda();
    if (lambda) return lambda;
    const condition = this.#binary(0);
    if (!this.#take('?')) return condition;
    const yes = this.expression();
    this.#expect(':');
    const no = this.expression();
    return (scope) => (truth(condition(scope)) ? yes(scope) : no(scope));
  }

  #lambda(): Node | undefined {
    const start = this.#at;
    const names: string[] = [];
    if (this.#take('(')) {
      while (this.#peek().kind === 'name') {
        names.push(this.#next().text);
        if (!this.#take(',')) break;
      }
      if (!this.#take(')')) names.length = 0;
    } else if (this.#peek().kind === 'name') {
      names.push(this.#next().text);
    }
    if (names.length === 0 || !this.#take('=>')) {
      this.#at = start;
      return undefined;
    }
    const body = this.expression();
    return (scope) =>
      (...args: unknown[]) =>
        body(new Map([...scope, ...names.map((name, i) => [name, args[i]] as const)]));
  }

  #binary(level: number): Node {
    const signs = BINARY[level];
    if (!signs) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const sign = signs.find((candidate) => this.#take(candidate));
      if (!sign) return left;
      left = joined(sign, left, this.#binary(level + 1));
    }
  }

  #unary(): Node {
    if (this.#take('!')) {
      const operand = this.#unary();
      return (scope) => !truth(operand(scope));
    }
    if (this.#take('-')) {
      const operand = this.#unary();
      return (scope) => -Number(operand(scope));
    }
    return this.#member();
  }

  #member(): Node {
    let node = this.#primary();
    for (;;) {
      if (this.#take('.')) node = property(node, this.#name(), false);
      else if (this.#take('?.')) node = property(node, this.#name(), true);
      else if (this.#take('[')) {
        const index = this.expression();
        this.#expect(']');
        const owner = node;
        node = (scope) => member(owner(scope), index(scope), false);
      } else if (this.#take('(')) node = called(node, this.#arguments());
      else return node;
    }
  }

  #primary(): Node {
    const token = this.#next();
    if (token.kind === 'number') return () => Number(token.text);
    if (token.kind === 'string') return () => token.text;
    if (token.kind === 'name') return named(token.text);
    if (token.text === '(') {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    if (token.text === '[') {
      const items = this.#list(']');
      return (scope) => items.map((item) => item(scope));
    }
    throw new ExpressionError(`unexpected "${token.text}"`);
  }

  #arguments(): Node[] {
    return this.#list(')');
  }

  #list(end: string): Node[] {
    const items: Node[] = [];
    if (this.#take(end)) return items;
    do items.push(this.expression());
    while (this.#take(','));
    this.#expect(end);
    return items;
  }

  #name(): string {
    const token = this.#next();
    if (token.kind !== 'name')
      throw new ExpressionError(`a name was expected, not "${token.text}"`);
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new ExpressionError(`"${sign}" was expected`);
  }
}

function named(name: string): Node {
  if (name === 'true') return () => true;
  if (name === 'false') return () => false;
  if (name === 'null') return () => null;
  return (scope) => {
    if (!scope.has(name)) throw new ExpressionError(`"${name}" is not known`);
    return scope.get(name);
  };
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`a boolean was expected, not ${JSON.stringify(value)}`);
}

function joined(sign: string, left: Node, right: Node): Node {
  switch (sign) {
    case '&&':
      return (scope) => truth(left(scope)) && truth(right(scope));
    case '||':
      return (scope) => truth(left(scope)) || truth(right(scope));
    case '==':
    case '===':
      return (scope) => (left(scope) ?? null) === (right(scope) ?? null);
    case '!=':
    case '!==':
      return (scope) => (left(scope) ?? null) !== (right(scope) ?? null);
    default:
      return (scope) => arithmetic(sign, left(scope), right(scope));
  }
}

function arithmetic(sign: string, a: unknown, b: unknown): unknown {
  const numbers = typeof a === 'number' && typeof b === 'number';
  const strings = typeof a === 'string' && typeof b === 'string';
  if (sign === '+' && strings) return a + b;
  if (!numbers && !strings) throw new ExpressionError(`"${sign}" cannot take these operands`);
  if (sign === '<') return a < b;
  if (sign === '<=') return a <= b;
  if (sign === '>') return a > b;
  if (sign === '>=') return a >= b;
  if (!numbers) throw new ExpressionError(`"${sign}" takes numbers`);
  return sign === '+' ? a + b : a - b;
}

const property =
  (owner: Node, name: string, optional: boolean): Node =>
  (scope) =>
    member(owner(scope), name, optional);

const called =
  (callee: Node, args: Node[]): Node =>
  (scope) => {
    const method = callee(scope);
    // What follows a `?.` on nothing is nothing as well.
    if (method === null) return null;
    if (typeof method !== 'function') throw new ExpressionError('that is not a method');
    return (method as Lambda)(...args.map((arg) => arg(scope)));
  };

function member(owner: unknown, name: unknown, optional: boolean): unknown {
  if (owner === null || owner === undefined) {
    if (optional) return null;
    throw new ExpressionError(`"${String(name)}" of nothing`);
  }
  const method = typeof name === 'string' ? methodOf(owner, name) : undefined;
  if (method !== undefined) return method;
  const own = typeof owner === 'object' && Object.hasOwn(owner, name as PropertyKey);
  if (own) return (owner as Record<PropertyKey, unknown>)[name as PropertyKey];
  if (optional) return null;
  throw new ExpressionError(`there is no property "${String(name)}"`);
}

function methodOf(owner: unknown, name: string): unknown {
  if (typeof owner === 'string') {
    if (name === 'length') return owner.length;
    if (name === 'includes') return (part: unknown) => owner.includes(String(part));
    if (name === 'indexOf') return (part: unknown) => owner.indexOf(String(part));
    if (name === 'toLowerCase') return () => owner.toLowerCase();
  }
  if (!Array.isArray(owner)) return undefined;
  const list: unknown[] = owner;
  const predicate = (lambda: unknown) => (item: unknown) => truth((lambda as Lambda)(item));
  switch (name) {
    case 'length':
      return list.length;
    case 'some':
      return (lambda: unknown) => list.some(predicate(lambda));
    case 'every':
      return (lambda: unknown) => list.every(predicate(lambda));
    case 'filter':
      return (lambda: unknown) => list.filter(predicate(lambda));
    case 'map':
      return (lambda: unknown) => list.map((item) => (lambda as Lambda)(item));
    case 'includes':
      return (item: unknown) => list.includes(item);
    case 'indexOf':
      return (item: unknown) => list.indexOf(item);
    default:
      return undefined;
  }
}
