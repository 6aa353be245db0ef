/**
 * Puts the sandbox together: one clock, the Jira sites, the three directories, the Forge host with
 * the app, and the ports they listen on. Whoever started it moves it through the control API, or
 * in process through the `Sandbox` returned here.
 */
import path from 'node:path';
import { type Certificates, certificatesFor } from './certificates';
import { serveControl } from './control';
import { createDirectories, type Directories } from './directories/directories';
import { bundleApp } from './forge/bundle';
import { ForgeHost } from './forge/host';
import type { ViewAnswer, ViewCall } from './forge/views';
import { forwarder } from './forward';
import { JiraSite } from './jira/site';
import { CallLog } from './kit/calls';
import { SandboxClock } from './kit/clock';
import { Faults } from './kit/faults';
import type { Part } from './kit/part';
import { type Random, seeded } from './kit/random';
import type { Routes } from './kit/routes';
import { type Listening, serve } from './kit/serve';
import { profile as listedProfile, type Profile } from './profile';
import { type SavedState, StateFolder } from './saved-state';
import { createWorld } from './world/create-world';
import type { World, WorldName } from './world/world';

export interface SandboxOptions {
  /** Base port; 0 takes any free ports. */
  readonly port: number;
  readonly world?: WorldName;
  readonly seed?: number;
  /** Forget what is saved in `stateDir`. */
  readonly fresh?: boolean;
  /** Where state is kept between starts; absent keeps nothing. */
  readonly stateDir?: string;
  readonly appDir: string;
  /** Where the bundle goes; default `dist` in `appDir`. */
  readonly bundleDir?: string;
  /** Virtual epoch milliseconds of the first start. */
  readonly startAt?: number;
  readonly profile?: Profile;
  /** Host to URL of a server brought along, or `live` for the real one. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Values of the manifest's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Sets the app up after its first installation. */
  readonly seedApp?: (sandbox: Sandbox) => Promise<void>;
  readonly say?: (line: string) => void;
}

export interface PersonCall extends Omit<ViewCall, 'accountId' | 'site'> {
  /** Key of a person of the world, or an account id. */
  readonly as: string;
  /** `main` when absent. */
  readonly site?: string;
}

export interface Addresses {
  readonly jira: string;
  readonly secondJira: string;
  readonly okta: string;
  readonly entra: string;
  readonly google: string;
  readonly control: string;
}

/** Offsets from the base port; +1 is for the app's pages, +5 for Slack. */
const OFFSETS = { jira: 0, okta: 2, entra: 3, google: 4, secondJira: 6, control: 9 } as const;
const SITES = {
  main: '11111111-1111-4111-8111-111111111111',
  second: '22222222-2222-4222-8222-222222222222',
};
const SAVE_EVERY_MS = 5_000;
const CACHE = '.cache';

export class Sandbox {
  readonly world: World;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly sites: Readonly<Record<string, JiraSite>>;
  readonly directories: Directories;
  readonly host: ForgeHost;
  /** Hosts that lead to real services; while there is one, time cannot be moved. */
  readonly liveHosts: readonly string[];
  readonly seed: number;
  readonly #chance: ResettableRandom;
  #addresses: Addresses | undefined;
  #snapshot: SavedState | undefined;

  constructor(wiring: SandboxWiring) {
    this.world = wiring.world;
    this.clock = wiring.clock;
    this.calls = wiring.calls;
    this.faults = wiring.faults;
    this.sites = wiring.sites;
    this.directories = wiring.directories;
    this.host = wiring.host;
    this.liveHosts = wiring.liveHosts;
    this.seed = wiring.seed;
    this.#chance = wiring.chance;
  }

