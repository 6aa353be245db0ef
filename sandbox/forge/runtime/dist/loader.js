/**
 * The sandbox's stand-in for Forge's Node runtime. The bundler ships it as `__forge__.cjs`; the
 * worker requires it before the app's code and then calls `main` once per invocation, many at a
 * time and for several installations. Everything that belongs to one invocation lives in an
 * AsyncLocalStorage, as in the real runtime, whose warm processes serve several tenants too.
 */
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const path = require('node:path');
const { AsyncLocalStorage } = require('node:async_hooks');

const APP = __dirname;
const { EgressFilteringService } = require(process.env.SANDBOX_EGRESS_MODULE);

const current = new AsyncLocalStorage();
const store = () => current.getStore();

// ---- time: Date follows the sandbox's clock, timers stay real --------------------------------

let shiftMs = 0;
const NativeDate = Date;
const SandboxDate = new Proxy(NativeDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length ? args : [NativeDate.now() + shiftMs], newTarget),
  apply: () => new SandboxDate().toString(),
  get: (target, name) =>
    name === 'now' ? () => NativeDate.now() + shiftMs : Reflect.get(target, name),
});
NativeDate.prototype.constructor = SandboxDate;
globalThis.Date = SandboxDate;

/** The host sends the shift with each invocation; it never changes while one is running. */
exports.setShift = (ms) => {
  shiftMs = ms;
};

// ---- the two globals that every @forge package stands on -------------------------------------

Object.defineProperty(globalThis, '__forge_runtime__', {
  configurable: true,
  get: () => store()?.runtime,
});

const nativeFetch = globalThis.fetch;

function proxyPath(meta) {
  const account = meta.accountId ? `/account/${encodeURIComponent(meta.accountId)}` : '';
  if (meta.type === 'fpp' && meta.contextAri) {
    return `/fpp/provider/${meta.provider}/contextAri/${encodeURIComponent(meta.contextAri)}${account}`;
  }
  if (meta.type === 'fpp') return `/fpp/provider/${meta.provider}/remote/${meta.remote}${account}`;
  if (meta.type === 'kvs') return '/fpp/as/app/provider/atlassian/capability/kvs';
  return `/not-modelled/${meta.type}`;
}

globalThis.__forge_fetch__ = async (meta, target, init = {}) => {
  const runtime = store()?.runtime;
  if (!runtime) throw new Error('Forge runtime not found.');
  const headers = new Headers(init.headers);
  headers.delete('host');
  headers.set('forge-proxy-target', String(target));
  headers.set('forge-proxy-authorization', `Bearer ${runtime.proxy.token}`);
  const stream = init.body && typeof init.body !== 'string' && !Buffer.isBuffer(init.body);
  return timed(
    await nativeFetch(new URL(proxyPath(meta), runtime.proxy.url), {
      ...init,
      headers,
      ...(stream && { duplex: 'half' }),
    }),
  );
};

// What a call would have taken; nobody waits for it, but the remaining time shrinks by it.
const LATENCY = 'x-sandbox-latency-ms';
function timed(response) {
  const invocation = store();
  if (invocation) invocation.latencyMs += Number(response.headers.get(LATENCY) ?? 0);
  return response;
}

// ---- egress ----------------------------------------------------------------------------------

/** Host names whose connections go to a local port: `[{ host, port }]`; a null port is live. */
let servers = [];
exports.setServers = (list) => {
  servers = list;
};

const filters = new Map();
function allowed(url) {
  const addresses = store()?.egress;
  if (!addresses) return false;
  const key = JSON.stringify(addresses);
  if (!filters.has(key)) filters.set(key, new EgressFilteringService(addresses));
  return filters.get(key).isValidUrl(url);
}

// A Response and no throw: measured on the real platform. The header's value is unverified.
const refused = (url) =>
  new Response(`URL not included in the external fetch backend permissions: ${url}`, {
    status: 403,
    statusText: 'Forbidden',
    headers: { 'forge-proxy-error': 'REQUEST_EGRESS_ALLOWLIST_ERR' },
  });

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 20;

globalThis.fetch = async (input, init) => {
  let request = new Request(input, init);
  const follow = request.redirect;
  for (let hop = 0; ; hop++) {
    if (!allowed(request.url)) return refused(request.url);
    const invocation = store()?.runtime.appContext.invocationId;
    if (invocation) request.headers.set('x-sandbox-invocation', invocation);
    const again = request.clone();
    const response = timed(await nativeFetch(new Request(request, { redirect: 'manual' })));
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || !location || follow === 'manual') return response;
    if (follow === 'error' || hop >= MOST_REDIRECTS) throw new TypeError('fetch failed');
    request = redirected(again, response.status, new URL(location, again.url));
  }
};

function redirected(request, status, url) {
  const headers = new Headers(request.headers);
  const lost = status === 303 || (status < 303 && request.method === 'POST');
  if (url.origin !== new URL(request.url).origin) headers.delete('authorization');
  if (lost) for (const name of ['content-type', 'content-length']) headers.delete(name);
  const rest = lost
    ? { method: 'GET' }
    : { method: request.method, ...(request.body && { body: request.body, duplex: 'half' }) };
  return new Request(url, { ...rest, headers, signal: request.signal, redirect: request.redirect });
}

