/** The Forge platform of the sandbox: installs the app on sites and runs its functions. */
import { randomUUID } from 'node:crypto';
import type { CallLog } from '../kit/calls';
import type { SandboxClock } from '../kit/clock';
import type { Faults } from '../kit/faults';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import type { Profile } from '../profile';
import type { Bundle } from './bundle';
import { ProductEvents } from './events';
import { appVersion, type Installation, type LicenceState } from './installation';
import { Invoker, type Outcome } from './invoker';
import { KillSwitch } from './kill';
import { Store } from './kvs/store';
import { Logs } from './logs';
import { Platform } from './platform';
import { Queues } from './queues';
import { Schedules } from './schedules';
import type { Site } from './site';
import { callView, type ViewAnswer, type ViewCall } from './views';
import { type ServerAddress, Worker } from './worker';

export interface ForgeHostOptions {
  readonly bundle: Bundle;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly random: Random;
  readonly profile: Profile;
  /** By the name that installations go by. */
  readonly sites: Readonly<Record<string, Site>>;
  readonly caFile: string;
  readonly servers: readonly ServerAddress[];
  /** Values of the manifest's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A line for whoever watches the sandbox. */
  readonly say: (line: string) => void;
}

export interface InstallChoice {
  readonly site: string;
  /** Another app's UUID than the manifest's. */
  readonly appId?: string;
  /** What the admin consents to, when it is less than the manifest asks for. */
  readonly scopes?: readonly string[];
  readonly licence?: LicenceState;
  readonly customerEgress?: readonly string[];
  /** A site whose stored data comes along, secrets included: this one is its copy. */
  readonly copyOf?: string;
  /** Account id of the installing admin. */
  readonly by?: string;
}

interface HostState {
  readonly installations: Installation[];
  readonly stores: [string, unknown][];
}

export class ForgeHost implements Part {
  readonly name = 'forge';
  readonly killSwitch = new KillSwitch();
  readonly logs: Logs;
  readonly worker: Worker;
  readonly invoker: Invoker;
  readonly queues: Queues;
  readonly events: ProductEvents;
  readonly schedules: Schedules;
  readonly platform: Platform;
  readonly #o: ForgeHostOptions;
  #installations = new Map<string, Installation>();
  #stores = new Map<string, Store>();

  constructor(options: ForgeHostOptions) {
    this.#o = options;
    const { bundle, clock, calls, faults, random, profile, caFile, servers, say } = options;
    const { manifest } = bundle;
    this.logs = new Logs(clock, (id) => this.invoker.live(id), say);
    this.worker = new Worker({
      bundleDir: bundle.outDir,
      caFile,
      servers,
      onLog: (line) => this.logs.take(line),
    });
    this.invoker = new Invoker({
      clock,
      calls,
      worker: this.worker,
      killSwitch: this.killSwitch,
      functions: manifest.functions,
      variables: manifest.variables.map(({ key, value = '' }) => ({
        key,
        value: options.variables?.[key] ?? value,
      })),
      proxyUrl: () => this.platform.url,
    });
    const { invoker } = this;
    const installation = (id: string) => this.#installations.get(id);
    const shared = { clock, random, profile, manifest, invoker, installation };
    this.queues = new Queues(shared);
    this.events = new ProductEvents({ ...shared, say });
    this.schedules = new Schedules(shared);
    this.platform = new Platform({
      clock,
      calls,
      faults,
      profile,
      entities: manifest.entities,
      live: (token) => this.invoker.live(token),
      store: (id) => this.#store(id),
      site: (name) => this.site(name),
      queues: this.queues,
    });
    for (const [name, site] of Object.entries(options.sites)) {
      site.onEvent((event, by) => {
        for (const installed of this.installationsOn(name)) {
          this.events.emit(installed, event, by);
        }
      });
    }
  }

  /** UUID from the manifest. */
  get appId(): string {
    return this.#o.bundle.manifest.appId;
  }

  /** Everything whose state is kept, in the order in which it must be put back. */
  get parts(): readonly Part[] {
    return [this, this.queues, this.events, this.schedules];
  }

  async start(): Promise<void> {
    await this.platform.listen();
  }

  async close(): Promise<void> {
    this.invoker.abandon();
    await this.worker.close();
    await this.platform.close();
  }

  site(name: string): Site {
    const site = this.#o.sites[name];
    if (!site) throw new Error(`there is no site "${name}"`);
    return site;
  }

