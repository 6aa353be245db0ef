/**
 * What functions reach through the platform: the store, the queue service, and Jira as the app or
 * as a person. Speaks the protocol of Forge's runtime proxy over a loopback port.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallLog } from '../kit/calls';
import type { SandboxClock } from '../kit/clock';
import { CUT, type Faults } from '../kit/faults';
import { json, type Reply, Routes } from '../kit/routes';
import type { Profile } from '../profile';
import { Accounts, REPORT_SCOPE } from './accounts';
import type { Live } from './invoker';
import { KvsOperations } from './kvs/operations';
import type { Store } from './kvs/store';
import type { Entity } from './manifest';
import type { Queues } from './queues';
import { scopeRowFor } from './scopes';
import type { Principal, Site } from './site';

export interface PlatformOptions {
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly profile: Profile;
  readonly entities: readonly Entity[];
  readonly live: (token: string) => Live | undefined;
  readonly store: (installationId: string) => Store;
  readonly site: (name: string) => Site;
  readonly queues: Queues;
}

/** https://developer.atlassian.com/platform/forge/limits-kvs-ce/ */
const UNITS_PER_MINUTE = 4_000;

export class Platform {
  readonly kvs: Routes;
  readonly queue: Routes;
  /** Atlassian itself, where it is neither store nor queue nor Jira. */
  readonly atlassian: Routes;
  readonly accounts = new Accounts();
  /** Paths of the platform that nothing here models. */
  readonly unmodelled: string[] = [];
  readonly #o: PlatformOptions;
  readonly #used = new Map<string, { minute: number; reads: number; writes: number }>();
  #server: http.Server | undefined;
  #url = '';

  constructor(options: PlatformOptions) {
    this.#o = options;
    const { calls, faults, profile, queues } = options;
    this.kvs = new Routes('kvs', { calls, faults });
    this.kvs.latencyMs = () => profile.kvsLatencyMs;
    this.kvs.on('POST', '/api/v1/*operation', (req) =>
      this.#store(req.trusted as Live, req.params['operation'] ?? '', req.json()),
    );
    this.queue = new Routes('queue', { calls, faults });
    this.queue.latencyMs = () => profile.queuePushLatencyMs;
    this.queue.on('POST', '/webhook/queue/publish/*rest', (req) =>
      queues.publish(req.trusted as Live, req.json()),
    );
    this.queue.on('POST', '/webhook/queue/stats/*rest', (req) =>
      queues.stats(req.trusted as Live, req.json()),
    );
    this.queue.on('POST', '/webhook/queue/cancel/*rest', (req) =>
      queues.cancel(req.trusted as Live, req.json()),
    );
    this.atlassian = new Routes('atlassian', { calls, faults });
    this.atlassian.on('POST', '/app/report-accounts', (req) =>
      this.#report(req.trusted as Live, req.json()),
    );
  }