for (const [module, scheme] of [
  [https, 'https'],
  [http, 'http'],
]) {
  const request = module.request;
  module.request = (...args) => {
    const sent = request.apply(module, args);
    const invocation = store()?.runtime.appContext.invocationId;
    if (invocation && !sent.headersSent) sent.setHeader('x-sandbox-invocation', invocation);
    const caller = store();
    sent.prependListener('response', (response) => {
      if (caller) caller.latencyMs += Number(response.headers[LATENCY] ?? 0);
      if (sent.listenerCount('response') === 1) response.resume();
    });
    const host = sent.getHeader('host') ?? sent.host;
    if (!isLoopback(sent.host) && !allowed(`${scheme}://${host}/`)) sent.destroy(notAllowed(host));
    return sent;
  };
  module.get = (...args) => {
    const sent = module.request(...args);
    sent.end();
    return sent;
  };
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const isLoopback = (host) => LOOPBACK.has(host);
const notAllowed = (host) =>
  Object.assign(new Error(`Egress to ${host} is not in permissions.external.fetch.backend`), {
    code: 'EGRESS_NOT_ALLOWED',
  });

const proxyPort = () => Number(new URL(store()?.runtime.proxy.url ?? 'http://x:0').port);

// fetch and https.request judge each call by its own invocation; a raw socket is judged here, and
// so is a connection that the fetch pool opens on behalf of whichever invocation comes first.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const normalized = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const options = normalized[0];
  const stop = (cause) => {
    process.nextTick(() => this.destroy(cause));
    return this;
  };
  if (options.path) return connect.apply(this, args);
  if (isLoopback(options.host)) {
    if (Number(options.port) === proxyPort() || !store()) return connect.apply(this, args);
    return stop(notAllowed(`${options.host}:${options.port}`));
  }
  if (store() && !allowed(`https://${options.host}/`)) return stop(notAllowed(options.host));
  const server = servers.find(({ host }) => host === options.host);
  if (!server) {
    return stop(
      Object.assign(new Error(`getaddrinfo ENOTFOUND ${options.host} (no such server here)`), {
        code: 'ENOTFOUND',
      }),
    );
  }
  if (server.port === null) return connect.apply(this, args);
  normalized[0] = { ...options, host: '127.0.0.1', port: server.port, lookup: undefined };
  return connect.call(this, normalized);
};

// ---- console ---------------------------------------------------------------------------------

const LEVELS = { debug: 20, log: 30, info: 30, warn: 40, error: 50 };
for (const [name, level] of Object.entries(LEVELS)) {
  console[name] = (...args) => {
    const invocation = store()?.runtime.appContext.invocationId;
    process.send?.({ log: { invocation, level, args: args.map(printable) } });
  };
}

function printable(value) {
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

// ---- processor time --------------------------------------------------------------------------

// The process's processor time, shared equally among the invocations that were running while it
// was used: the nearest one can come to what each would have used alone.
const running = new Set();
let measuredAt = process.cpuUsage();
function share() {
  const used = process.cpuUsage(measuredAt);
  measuredAt = process.cpuUsage();
  if (running.size === 0) return;
  const each = (used.user + used.system) / 1000 / running.size;
  for (const invocation of running) invocation.cpuMs += each;
}

// ---- one invocation --------------------------------------------------------------------------

const quiet = () => {};
const metrics = {
  counter: () => ({ incr: quiet, incrBy: quiet, decr: quiet, decrBy: quiet }),
  timing: () => ({ measure: () => ({ stop: quiet }) }),
  gauge: () => ({ set: quiet }),
};

exports.main = async (event, requestId, deadlineMs) => {
  const meta = event._meta;
  for (const { key, value } of event.variables ?? []) process.env[key] = value;
  const invocation = {
    cpuMs: 0,
    latencyMs: 0,
    egress: meta.egress,
    runtime: {
      proxy: meta.proxy,
      contextAri: meta.contextAri,
      container: { region: 'local', runtime: 'nodejs', handler: event.handler, appCodeDir: APP },
      appContext: meta.appContext,
      aaid: meta.aaid,
      lambdaContext: {
        awsRequestId: requestId,
        getRemainingTimeInMillis: () => deadlineMs - Date.now() - invocation.latencyMs,
      },
      tracing: meta.tracing,
      realtime: { contextToken: event.body?.contextToken },
      metrics,
      featureFlags: () => false,
    },
  };
  share();
  running.add(invocation);
  const result = await current.run(invocation, () => answered(event, meta));
  share();
  running.delete(invocation);
  return { ...result, cpuMs: invocation.cpuMs };
};

async function answered(event, meta) {
  try {
    const body = await call(event, meta);
    return { success: true, body: body === undefined ? undefined : JSON.stringify(body) };
  } catch (cause) {
    return { success: false, error: described(cause) };
  }
}

async function call(event, meta) {
  const [file, name] = event.handler.split('.');
  const module = require(path.join(APP, `${file}.cjs`));
  if (typeof module[name] !== 'function') {
    throw new Error(`Handler "${name}" is not an exported function of ${file}`);
  }
  return module[name](event.body, {
    installContext: meta.contextAri,
    ...(meta.aaid && { principal: { accountId: meta.aaid } }),
    ...(meta.appContext.license && { license: meta.appContext.license }),
    installation: meta.appContext.installation,
  });
}

function described(cause) {
  return {
    errorType: cause?.name ?? 'Error',
    errorMessage: cause?.message ?? String(cause),
    stack: String(cause?.stack ?? '').split('\n'),
  };
}
