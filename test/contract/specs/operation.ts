/** What the descriptions of every API come down to: operations that judge a request and an answer. */

/** One thing wrong; `at` is a JSON pointer into the body, the name of a parameter, or empty. */
export interface Finding {
  readonly at: string;
  readonly message: string;
}

export interface Sent {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

export interface Operation {
  readonly method: string;
  /** As the description writes it, below the API's root: `/groups/{group-id}`. */
  readonly template: string;
  request(sent: Sent): Finding[];
  response(answered: Answered): Finding[];
}

interface Entry {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Parameters are less exact than words; a word further left decides. */
  readonly rank: string;
  readonly operation: Operation;
}

export interface Match {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** Finds the operation that a path means; words win over parameters, as OpenAPI says. */
export class OperationIndex {
  readonly #entries: Entry[];

  constructor(operations: readonly Operation[]) {
    this.#entries = operations.map(entryOf).sort((a, b) => a.rank.localeCompare(b.rank));
  }

  find(method: string, pathname: string): Match | undefined {
    for (const { pattern, names, operation } of this.#entries) {
      if (operation.method !== method) continue;
      const hit = pattern.exec(pathname);
      if (!hit) continue;
      const path = names.map((name, i) => [name, decodeURIComponent(hit[i + 1] ?? '')] as const);
      return { operation, path: Object.fromEntries(path) };
    }
    return undefined;
  }
}

function entryOf(operation: Operation): Entry {
  const names: string[] = [];
  const source = operation.template
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '([^/]+)';
    })
    .join('');
  const rank = operation.template.replaceAll(/\{[^}]+\}/g, '\uffff');
  return { pattern: new RegExp(`^${source}$`), names, rank, operation };
}

/** A JSON body, or the finding that it is none. */
export function parsed(body: string): { value: unknown } | { finding: Finding } {
  try {
    return { value: JSON.parse(body) };
  } catch {
    return { finding: { at: '', message: `is not JSON: ${body.slice(0, 60)}` } };
  }
}
