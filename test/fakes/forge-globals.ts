/** The two globals that Atlassian's own packages talk to, so that they run unmodified in a test. */
import type { Reply } from '../../sandbox/kit/message';

export interface ForgeCall {
  readonly meta: {
    readonly type: string;
    readonly provider?: string;
    readonly remote?: string;
    readonly accountId?: string;
  };
  /** Path with query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A reply, or an error as the platform's fetch would throw it. */
export type ForgeServer = (call: ForgeCall) => Reply | Promise<Reply>;

interface Globals {
  __forge_fetch__?: unknown;
  __forge_runtime__?: unknown;
}

/** Every call that the packages make goes to `server`; answers how to take the globals away again. */
export function serveForge(server: ForgeServer, runtime: object = aRuntime()): () => void {
  const globals = globalThis as Globals;
  globals.__forge_runtime__ = runtime;
  globals.__forge_fetch__ = async (
    meta: ForgeCall['meta'],
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const { method = 'GET', headers = {}, body } = init;
    return responseOf(await server({ meta, path, method, headers, body }));
  };
  return () => {
    delete globals.__forge_fetch__;
    delete globals.__forge_runtime__;
  };
}

export const aRuntime = (appContext: object = {}): object => ({
  proxy: { token: 'none', url: 'https://forge.invalid' },
  contextAri: 'ari:cloud:jira::site/site-1',
  container: {},
  appContext: {
    appId: '11111111-2222-3333-4444-555555555555',
    appVersion: '1.2.0',
    environmentId: 'environment-1',
    environmentType: 'PRODUCTION',
    invocationId: 'invocation-1',
    installationId: 'installation-1',
    functionKey: 'function-1',
    moduleType: 'consumer',
    moduleKey: 'module-1',
    ...appContext,
  },
  lambdaContext: { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 20_000 },
  tracing: { traceId: 'trace-1', spanId: 'span-1' },
  realtime: {},
  metrics: silentMetrics,
  featureFlags: () => false,
});

const silentMetrics = {
  counter: () => ({ incr() {}, incrBy() {}, decr() {}, decrBy() {} }),
  timing: () => ({ measure: () => ({ stop() {} }) }),
  gauge: () => ({ set() {} }),
};

function responseOf({ status, headers, json, text, type }: Reply): Response {
  const body = text ?? (json === undefined ? null : JSON.stringify(json));
  return new Response(status === 204 || status === 304 ? null : body, {
    status,
    headers: { 'content-type': type ?? 'application/json', ...headers },
  });
}
