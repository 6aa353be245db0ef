/** Runs a parsed query over the search index, which lags behind the issues. */
import type { SiteContext } from '../context';
import { SiteError } from '../errors';
import { describe, latestVisible } from '../history';
import type { IndexedIssue, IssueState } from '../state';
import type { Clause, Condition, Operand, Query } from './parse';
import type { Searchable, Value } from './values';
import { searchable } from './values';

export interface SearchOptions {
  /** For `currentUser()`. */
  readonly accountId: string;
  /** Ids of issues that are read as they are, not as the index has them. */
  readonly reconcile: readonly string[];
}

export function runQuery(site: SiteContext, query: Query, options: SearchOptions): IssueState[] {
  if (!query.where) {
    throw new SiteError(
      400,
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    );
  }
  const fields = new Map<string, Searchable>();
  const field = (name: string): Searchable => {
    const known = fields.get(name) ?? searchable({ site, field: name, ...options });
    fields.set(name, known);
    return known;
  };
  const test = compile(query.where, field);
  const sorters = query.orderBy.map((by) => ({ ...by, source: field(by.field) }));
  const now = site.clock.now();
  const found: { issue: IssueState; known: IndexedIssue }[] = [];
  for (const issue of Object.values(site.state.issues)) {
    if (site.state.deletedProjects.includes(issue.projectKey)) continue;
    const known = options.reconcile.includes(issue.id)
      ? describe(issue, now)
      : issue.indexed[latestVisible(issue, now)];
    if (known && test(issue.id, known)) found.push({ issue, known });
  }
  found.sort((a, b) => {
    for (const { source, descending } of sorters) {
      const order = compare(source.read(a.issue.id, a.known), source.read(b.issue.id, b.known));
      if (order !== 0) return descending ? -order : order;
    }
    return Number(b.issue.id) - Number(a.issue.id);
  });
  return found.map(({ issue }) => issue);
}

type Test = (issueId: string, known: IndexedIssue) => boolean;

function compile(condition: Condition, field: (name: string) => Searchable): Test {
  switch (condition.kind) {
    case 'and': {
      const tests = condition.parts.map((part) => compile(part, field));
      return (id, known) => tests.every((test) => test(id, known));
    }
    case 'or': {
      const tests = condition.parts.map((part) => compile(part, field));
      return (id, known) => tests.some((test) => test(id, known));
    }
    case 'not': {
      const test = compile(condition.part, field);
      return (id, known) => !test(id, known);
    }
    case 'clause':
      return compileClause(condition, field(condition.field));
  }
}

function compileClause({ field, operator, operand }: Clause, source: Searchable): Test {
  const wanted = itemsOf(operand).flatMap((item) => source.resolve(item));
  const is: Test = (id, known) => {
    const value = source.read(id, known);
    return wanted.some((candidate) => equal(value, candidate));
  };
  switch (operator) {
    case '=':
    case 'in':
    case 'is':
      return is;
    case '!=':
    case 'not in':
      // Issues without a value are not found by an inequality.
      return (id, known) => source.read(id, known) !== undefined && !is(id, known);
    case 'is not':
      return (id, known) => !is(id, known);
    case '~':
      throw unsupported(operator, field);
    default: {
      if (source.type === 'text') throw unsupported(operator, field);
      const [limit] = wanted;
      return (id, known) => {
        const value = source.read(id, known);
        if (value === undefined || limit === undefined) return false;
        const order = compare(value, limit);
        if (operator === '<') return order < 0;
        if (operator === '<=') return order <= 0;
        return operator === '>' ? order > 0 : order >= 0;
      };
    }
  }
}

const itemsOf = (operand: Operand): readonly Operand[] =>
  operand.kind === 'list' ? operand.items : [operand];

const unsupported = (operator: string, field: string): SiteError =>
  new SiteError(400, `The operator '${operator}' is not supported by the '${field}' field.`);

function equal(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase();
  return a === b;
}

/** Empty values come last. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}
