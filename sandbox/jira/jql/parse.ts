/** The part of JQL that apps like ours use, read into a tree. */
import { SiteError } from '../errors';

export type Operand =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Operand[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly string[] }
  | { readonly kind: 'empty' };

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | 'is'
  | 'is not'
  | '~';

export interface Clause {
  readonly kind: 'clause';
  readonly field: string;
  readonly operator: Operator;
  readonly operand: Operand;
}

export type Condition =
  | Clause
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition };

export interface Query {
  readonly where: Condition | undefined;
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const MOST_SORT_FIELDS = 7;

export function parseJql(jql: string): Query {
  return new Parser(tokens(jql)).query();
}

const jqlError = (message: string): SiteError =>
  new SiteError(400, `Error in the JQL Query: ${message}`);

function tokens(jql: string): Token[] {
  const found: Token[] = [];
  const pattern =
    /\s+|(!=|<=|>=|[()=<>~,!])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()=<>~,!"'[\]]+(?:\[[^\]]*\][^\s()=<>~,!"'[\]]*)*)/gy;
  let at = 0;
  while (at < jql.length) {
    pattern.lastIndex = at;
    const hit = pattern.exec(jql);
    if (!hit) throw jqlError(`The character '${jql[at]}' is a reserved JQL character.`);
    at = pattern.lastIndex;
    const [, symbol, double, single, word] = hit;
    const quoted = double ?? single;
    if (quoted !== undefined) found.push({ text: quoted.replace(/\\(.)/g, '$1'), quoted: true });
    else if (symbol !== undefined) found.push({ text: symbol, quoted: false });
    else if (word !== undefined) found.push({ text: word, quoted: false });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  query(): Query {
    const where = this.#atEnd() || this.#isWord('order') ? undefined : this.#or();
    const orderBy = this.#takeWord('order') ? this.#orderBy() : [];
    if (!this.#atEnd()) {
      throw jqlError(`Expecting either 'OR' or 'AND' but got '${this.#peek()?.text}'.`);
    }
    if (orderBy.length > MOST_SORT_FIELDS) throw jqlError('Too many fields in ORDER BY.');
    return { where, orderBy };
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#takeWord('or')) parts.push(this.#and());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#takeWord('and')) parts.push(this.#not());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  #not(): Condition {
    if (this.#takeWord('not') || this.#takeSymbol('!')) return { kind: 'not', part: this.#not() };
    if (!this.#takeSymbol('(')) return this.#clause();
    const inner = this.#or();
    this.#expect(')');
    return inner;
  }

  #clause(): Condition {
    const field = this.#next().text;
    const operator = this.#operator();
    if (operator === 'in' || operator === 'not in') {
      if (this.#isSymbol('(')) {
        return { kind: 'clause', field, operator, operand: { kind: 'list', items: this.#list() } };
      }
    }
    return { kind: 'clause', field, operator, operand: this.#operand() };
  }

  #operator(): Operator {
    const token = this.#next();
    const text = token.text.toLowerCase();
    if (['=', '!=', '<', '<=', '>', '>=', '~'].includes(text)) return text as Operator;
    if (text === 'in') return 'in';
    if (text === 'not' && this.#takeWord('in')) return 'not in';
    if (text === 'is') return this.#takeWord('not') ? 'is not' : 'is';
    throw jqlError(`Expecting operator but got '${token.text}'.`);
  }

  #list(): Operand[] {
    this.#expect('(');
    const items = [this.#operand()];
    while (this.#takeSymbol(',')) items.push(this.#operand());
    this.#expect(')');
    return items;
  }

  #operand(): Operand {
    const token = this.#next();
    if (!token.quoted && '()=<>~,!'.includes(token.text)) {
      throw jqlError(`Expecting a value but got '${token.text}'.`);
    }
    if (token.quoted) return { kind: 'value', text: token.text };
    if (/^(empty|null)$/i.test(token.text)) return { kind: 'empty' };
    if (!this.#takeSymbol('(')) return { kind: 'value', text: token.text };
    const args: string[] = [];
    while (!this.#isSymbol(')')) {
      args.push(this.#next().text);
      this.#takeSymbol(',');
    }
    this.#expect(')');
    return { kind: 'call', name: token.text, args };
  }

  #orderBy() {
    if (!this.#takeWord('by')) throw jqlError("Expecting 'by' after 'order'.");
    const orderBy: { field: string; descending: boolean }[] = [];
    do {
      const field = this.#next().text;
      const descending = this.#takeWord('desc');
      if (!descending) this.#takeWord('asc');
      orderBy.push({ field, descending });
    } while (this.#takeSymbol(','));
    return orderBy;
  }

  #atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw jqlError('Unexpected end of the query.');
    return token;
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token !== undefined && !token.quoted && token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#at++;
    return true;
  }

  #isSymbol(symbol: string): boolean {
    const token = this.#peek();
    return token !== undefined && !token.quoted && token.text === symbol;
  }

  #takeSymbol(symbol: string): boolean {
    if (!this.#isSymbol(symbol)) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    if (this.#takeSymbol(symbol)) return;
    throw jqlError(`Expecting '${symbol}' but got '${this.#peek()?.text ?? 'the end'}'.`);
  }
}
