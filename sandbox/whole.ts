/**
 * The parts of one sandbox as a whole: who is in it, what was called, and its state, which can be
 * taken, kept and put back.
 */
import type { Directories } from './directories/directories';
import type { ForgeHost } from './forge/host';
import type { ViewAnswer, ViewCall } from './forge/views';
import type { JiraSite } from './jira/site';
import type { CallLog } from './kit/calls';
import type { SandboxClock } from './kit/clock';
import type { Faults } from './kit/faults';
import type { Part } from './kit/part';
import type { RestartableRandom } from './kit/random';
import type { Routes } from './kit/routes';
import type { Addresses } from './ports';
import type { Profile } from './profile';
import type { SavedState } from './saved-state';
import type { World } from './world/world';

export interface PersonCall extends Omit<ViewCall, 'accountId' | 'site'> {
  /** Key of a person of the world, or an account id. */
  readonly as: string;
  /** `main` when absent. */
  readonly site?: string;
}

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
  readonly addresses: Addresses;
  readonly #random: RestartableRandom;
  readonly #profile: Profile;
  readonly #usual: Profile;
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
    this.addresses = wiring.addresses;
    this.#random = wiring.random;
    this.#profile = wiring.profile;
    this.#usual = { ...wiring.profile };
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

  /** Other numbers than the listed ones, until the sandbox is put back. */
  assume(numbers: Readonly<Record<string, number>>): Profile {
    const unknown = Object.keys(numbers).find((name) => !(name in this.#usual));
    if (unknown !== undefined) throw new Error(`the profile has no number "${unknown}"`);
    return Object.assign(this.#profile, numbers);
  }

  /** Names the moment that `reset` comes back to. */
  comeBackTo(snapshot: SavedState): void {
    this.#snapshot = snapshot;
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

  /** `at`: the hour it then is, virtual epoch milliseconds. */
  restore(saved: SavedState, at: number): void {
    this.host.invoker.abandon();
    this.clock.restart(at);
    this.calls.clear();
    this.faults.clear();
    this.#random.restart();
    this.assume(this.#usual);
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
  readonly addresses: Addresses;
  readonly random: RestartableRandom;
  readonly profile: Profile;
}
