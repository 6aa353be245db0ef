/**
 * The schemas that `jira.js` holds answers of Jira and Jira Service Management to. The library does
 * not export which schema belongs to which request, so each of its methods is asked once which
 * request it would make.
 */
import { createCloudClient } from 'jira.js/cloud';
import { createServiceDeskClient } from 'jira.js/serviceDesk';
import { type Operation, OperationIndex, parsed } from './operation';

interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly schema?: {
    safeParse(value: unknown): {
      error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } | undefined;
    };
  };
}

/** Any parameter reads as its own name in braces, which turns the URL into a template. */
const placeholders: unknown = new Proxy(
  {},
  { get: (_, name) => (typeof name === 'string' ? `{${name}}` : undefined) },
);

export async function jiraJsSchemas(): Promise<OperationIndex> {
  const requests: Asked[] = [];
  const client = {
    sendRequest: (asked: Asked): Promise<never> => {
      requests.push(asked);
      return Promise.reject(new Error('only noted'));
    },
  };
  const groups = [createCloudClient(client as never), createServiceDeskClient(client as never)];
  for (const method of groups.flatMap(Object.values).flatMap(Object.values)) {
    // Each stops at its request; uploads stop before, for want of a file.
    await (method as (parameters: unknown) => Promise<unknown>)(placeholders).catch(() => {});
  }
  return new OperationIndex(requests.filter(({ schema }) => schema).map(operationOf));
}

/** Methods that take text or a document have two forms; the answer's schema is the same. */
function operationOf({ url, method = 'GET', schema }: Asked): Operation {
  return {
    method,
    template: decodeURIComponent(url).replace('/rest/api/2/', '/rest/api/3/'),
    request: () => [],
    response({ status, body }) {
      if (status >= 300 || body === '') return [];
      const read = parsed(body);
      if ('finding' in read) return [read.finding];
      const issues = schema?.safeParse(read.value).error?.issues ?? [];
      return issues.map(({ path, message }) => ({
        at: path.map((step) => `/${String(step)}`).join(''),
        message,
      }));
    },
  };
}
