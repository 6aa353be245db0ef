/**
 * The one server kit of the sandbox: a route table that answers over HTTP(S) or in process, logs
 * every call, applies injected faults, and fails loudly for what is not modelled.
 */
import type { CallLog } from './calls';
import type { Faults } from './faults';
import type { Call, Handler, Reply, Req } from './message';

export type { Call, Handler, Reply, Req } from './message';

interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly test: RegExp;
  readonly names: string[];
  readonly handle: Handler;
  hits: number;
}

export class BadJson extends Error {}

export class Routes {
  readonly #routes: Route[] = [];
  /** Requests that no route answered: `METHOD path`. A test expects this to stay empty. */
  readonly unmodelled: string[] = [];
  /** Wraps every handler: authentication, rate limits. Return a reply to stop there. */
  before: (req: Req) => Reply | undefined | Promise<Reply | undefined> = () => undefined;

  /** The server's name in call records and faults. */
  readonly name: string;
  /** Answers what no route matches; loud by default. */
  notFound: (req: Req) => Reply = (req) => ({
    status: 501,
    json: { sandbox: `${this.name}: not modelled: ${req.method} ${req.path}` },
  });
  /** Headers that every answer carries, also one that a fault shaped. */
  standing: () => Record<string, string> = () => ({});
  /** Simulated latency of one call, drawn per call; set from `sandbox/profile.json`. */
  latencyMs: () => number = () => 0;
  readonly #calls: CallLog;
  readonly #faults: Faults;

  constructor(name: string, wiring: { calls: CallLog; faults: Faults }) {
    this.name = name;
    this.#calls = wiring.calls;
    this.#faults = wiring.faults;
  }

  /** `pattern` as in `/api/v1/groups/:gid/users/:uid`; a last `*rest` takes the remainder. */
  on(method: string, pattern: string, handle: Handler): void {
    const names: string[] = [];
    const source = pattern
      .split('/')
      .map((part) => {
        const name = /^[:*]([a-zA-Z]+)$/.exec(part)?.[1];
        if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        names.push(name);
        return part.startsWith('*') ? '(.*)' : '([^/]+)';
      })
      .join('/');
    this.#routes.push({ method, pattern, test: new RegExp(`^${source}$`), names, handle, hits: 0 });
  }

  /** Routes and how often each was called since the process began. */
  usage(): { route: string; hits: number }[] {
    return this.#routes.map((r) => ({ route: `${r.method} ${r.pattern}`, hits: r.hits }));
  }

  async dispatch(call: Call): Promise<Reply> {
    const url = new URL(call.target, `http://${call.host}`);
    if (!isDecodable(url.pathname)) return { status: 400, json: { message: 'Malformed path.' } };
    const found = this.#find(call.method, url.pathname);
    const req = toReq(call, url, found?.params ?? {});
    const fault = this.#faults.match(this.name, req);
    const { record, end } = this.#calls.begin({
      server: this.name,
      host: call.host,
      method: call.method,
      path: call.target,
      requestBody: call.body ?? '',
      invocation: req.invocation,
      route: found ? `${found.route.method} ${found.route.pattern}` : undefined,
      fault: fault?.name,
      latencyMs: this.latencyMs() + (fault?.latencyMs ?? 0),
    });
    const answer = async (): Promise<Reply> => {
      if (!found) {
        this.unmodelled.push(`${call.method} ${url.pathname}`);
        return this.notFound(req);
      }
      found.route.hits++;
      try {
        return (await this.before(req)) ?? (await found.route.handle(req));
      } catch (cause) {
        if (cause instanceof BadJson) return { status: 400, json: { message: cause.message } };
        throw cause;
      }
    };
    const { guard } = this.#calls;
    let reply = guard?.before(record);
    reply ??= fault !== undefined ? await fault.apply(answer) : await answer();
    reply = { ...reply, headers: { ...this.standing(), ...reply.headers } };
    end(reply);
    return guard?.after(record, reply) ?? reply;
  }

  #find(method: string, pathname: string) {
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const hit = route.test.exec(pathname);
      if (!hit) continue;
      const params: Record<string, string> = {};
      route.names.forEach((name, i) => {
        params[name] = decodeURIComponent(hit[i + 1] ?? '');
      });
      return { route, params };
    }
    return undefined;
  }
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

/** An absent header and an absent body are the empty string and `undefined`; never a throw. */
function toReq(call: Call, url: URL, params: Record<string, string>): Req {
  const headers = call.headers ?? {};
  const body = call.body ?? '';
  return {
    method: call.method,
    path: decodeURIComponent(url.pathname),
    rawPath: url.pathname,
    host: call.host,
    params,
    query: url.searchParams,
    headers,
    body,
    json() {
      try {
        return body === '' ? undefined : JSON.parse(body);
      } catch {
        throw new BadJson('The request body is not valid JSON.');
      }
    },
    invocation: headers['x-sandbox-invocation'],
    trusted: call.trusted,
  };
}

export const json = (status: number, value: unknown, headers?: Record<string, string>): Reply => ({
  status,
  json: value,
  ...(headers && { headers }),
});
export const empty = (status = 204, headers?: Record<string, string>): Reply => ({
  status,
  ...(headers && { headers }),
});
export const html = (text: string, status = 200): Reply => ({
  status,
  text,
  type: 'text/html; charset=utf-8',
});