  /** Before it was granted, an app gets no answer at all. */
  #report(live: Live, body: unknown): Reply {
    if (live.installation.permissions.scopes.includes(REPORT_SCOPE))
      return this.accounts.report(body);
    return json(403, { code: 403, message: `The scope ${REPORT_SCOPE} is missing.` });
  }

  get url(): string {
    return this.#url;
  }

  async listen(): Promise<void> {
    const server = http.createServer((req, res) => {
      this.#answer(req, res).catch((cause) => {
        console.error('sandbox: the platform proxy failed', cause);
        res.destroy();
      });
    });
    // Functions keep connections open between calls that are minutes of real time apart.
    server.keepAliveTimeout = 10 * 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server) return resolve();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  forgetUsage(): void {
    this.#used.clear();
    this.accounts.forget();
  }

  async #answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const token = String(req.headers['forge-proxy-authorization'] ?? '').replace('Bearer ', '');
    const live = this.#o.live(token);
    if (!live) return void res.destroy();
    const reply = await this.#route(live, {
      url: req.url ?? '',
      method: req.method ?? 'GET',
      target: String(req.headers['forge-proxy-target'] ?? ''),
      headers: forwarded(req.headers, live.id),
      body: Buffer.concat(chunks).toString('utf8'),
    });
    if (reply.status === CUT) return void res.destroy();
    const text = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
    const type = reply.type ?? (reply.json === undefined ? undefined : 'application/json');
    res.writeHead(reply.status, {
      'x-trace-id': live.id.replaceAll('-', ''),
      ...(type && { 'content-type': type }),
      ...reply.headers,
    });
    res.end(text);
  }

  #route(live: Live, call: ProxyCall): Reply | Promise<Reply> {
    const { url, method, target, headers, body } = call;
    if (url === '/fpp/as/app/provider/atlassian/capability/kvs') {
      return this.kvs.dispatch({ method, target, host: 'kvs', headers, body, trusted: live });
    }
    const product = /^\/fpp\/provider\/(app|user|none)\/remote\/([a-z]+)(?:\/account\/(.+))?$/;
    const [, provider, remote, account] = product.exec(url) ?? [];
    if (remote === 'stargate' && provider === 'app' && target.startsWith('/webhook/queue/')) {
      return this.queue.dispatch({ method, target, host: 'queue', headers, body, trusted: live });
    }
    if (remote === 'stargate' && provider === 'app' && target === '/app/report-accounts') {
      const host = 'api.atlassian.com';
      return this.atlassian.dispatch({ method, target, host, headers, body, trusted: live });
    }
    if (remote === 'jira' && (provider === 'app' || provider === 'user')) {
      return this.#jira(live, call, provider, account && decodeURIComponent(account));
    }
    return this.#missing(`${method} ${url} ${target}`);
  }

  #missing(what: string): Reply {
    this.unmodelled.push(`forge: ${what}`);
    return {
      status: 501,
      headers: { 'forge-proxy-error': 'NOT_MODELLED' },
      json: { sandbox: `forge: not modelled: ${what}` },
    };
  }

  #store(live: Live, operation: string, body: unknown): Reply {
    if (!live.installation.permissions.scopes.includes('storage:app')) {
      return json(403, { code: 'FORBIDDEN', message: 'The scope storage:app is missing.' });
    }
    const used = this.#usage(live.installation.id);
    if (used.reads >= UNITS_PER_MINUTE || used.writes >= UNITS_PER_MINUTE) {
      return json(429, { code: 'RATE_LIMIT_EXCEEDED', message: 'Too many requests.' });
    }
    const store = this.#o.store(live.installation.id);
    const done = new KvsOperations(store, this.#o.entities).run(operation, body);
    if (!done) return this.#missing(`store operation ${operation}`);
    used.reads += done.cost.reads;
    used.writes += done.cost.writes;
    return done.reply;
  }

  #usage(installationId: string) {
    const minute = Math.floor(this.#o.clock.now() / 60_000);
    const used = this.#used.get(installationId);
    if (used?.minute === minute) return used;
    const fresh = { minute, reads: 0, writes: 0 };
    this.#used.set(installationId, fresh);
    return fresh;
  }

  #jira(
    live: Live,
    { method, target, headers, body }: ProxyCall,
    provider: 'app' | 'user',
    account: string | undefined,
  ): Reply | Promise<Reply> {
    const { pathname } = new URL(target, 'http://jira');
    const row = scopeRowFor(method, decodeURIComponent(pathname));
    if (!row) return this.#missing(`no scope row for ${method} ${pathname}`);
    const { scopes, impersonation } = live.installation.permissions;
    if (!row.scopes.every((scope) => scopes.includes(scope))) {
      return json(401, { code: 401, message: 'Unauthorized; scope does not match' });
    }
    const site = this.#o.site(live.installation.site);
    const principal = principalOf(site, live, provider, account, () =>
      row.scopes.every((scope) => impersonation.includes(scope)),
    );
    if (!principal) {
      return { status: 401, headers: { 'forge-proxy-error': 'NEEDS_AUTHENTICATION_ERR' } };
    }
    const host = new URL(site.baseUrl).hostname;
    return site.routes.dispatch({ method, target, host, headers, body, trusted: principal });
  }
}

interface ProxyCall {
  readonly url: string;
  readonly method: string;
  /** The path the function asked for. */
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * Nobody, when there is no user, when the account has no licence to act with, or when it is someone
 * else's and the scope does not allow impersonation. Portal-only customers need no licence; Atlassian
 * accounts without one are refused, the employee and the manager of the portal too.
 * https://developer.atlassian.com/platform/forge/access-to-forge-apps-for-unlicensed-users/
 */
function principalOf(
  site: Site,
  live: Live,
  provider: 'app' | 'user',
  account: string | undefined,
  mayImpersonate: () => boolean,
): Principal | undefined {
  const { appId, accountId: ownAccount } = live.installation;
  if (provider === 'app') return { kind: 'app', appId, accountId: ownAccount };
  const accountId = account ?? live.accountId;
  if (accountId === undefined) return undefined;
  if (!site.licensed(accountId) && site.accountType(accountId) !== 'customer') return undefined;
  if (accountId !== live.accountId && !mayImpersonate()) return undefined;
  return { kind: 'user', accountId, viaApp: appId };
}

function forwarded(headers: http.IncomingHttpHeaders, invocation: string): Record<string, string> {
  const kept: Record<string, string> = { 'x-sandbox-invocation': invocation };
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith('forge-proxy-') || name === 'host') continue;
    kept[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return kept;
}
