/**
 * Holds calls that the sandbox recorded to the official descriptions of the APIs: what was asked and
 * what was answered. Make one with `openConformance`, feed it the calls of each story, and ask for
 * its report in the end.
 */
import type { CallRecord } from '../../../sandbox/kit/calls';
import { discoveryOperations } from './discovery';
import { type Api, readSpec } from './folder';
import { jiraJsSchemas } from './jira-js';
import { openApiOperations } from './openapi';
import { type Finding, type Operation, OperationIndex } from './operation';
import { type MissingOperation, missingOperations, type SpecError, specErrors } from './reviewed';
import type { Violation } from './violation';

export interface Tally {
  /** Calls, requests and answers that were held to a description. */
  calls: number;
  requests: number;
  responses: number;
  /** Answers that an injected fault shaped. */
  faulted: number;
}

export interface Report {
  readonly apis: Readonly<Record<string, Tally>>;
  /** Calls that no official description exists for, by what they were. */
  readonly undescribed: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** How often each reviewed error of a description was met. */
  readonly reviewed: ReadonlyMap<SpecError | MissingOperation, number>;
}

export async function openConformance(): Promise<Conformance> {
  return new Conformance(await jiraJsSchemas());
}

export class Conformance {
  readonly #indexes = new Map<Api, OperationIndex>();
  readonly #jiraJs: OperationIndex;
  readonly #apis: Record<string, Tally> = {};
  readonly #undescribed: Record<string, number> = {};
  readonly #violations: Violation[] = [];
  readonly #reviewed = new Map<SpecError | MissingOperation, number>();

  constructor(jiraJs: OperationIndex) {
    this.#jiraJs = jiraJs;
  }

  /** What has been fed in so far. */
  report(): Report {
    return {
      apis: this.#apis,
      undescribed: this.#undescribed,
      violations: this.#violations,
      reviewed: this.#reviewed,
    };
  }

  checkAll(calls: readonly CallRecord[]): Report {
    for (const call of calls) this.check(call);
    return this.report();
  }

  check(call: CallRecord): Violation[] {
    const place = placeOf(call);
    if ('undescribed' in place) {
      this.#undescribed[place.undescribed] = (this.#undescribed[place.undescribed] ?? 0) + 1;
      return [];
    }
    const { api, pathname, query } = place;
    const tally = this.#tally(api);
    tally.calls++;
    const found = this.#index(api).find(call.method, pathname);
    if (!found) {
      return this.#keep([
        {
          api,
          seq: call.seq,
          call: `${call.method} ${call.path}`,
          operation: `${call.method} ${pathname}`,
          part: 'request',
          at: '',
          message: 'is not in the description',
        },
      ]);
    }
    this.#noteMissing(api, found.operation);
    const violations: Violation[] = [];
    const note = (of: Violation['api'], part: Violation['part'], findings: readonly Finding[]) => {
      const operation = `${found.operation.method} ${found.operation.template}`;
      const called = `${call.method} ${call.path}`;
      for (const finding of findings) {
        violations.push({ api: of, seq: call.seq, call: called, operation, part, ...finding });
      }
    };
    if (answersForItsRequest(call)) {
      tally.requests++;
      const sent = { path: found.path, query, body: call.requestBody };
      note(api, 'request', found.operation.request(sent));
    }
    if (call.fault !== undefined) tally.faulted++;
    else if (call.status !== undefined) {
      tally.responses++;
      const answered = { status: call.status, body: call.responseBody ?? '' };
      note(api, 'response', found.operation.response(answered));
      const second = this.#jiraJs.find(call.method, pathname);
      if (second) {
        this.#tally('jira.js').responses++;
        note('jira.js', 'response', second.operation.response(answered));
      }
    }
    return this.#keep(violations);
  }

  /** Descriptions are large: each is read when the first call needs it. */
  #index(api: Api): OperationIndex {
    let index = this.#indexes.get(api);
    if (!index) {
      const google = ['directory', 'reports', 'cloudIdentity'].includes(api);
      const document = readSpec(api);
      index = new OperationIndex(
        google ? discoveryOperations(document) : openApiOperations(supplemented(api, document)),
      );
      this.#indexes.set(api, index);
    }
    return index;
  }

  #countReviewed(entry: SpecError | MissingOperation): void {
    this.#reviewed.set(entry, (this.#reviewed.get(entry) ?? 0) + 1);
  }

  #noteMissing(api: Api, { method, template }: Operation): void {
    const entry = missingOperations.find(
      (m) => m.api === api && m.template === template && m.method.toUpperCase() === method,
    );
    if (entry) this.#countReviewed(entry);
  }

  #tally(name: string): Tally {
    this.#apis[name] ??= { calls: 0, requests: 0, responses: 0, faulted: 0 };
    return this.#apis[name];
  }

  #keep(found: readonly Violation[]): Violation[] {
    const kept = found.filter((violation) => {
      const known = specErrors.find(
        ({ api, says }) => api === violation.api && says.test(lineOf(violation)),
      );
      if (known) this.#countReviewed(known);
      return !known;
    });
    this.#violations.push(...kept);
    return kept;
  }
}

function supplemented(api: Api, document: unknown): unknown {
  const { paths, ...rest } = document as { paths: Record<string, object> };
  const all = { ...paths };
  for (const { template, method, operation } of missingOperations.filter((m) => m.api === api)) {
    all[template] = { ...all[template], [method]: operation };
  }
  return { ...rest, paths: all };
}

/**
 * The app must never send what is not described. A person may, to see it refused; that the sandbox
 * takes it would be wrong.
 */
const answersForItsRequest = (call: CallRecord) =>
  call.invocation !== undefined || (call.status !== undefined && call.status < 400);

type Place =
  | { readonly api: Api; readonly pathname: string; readonly query: URLSearchParams }
  | { readonly undescribed: string };

function placeOf({ server, path }: CallRecord): Place {
  const { pathname, searchParams: query } = new URL(path, 'http://sandbox');
  const api = (name: Api, below = '') => ({
    api: name,
    query,
    pathname: pathname.slice(below.length),
  });
  switch (server) {
    case 'jira':
      if (pathname.startsWith('/rest/servicedeskapi/')) return api('jsm');
      return pathname.startsWith('/rest/')
        ? api('jira')
        : { undescribed: 'pages of the Jira site' };
    case 'okta':
      if (pathname.startsWith('/oauth2/')) return { undescribed: 'token requests to Okta' };
      return api('okta');
    case 'entra':
      if (pathname.endsWith('/token')) return { undescribed: 'token requests to Entra' };
      return pathname.startsWith('/v1.0/applications/')
        ? { undescribed: 'changes of app registrations in Entra' }
        : api('graph', '/v1.0');
    case 'google':
      if (pathname === '/token') return { undescribed: 'token requests to Google' };
      if (pathname.startsWith('/v1/projects/'))
        return { undescribed: "keys of Google's service accounts" };
      if (pathname.startsWith('/admin/reports/')) return api('reports');
      return api(pathname.startsWith('/admin/') ? 'directory' : 'cloudIdentity');
    default:
      return { undescribed: `calls of Forge's ${server}` };
  }
}

export const lineOf = ({ operation, part, at, message }: Violation): string =>
  `${operation} ${part} ${at} ${message}`;
