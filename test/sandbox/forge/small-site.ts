import { certificatesFor } from '../../../sandbox/certificates';
import { bundleApp } from '../../../sandbox/forge/bundle';
import { ForgeHost } from '../../../sandbox/forge/host';
import type { Principal, Site, SiteEvent } from '../../../sandbox/forge/site';
import { CallLog } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import { seeded } from '../../../sandbox/kit/random';
import { json, Routes } from '../../../sandbox/kit/routes';
import { type Listening, serve } from '../../../sandbox/kit/serve';
import { type Profile, profileWith } from '../../../sandbox/profile';

export const ALICE = '5b10a2844c20165700ede21g';
export const PORTAL_CUSTOMER = 'qm:11111111-1111-4111-8111-111111111111:1';
export const OKTA_HOST = 'latchkey-demo.okta.com';

/** Every chance off and every delay short, so that a test meets only what it asks for. */
const CALM: Partial<Profile> = {
  queueDuplicateRate: 0,
  eventDuplicateRate: 0,
  eventLateRate: 0,
  scheduleDuplicateRate: 0,
  scheduleSpreadMs: 0,
  queueJitterMaxMs: 400,
  kvsQueryLagMaxMs: 0,
};

export interface SmallSite {
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly host: ForgeHost;
  readonly said: string[];
  readonly sites: readonly FixtureSite[];
  /** Calls the fixture app's resolver. */
  call(name: string, payload?: unknown, as?: string, site?: string): Promise<unknown>;
  probe(name: string, payload?: object, site?: string): Promise<unknown>;
  /** What the app's functions noted in the store, by kind. */
  noted(kind: string, site?: string): Record<string, unknown>[];
  close(): Promise<void>;
}

export const bundleFixture = () =>
  bundleApp({ appDir: 'test/sandbox/forge/fixture-app', outDir: '.cache/fixture-app' });

/** The host with a fixture app on two sites, a directory's server, and nothing else. */
export async function smallSite(changes: Partial<Profile> = {}): Promise<SmallSite> {
  const profile = profileWith({ ...CALM, ...changes });
  const bundle = await bundleFixture();
  const clock = new SandboxClock(Date.parse('2026-03-02T09:00:00Z'));
  const calls = new CallLog(() => clock.iso());
  const faults = new Faults();
  const sites = ['one', 'two'].map((name) => new FixtureSite(name, calls, faults));
  const okta = directory(calls, faults);
  const certificates = await certificatesFor([OKTA_HOST], '.cache/test-certificates');
  const server: Listening = await serve(okta, 0, certificates.tls);
  const said: string[] = [];
  const host = new ForgeHost({
    bundle,
    clock,
    calls,
    faults,
    random: seeded(7),
    profile,
    sites: Object.fromEntries(sites.map((site) => [site.name, site])),
    caFile: certificates.caFile,
    servers: [{ host: OKTA_HOST, port: server.port }],
    say: (line) => said.push(line),
  });
  await host.start();
  const call = async (name: string, payload?: unknown, as = ALICE, site = 'one') => {
    const view = { site, accountId: as, module: 'panel', function: name, payload };
    const answer = await host.callView(view);
    return answer.ok ? answer.result : answer;
  };
  return {
    clock,
    calls,
    faults,
    host,
    said,
    sites,
    call,
    probe: (name, payload = {}, site = 'one') => call('probe', { name, ...payload }, ALICE, site),
    noted: (kind, site = 'one') =>
      Object.entries(host.ledger(site)['plain'] ?? {})
        .filter(([key]) => key.startsWith(`seen:${kind}:`))
        .map(([, value]) => value as Record<string, unknown>),
    async close() {
      await host.close();
      await server.close();
      clock.close();
    },
  };
}

export class FixtureSite implements Site {
  readonly name: string;
  readonly cloudId: string;
  readonly baseUrl: string;
  readonly routes: Routes;
  readonly #listeners: ((event: SiteEvent, by: { appId?: string }) => void)[] = [];

  constructor(name: string, calls: CallLog, faults: Faults) {
    this.name = name;
    this.cloudId = `cloud-${name}`;
    this.baseUrl = `http://${name}.example`;
    this.routes = new Routes('jira', { calls, faults });
    this.routes.latencyMs = () => 200;
    this.routes.on('GET', '/rest/api/3/myself', (req) => json(200, req.trusted as Principal));
    this.routes.on('GET', '/rest/api/3/issue/:key', (req) =>
      json(200, { key: req.params['key'], site: name, by: req.trusted }),
    );
  }

  onEvent(listener: (event: SiteEvent, by: { appId?: string }) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: SiteEvent, by: { appId?: string } = {}): void {
    for (const listener of this.#listeners) listener(event, by);
  }

  installApp({ appId }: { appId: string }): { accountId: string } {
    return { accountId: `app-account-of-${appId}` };
  }

  removeApp(): void {}

  licensed(accountId: string): boolean {
    return accountId === ALICE;
  }

  accountType(accountId: string): 'atlassian' | 'customer' {
    return accountId.startsWith('qm:') ? 'customer' : 'atlassian';
  }

  moduleContext(issue: string): Record<string, unknown> {
    return { issue: { key: issue } };
  }

  snapshot(): unknown {
    return {};
  }

  restore(): void {}
}

function directory(calls: CallLog, faults: Faults): Routes {
  const routes = new Routes('okta', { calls, faults });
  routes.latencyMs = () => 250;
  routes.on('GET', '/hello', () => json(200, { hello: 'from okta' }));
  routes.on('PUT', '/thing', () => ({ status: 204 }));
  routes.on('GET', '/away', () => ({ status: 302, headers: { location: 'https://evil.test/x' } }));
  routes.on('GET', '/near', () => ({
    status: 302,
    headers: { location: `https://${OKTA_HOST}/hello` },
  }));
  return routes;
}