  installationsOn(site: string): Installation[] {
    return [...this.#installations.values()].filter((installed) => installed.site === site);
  }

  /** The one installation on a site, or the one of `appId` when there are several. */
  installation(site: string, appId?: string): Installation {
    const found = this.installationsOn(site).filter(
      (i) => appId === undefined || i.appId === appId,
    );
    const [first] = found;
    if (!first) throw new Error(`the app is not installed on ${site}`);
    return found.find((i) => i.appId === this.#o.bundle.manifest.appId) ?? first;
  }

  install(choice: InstallChoice): Installation {
    const { manifest } = this.#o.bundle;
    const site = this.site(choice.site);
    const appId = choice.appId ?? manifest.appId;
    if (this.installationsOn(choice.site).some((installed) => installed.appId === appId)) {
      throw new Error(`the app is already installed on ${choice.site}`);
    }
    const { searchable } = manifest;
    const { accountId } = site.installApp({ appId, name: 'Latchkey', searchable });
    const installation: Installation = {
      id: randomUUID(),
      site: choice.site,
      cloudId: site.cloudId,
      appId,
      accountId,
      version: 1,
      permissions: { ...manifest.permissions, ...(choice.scopes && { scopes: choice.scopes }) },
      customerEgress: choice.customerEgress ?? [],
      licence: choice.licence ?? 'active',
    };
    this.#installations.set(installation.id, installation);
    if (choice.copyOf !== undefined) {
      const original = this.#store(this.installation(choice.copyOf).id);
      this.#store(installation.id).restore(original.snapshot());
    }
    this.schedules.start(installation.id);
    this.#lifecycle(installation, 'installed', { installerAccountId: choice.by ?? '' });
    return installation;
  }

  /** A new version with a new consent; data stays. */
  upgrade(choice: InstallChoice): Installation {
    const { manifest } = this.#o.bundle;
    const before = this.installation(choice.site, choice.appId);
    const upgraded = this.#replace({
      ...before,
      version: before.version + 1,
      permissions: { ...manifest.permissions, ...(choice.scopes && { scopes: choice.scopes }) },
      customerEgress: choice.customerEgress ?? before.customerEgress,
      licence: choice.licence ?? before.licence,
    });
    this.schedules.start(upgraded.id);
    this.#lifecycle(upgraded, 'upgraded', { upgraderAccountId: choice.by ?? '' });
    return upgraded;
  }

  /** Asks the app's preUninstall functions first, waits for nothing they do, and wipes the data. */
  async uninstall(site: string, appId?: string): Promise<void> {
    const installation = this.installation(site, appId);
    for (const { key, function: fn } of this.#o.bundle.manifest.preUninstall) {
      await this.invoker.invoke({
        installation,
        fn,
        moduleType: 'preUninstall',
        moduleKey: key,
        body: { context: { cloudId: installation.cloudId, moduleKey: key } },
      });
    }
    this.#installations.delete(installation.id);
    this.#stores.delete(installation.id);
    this.queues.forget(installation.id);
    this.events.forget(installation.id);
    this.schedules.stop(installation.id);
    this.site(site).removeApp(installation.appId);
  }

  setLicence(site: string, licence: LicenceState, appId?: string): Installation {
    return this.#replace({ ...this.installation(site, appId), licence });
  }

  callView(call: ViewCall): Promise<ViewAnswer> {
    return callView(call, {
      site: this.site(call.site),
      installation: this.installation(call.site, call.appId),
      views: this.#o.bundle.manifest.views,
      invoke: (invocation) => this.invoker.invoke(invocation),
    });
  }

  /** Runs a scheduled trigger or any other function now, as the platform would. */
  run(site: string, fn: string, moduleType: string, body: unknown): Promise<Outcome> {
    const installation = this.installation(site);
    return this.invoker.invoke({ installation, fn, moduleType, moduleKey: fn, body });
  }

  /** The whole store of one installation; secrets' values left out. */
  ledger(site: string, appId?: string): Record<string, Record<string, unknown>> {
    return this.#store(this.installation(site, appId).id).dump();
  }

  snapshot(): HostState {
    return {
      installations: [...this.#installations.values()],
      stores: [...this.#stores].map(([id, store]) => [id, store.snapshot()]),
    };
  }

  restore(state: unknown): void {
    const { installations, stores } = state as HostState;
    this.killSwitch.clear();
    this.platform.forgetUsage();
    this.logs.clear();
    this.#installations = new Map(installations.map((installed) => [installed.id, installed]));
    this.#stores = new Map();
    for (const [id, contents] of stores) this.#store(id).restore(contents);
  }

  #replace(installation: Installation): Installation {
    this.#installations.set(installation.id, installation);
    return installation;
  }

  #store(installationId: string): Store {
    const existing = this.#stores.get(installationId);
    if (existing) return existing;
    const { clock, random, profile } = this.#o;
    const store = new Store({
      now: () => clock.now(),
      random,
      queryLagMaxMs: () => profile.kvsQueryLagMaxMs,
      ttlDeletionLagMaxMs: () => profile.kvsTtlDeletionLagMaxMs,
    });
    this.#stores.set(installationId, store);
    return store;
  }

  #lifecycle(
    installation: Installation,
    what: 'installed' | 'upgraded',
    by: Record<string, string>,
  ): void {
    const event = {
      eventType: `avi:forge:${what}:app`,
      id: installation.id,
      ...by,
      app: { id: installation.appId, version: appVersion(installation) },
    };
    this.events.emit(installation, event, {});
  }
}