  get addresses(): Addresses {
    if (!this.#addresses) throw new Error('the sandbox is not listening yet');
    return this.#addresses;
  }

  listeningOn(addresses: Addresses): void {
    this.#addresses = addresses;
  }

  /** Account id of a person's key, or the id itself. */
  accountId(person: string): string {
    const known = this.world.people.find(({ key }) => key === person);
    if (!known) return person;
    if (!known.jira) throw new Error(`${person} has no Jira account`);
    return known.jira.accountId;
  }

  /** Calls a resolver of the app as a person who has its view open. */
  invoke({ as, site = 'main', ...call }: PersonCall): Promise<ViewAnswer> {
    return this.host.callView({ ...call, site, accountId: this.accountId(as) });
  }

  /** Every route table, for what was called and what was missing. */
  get routes(): readonly Routes[] {
    return [
      ...Object.values(this.sites).map((site) => site.routes),
      ...Object.values(this.directories).map((directory) => directory.routes),
      this.host.platform.kvs,
      this.host.platform.queue,
    ];
  }

  unmodelled(): string[] {
    const missing = this.routes.flatMap((table) =>
      table.unmodelled.map((what) => `${table.name}: ${what}`),
    );
    return [...missing, ...this.host.platform.unmodelled];
  }

  /** Remembers this moment as the one that `reset` comes back to. */
  remember(): SavedState {
    this.#snapshot = this.state();
    return this.#snapshot;
  }

  reset(): void {
    if (!this.#snapshot) throw new Error('there is no snapshot to come back to');
    this.restore(this.#snapshot, this.#snapshot.at);
  }

  state(): SavedState {
    return {
      world: this.world.name,
      seed: this.seed,
      appId: this.host.appId,
      shiftMs: this.clock.shiftMs(),
      at: this.clock.now(),
      parts: Object.fromEntries(this.#parts().map(([name, part]) => [name, part.snapshot()])),
    };
  }

  restore(saved: SavedState, at: number, snapshot = this.#snapshot): void {
    this.#snapshot = snapshot;
    this.host.invoker.abandon();
    this.clock.restart(at);
    this.calls.clear();
    this.faults.clear();
    this.#chance.reset();
    for (const [name, part] of this.#parts()) {
      const state = saved.parts[name];
      if (state === undefined)
        throw new Error(`the saved state lacks "${name}"; start with --fresh`);
      part.restore(state);
    }
  }

  #parts(): [string, Part][] {
    return [
      ...Object.values(this.sites).map((site): [string, Part] => [site.name, site]),
      ...Object.entries(this.directories),
      ...this.host.parts.map((part): [string, Part] => [`host ${part.name}`, part]),
    ];
  }
}

interface SandboxWiring {
  readonly world: World;
  readonly seed: number;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly sites: Readonly<Record<string, JiraSite>>;
  readonly directories: Directories;
  readonly host: ForgeHost;
  readonly liveHosts: readonly string[];
  readonly chance: ResettableRandom;
}

export interface RunningSandbox {
  readonly sandbox: Sandbox;
  readonly addresses: Addresses;
  close(): Promise<void>;
}

export async function createSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { seed = 1, profile = listedProfile, routes = {}, say = () => {} } = options;
  const world = createWorld(options.world ?? 'default', seed);
  const bundling = bundleApp({
    appDir: options.appDir,
    outDir: options.bundleDir ?? path.join(options.appDir, 'dist'),
  });
  const folder = options.stateDir === undefined ? undefined : new StateFolder(options.stateDir);
  if (options.fresh) folder?.wipe();
  const saved = folder?.read('now');
  refuseOtherWorld(saved, world);

  const clock = new SandboxClock(options.startAt);
  const calls = new CallLog(() => clock.iso());
  const faults = new Faults();
  const chance = new ResettableRandom(seed);
  const shared = { world, clock, calls, faults, random: chance, profile };
  const directories = createDirectories(shared);

  const listening: Listening[] = [];
  const listen = async (
    table: Routes | (() => Routes),
    offset: number,
    tls?: Certificates['tls'],
  ) => {
    const port = options.port === 0 ? 0 : options.port + offset;
    const server = await serve(typeof table === 'function' ? () => table() : table, port, tls);
    listening.push(server);
    return server.port;
  };

  const hosts = Object.values(directories).flatMap((directory) => directory.hosts);
  const certificates = await certificatesFor(
    [...new Set([...hosts, ...Object.keys(routes), 'localhost'])],
    path.join(CACHE, 'certificates'),
  );
  const { tls } = certificates;

  // A site knows its own address, so its port is taken before the site exists.
  const sites: Record<string, JiraSite> = {};
  const siteAt = async (name: keyof typeof SITES, offset: number) => {
    const port = await listen(() => routesOf(sites[name]), offset);
    sites[name] = new JiraSite({
      ...shared,
      name,
      cloudId: SITES[name],
      baseUrl: `http://localhost:${port}`,
    });
    return port;
  };
  const jiraPort = await siteAt('main', OFFSETS.jira);
  const secondPort = await siteAt('second', OFFSETS.secondJira);
  const ports = {
    okta: await listen(directories.okta.routes, OFFSETS.okta, tls),
    entra: await listen(directories.entra.routes, OFFSETS.entra, tls),
    google: await listen(directories.google.routes, OFFSETS.google, tls),
  };
  const servers = new Map<string, number | null>();
  for (const name of ['okta', 'entra', 'google'] as const) {
    for (const host of directories[name].hosts) servers.set(host, ports[name]);
  }
  for (const [host, target] of Object.entries(routes)) {
    const forwarded = forwarder(host, target, { calls, faults });
    servers.set(host, target === 'live' ? null : (await forwardTo(forwarded)).port);
  }
  async function forwardTo(table: Routes): Promise<Listening> {
    const server = await serve(table, 0, tls);
    listening.push(server);
    return server;
  }

  const host = new ForgeHost({
    bundle: await bundling,
    ...shared,
    sites,
    caFile: certificates.caFile,
    servers: [...servers].map(([name, port]) => ({ host: name, port })),
    ...(options.variables && { variables: options.variables }),
    say,
  });
  await host.start();
  const liveHosts = Object.keys(routes).filter((name) => routes[name] === 'live');
  const wiring = { world, seed, clock, calls, faults, sites, directories, host, liveHosts, chance };
  const sandbox = new Sandbox(wiring);
  const control = await serveControl(
    sandbox,
    options.port === 0 ? 0 : options.port + OFFSETS.control,
  );
  listening.push(control);
  const addresses: Addresses = {
    jira: `http://localhost:${jiraPort}`,
    secondJira: `http://localhost:${secondPort}`,
    okta: `https://localhost:${ports.okta}`,
    entra: `https://localhost:${ports.entra}`,
    google: `https://localhost:${ports.google}`,
    control: `http://localhost:${control.port}`,
  };
  sandbox.listeningOn(addresses);

  if (saved) {
    sandbox.restore(saved, Date.now() + saved.shiftMs, folder?.read('seeded') ?? saved);
  } else {
    host.install({ site: 'main', by: sandbox.accountId('admin') });
    await clock.settle();
    await options.seedApp?.(sandbox);
    await clock.settle();
    folder?.write('seeded', sandbox.remember());
    if (!folder) sandbox.remember();
  }
  const saving = folder && saveNowAndThen(sandbox, folder);
  return {
    sandbox,
    addresses,
    async close() {
      clearInterval(saving);
      folder?.write('now', sandbox.state());
      clock.close();
      await host.close();
      await Promise.all(listening.map((server) => server.close()));
    },
  };
}

function routesOf(site: JiraSite | undefined): Routes {
  if (!site) throw new Error('the site is still being set up');
  return site.routes;
}

function refuseOtherWorld(saved: SavedState | undefined, world: World): void {
  if (!saved || (saved.world === world.name && saved.seed === world.seed)) return;
  throw new Error(
    `the saved state is of world "${saved.world}" with seed ${saved.seed}; start with --fresh to replace it`,
  );
}

function saveNowAndThen(sandbox: Sandbox, folder: StateFolder): NodeJS.Timeout {
  let savedAfter = -1;
  const timer = setInterval(() => {
    const seq = sandbox.calls.latest;
    if (seq === savedAfter || sandbox.clock.inFlight().length > 0) return;
    savedAfter = seq;
    folder.write('now', sandbox.state());
  }, SAVE_EVERY_MS);
  timer.unref();
  return timer;
}

/** Chance that starts over with every reset, so that a story meets the same luck each time. */
class ResettableRandom implements Random {
  readonly #seed: number;
  #inner: Random;

  constructor(seed: number) {
    this.#seed = seed;
    this.#inner = seeded(seed);
  }

  reset(): void {
    this.#inner = seeded(this.#seed + 1);
  }

  next(): number {
    return this.#inner.next();
  }

  int(low: number, high: number): number {
    return this.#inner.int(low, high);
  }

  pick<T>(items: readonly T[]): T {
    return this.#inner.pick(items);
  }
}
