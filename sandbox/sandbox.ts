/**
 * Puts a sandbox together: one clock, the Jira sites, the three directories, the Forge host with the
 * app, and the ports they listen on.
 */
import path from 'node:path';
import { certificatesFor } from './certificates';
import { controlRoutes } from './control';
import { createDirectories } from './directories/directories';
import { bundleApp } from './forge/bundle';
import { ForgeHost } from './forge/host';
import { JiraSite, type SiteOptions } from './jira/site';
import { CallLog } from './kit/calls';
import { SandboxClock } from './kit/clock';
import { Faults } from './kit/faults';
import { RestartableRandom } from './kit/random';
import type { Routes } from './kit/routes';
import { type Addresses, OFFSETS, Ports } from './ports';
import { profile as listedProfile, type Profile } from './profile';
import { type SavedState, StateFolder } from './saved-state';
import { Sandbox } from './whole';
import { createWorld } from './world/create-world';
import type { World, WorldName } from './world/world';

export type { Sandbox } from './whole';

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

const CLOUD_IDS = {
  main: '11111111-1111-4111-8111-111111111111',
  second: '22222222-2222-4222-8222-222222222222',
};
const SAVE_EVERY_MS = 5_000;
/** Made once per machine; a browser or client that trusts the authority keeps trusting it. */
const CERTIFICATES = path.join('.cache', 'certificates');

export interface RunningSandbox {
  readonly sandbox: Sandbox;
  readonly addresses: Addresses;
  close(): Promise<void>;
}

export async function createSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { seed = 1, routes = {}, say = () => {} } = options;
  const profile = { ...(options.profile ?? listedProfile) };
  const world = createWorld(options.world ?? 'default', seed);
  const folder = options.stateDir === undefined ? undefined : new StateFolder(options.stateDir);
  if (options.fresh) folder?.wipe();
  const saved = folder?.read('now');
  refuseOtherWorld(saved, world);
  const outDir = options.bundleDir ?? path.join(options.appDir, 'dist');
  const bundle = await bundleApp({ appDir: options.appDir, outDir });

  const clock = new SandboxClock(options.startAt);
  const calls = new CallLog(() => clock.iso());
  const faults = new Faults();
  const random = new RestartableRandom(seed);
  const shared = { world, clock, calls, faults, random, profile };
  const directories = createDirectories(shared);
  const hosts = Object.values(directories).flatMap((directory) => directory.hosts);
  const certificates = await certificatesFor(
    [...new Set([...hosts, ...Object.keys(routes), 'localhost'])],
    CERTIFICATES,
  );
  const ports = new Ports(options.port, certificates.tls);

  const main = await siteOn(ports, 'main', OFFSETS.jira, shared);
  const second = await siteOn(ports, 'second', OFFSETS.secondJira, shared);
  const sites = { main, second };
  const servers = new Map<string, number | null>();
  const at = { okta: 0, entra: 0, google: 0 };
  for (const name of ['okta', 'entra', 'google'] as const) {
    at[name] = await ports.https(directories[name].routes, OFFSETS[name]);
    for (const host of directories[name].hosts) servers.set(host, at[name]);
  }
  for (const [host, target] of Object.entries(routes)) {
    servers.set(host, (await ports.forward(host, target, { calls, faults })).port);
  }
  const host = new ForgeHost({
    bundle,
    ...shared,
    sites,
    caFile: certificates.caFile,
    servers: [...servers].map(([name, port]) => ({ host: name, port })),
    ...(options.variables && { variables: options.variables }),
    say,
  });
  await host.start();

  const liveHosts = Object.keys(routes).filter((name) => routes[name] === 'live');
  let routesOfControl: Routes | undefined;
  const control = await ports.http(() => known(routesOfControl, 'control API'), OFFSETS.control);
  const addresses: Addresses = {
    jira: main.baseUrl,
    secondJira: second.baseUrl,
    okta: `https://localhost:${at.okta}`,
    entra: `https://localhost:${at.entra}`,
    google: `https://localhost:${at.google}`,
    control: `http://localhost:${control}`,
  };
  const sandbox = new Sandbox({
    ...shared,
    seed,
    sites,
    directories,
    host,
    liveHosts,
    addresses,
  });
  routesOfControl = controlRoutes(sandbox);

  if (saved) {
    sandbox.restore(saved, Date.now() + saved.shiftMs);
    sandbox.comeBackTo(folder?.read('seeded') ?? saved);
  } else {
    await setUp(sandbox, options.seedApp);
    folder?.write('seeded', sandbox.state());
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
      await ports.close();
    },
  };
}

function known<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new Error(`the ${name} is still being set up`);
  return thing;
}

/** A site knows its own address, so its port is taken before the site exists. */
async function siteOn(
  ports: Ports,
  name: keyof typeof CLOUD_IDS,
  offset: number,
  shared: Omit<SiteOptions, 'name' | 'cloudId' | 'baseUrl'>,
): Promise<JiraSite> {
  let site: JiraSite | undefined;
  const port = await ports.http(() => known(site, 'site').routes, offset);
  const baseUrl = `http://localhost:${port}`;
  site = new JiraSite({ ...shared, name, cloudId: CLOUD_IDS[name], baseUrl });
  return site;
}

/** The first start of a world: the app is installed, set up, and everything has come to rest. */
async function setUp(sandbox: Sandbox, seedApp: SandboxOptions['seedApp']): Promise<void> {
  sandbox.host.install({ site: 'main', by: sandbox.accountId('admin') });
  await sandbox.clock.settle();
  await seedApp?.(sandbox);
  await sandbox.clock.settle();
  sandbox.comeBackTo(sandbox.state());
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
