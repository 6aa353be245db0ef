/** Operations of an OpenAPI 3.0 document. */
import { type Direction, fromOpenApi, isObject, type Json, SchemaBook } from './json-schema';
import { type Answered, type Finding, type Operation, parsed, type Sent } from './operation';
import { checkParameters, type Parameter } from './parameters';
import { undescribedMembers } from './undescribed';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

export function openApiOperations(document: unknown): Operation[] {
  if (!isObject(document) || !isObject(document['paths'])) throw new Error('not OpenAPI');
  const reader = new Reader(document);
  return Object.entries(document['paths']).flatMap(([template, item]) =>
    METHODS.flatMap((method) => {
      const operation = isObject(item) ? item[method] : undefined;
      return isObject(operation)
        ? [reader.operation(template, method, item as Json, operation)]
        : [];
    }),
  );
}

class Reader {
  readonly #document: Json;
  readonly #books: Record<Direction, SchemaBook>;

  constructor(document: Json) {
    this.#document = document;
    this.#books = { request: this.#book('request'), response: this.#book('response') };
  }

  #book(direction: Direction): SchemaBook {
    const { schemas } = this.#document['components'] as { schemas: Json };
    const converted = Object.entries(schemas).map(
      ([name, schema]) => [name, fromOpenApi(schema, direction)] as const,
    );
    return new SchemaBook(direction, { components: { schemas: Object.fromEntries(converted) } });
  }

  operation(template: string, method: string, item: Json, operation: Json): Operation {
    const parameters = this.#parameters([item['parameters'], operation['parameters']]);
    const requestBody = this.#resolved(operation['requestBody']);
    const responses = (operation['responses'] ?? {}) as Json;
    return {
      template,
      method: method.toUpperCase(),
      request: (sent) => [
        ...checkParameters(this.#books.request, parameters, sent),
        ...this.#requestBody(requestBody, sent),
      ],
      response: (answered) => this.#response(responses, answered),
    };
  }

  #parameters(lists: readonly unknown[]): Parameter[] {
    return lists
      .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
      .map((entry) => this.#resolved(entry) ?? {})
      .filter((p) => p['in'] === 'query' || p['in'] === 'path')
      .map((p) => ({
        name: String(p['name']),
        in: p['in'] === 'path' ? 'path' : 'query',
        required: p['required'] === true,
        schema: fromOpenApi(this.#resolved(p['schema']), 'request') as Json,
        commas: p['explode'] === false,
      }));
  }

  #requestBody(described: Json | undefined, { body }: Sent): Finding[] {
    if (!described) {
      return body === '' ? [] : [{ at: '', message: 'has a body; none is described' }];
    }
    if (body === '') {
      return described['required'] === true ? [{ at: '', message: 'lacks its body' }] : [];
    }
    return this.#body('request', described, body);
  }

  #response(responses: Json, { status, body }: Answered): Finding[] {
    const range = `${String(status)[0]}XX`;
    const described = this.#resolved(
      responses[String(status)] ?? responses[range] ?? responses['default'],
    );
    if (!described) return [{ at: '', message: `status ${status} is not described` }];
    if (status === 204) {
      return body === '' ? [] : [{ at: '', message: 'has a body with status 204' }];
    }
    if (!isObject(described['content'])) return [];
    if (body === '' && saysSomething(described['content'])) {
      return [{ at: '', message: `lacks the body of status ${status}` }];
    }
    if (body === '') return [];
    return this.#body('response', described, body);
  }

  #body(direction: Direction, described: Json, body: string): Finding[] {
    const content = (described['content'] ?? {}) as Json;
    const media = (content['application/json'] ?? content['*/*']) as Json | undefined;
    if (!media?.['schema']) return [];
    const read = parsed(body);
    if ('finding' in read) return [read.finding];
    const schema = media['schema'];
    const findings = this.#books[direction].check(fromOpenApi(schema, direction), read.value);
    if (findings.length > 0) return findings;
    return undescribedMembers(schema, read.value, (node) => this.#resolved(node));
  }

  /** Follows a reference into the document's own components. */
  #resolved(node: unknown): Json | undefined {
    if (!isObject(node)) return undefined;
    const ref = node['$ref'];
    if (typeof ref !== 'string') return node;
    const steps = ref.replace('#/', '').split('/');
    let at: unknown = this.#document;
    for (const step of steps) at = isObject(at) ? at[step] : undefined;
    return this.#resolved(at);
  }
}

/** Some operations describe a body of any kind where the service sends none. */
const saysSomething = (content: Json): boolean =>
  Object.values(content).some(
    (media) =>
      isObject(media) && isObject(media['schema']) && Object.keys(media['schema']).length > 0,
  );
