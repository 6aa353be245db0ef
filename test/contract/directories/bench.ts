/** The simulated directories with their world, and the app's adapters in front of them. */
import { createDirectories, type Directories } from '../../../sandbox/directories/directories';
import { CallLog, type CallRecord } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import { seeded } from '../../../sandbox/kit/random';
import { profile } from '../../../sandbox/profile';
import { createWorld } from '../../../sandbox/world/create-world';
import type { DirectoryName, WorldAccount, WorldGroup } from '../../../sandbox/world/world';
import { type Lane, RateBudget } from '../../../src/directories/budget';
import type {
  ConnectionAddress,
  Credential,
  Directory,
  Page,
  Spent,
} from '../../../src/directories/directory';
import { openDirectory } from '../../../src/directories/registry';
import type { Http } from '../../../src/forge/ports';
import { instant } from '../../../src/shared/instant';
import type { Result } from '../../../src/shared/result';
import { simulatedHttp } from '../../fakes/simulated-http';
import { FakeTokenCache } from '../../fakes/token-cache';
import type { Hands } from './by-hand';

const world = createWorld('default', 1);
/** Longer than any simulated directory takes to show a change to its readers. */
const SETTLED_MS = 60_000;

export class Bench {
  readonly #handsOf: ((bench: Bench, directory: DirectoryName) => Hands) | undefined;
  readonly world = world;
  readonly clock = new SandboxClock(Date.parse('2026-03-02T09:00:00Z'));
  readonly faults = new Faults();
  readonly directories: Directories;
  readonly http: ReturnType<typeof simulatedHttp>;
  /** No simulated service is behind it, so no fault can be put there. */
  readonly faultless: boolean = false;
  tokens = new FakeTokenCache();
  /** What connections learned of their rate limits, as other invocations find it. */
  spent: Spent = {};
  readonly #calls = new CallLog(() => this.clock.iso());
  readonly #clean: Record<DirectoryName, unknown>;

  constructor(handsOf?: (bench: Bench, directory: DirectoryName) => Hands) {
    this.#handsOf = handsOf;
    const { clock, faults } = this;
    const calls = this.#calls;
    this.directories = createDirectories({
      world,
      clock,
      faults,
      calls,
      profile,
      random: seeded(7),
    });
    const { okta, entra, google } = this.directories;
    for (const each of [okta, entra, google]) each.consoleFacts();
    this.#clean = { okta: okta.snapshot(), entra: entra.snapshot(), google: google.snapshot() };
    this.http = simulatedHttp([okta, entra, google], () => clock.now());
  }

  /** As after construction, with time going on. */
  reset(): void {
    const { okta, entra, google } = this.directories;
    okta.restore(structuredClone(this.#clean.okta));
    entra.restore(structuredClone(this.#clean.entra));
    google.restore(structuredClone(this.#clean.google));
    this.faults.clear();
    this.#calls.clear();
    this.tokens = new FakeTokenCache();
    this.spent = {};
  }

  /** `behind`: seconds that our clock is late; `lifecycle`: a second credential, for what reaches further. */
  open(
    address: ConnectionAddress,
    membership: Credential,
    through: { behind?: number; http?: Http; lane?: Lane; lifecycle?: Credential } = {},
  ): Promise<Directory> {
    const { behind = 0, http = this.http, lane = 'grant', lifecycle } = through;
    const clock = { now: () => instant(this.clock.now() - behind * 1000) };
    const keeping = {
      load: async () => this.spent,
      save: async (spent: Spent) => {
        this.spent = spent;
      },
    };
    const credentials = { membership, ...(lifecycle && { lifecycle }) };
    const budget = new RateBudget(lane, { clock, keeping });
    return openDirectory(address, credentials, { http, clock, tokens: this.tokens, budget });
  }

  hands(directory: DirectoryName): Hands {
    if (!this.#handsOf) throw new Error('This bench has no hands');
    return this.#handsOf(this, directory);
  }

  async settle(): Promise<void> {
    await this.clock.advance(SETTLED_MS);
  }

  /** Calls so far, without those for tokens. */
  calls(): CallRecord[] {
    return this.#calls.since().filter((call) => !/\/token$/.test(call.path));
  }

  tokenCalls(): CallRecord[] {
    return this.#calls.since().filter((call) => /\/token$/.test(call.path));
  }

  forgetCalls(): void {
    this.#calls.clear();
  }

  isReallyIn(directory: DirectoryName, m: { group: string; person: string }): boolean {
    return this.directories[directory]
      .memberships()
      .some((row) => row.groupId === m.group && row.personId === m.person);
  }

  account(directory: DirectoryName, key: string): WorldAccount {
    const person = world.people.find((p) => p.key === key);
    const account = person?.accounts.find((a) => a.directory === directory);
    if (!account) throw new Error(`${key} has no account in ${directory}`);
    return account;
  }

  group(directory: DirectoryName, key: string): WorldGroup {
    const group = world.groups.find((g) => g.directory === directory && g.key === key);
    if (!group) throw new Error(`${directory} has no group ${key}`);
    return group;
  }

  groupOfKind(directory: DirectoryName, kind: WorldGroup['kind']): WorldGroup {
    const group = world.groups.find((g) => g.directory === directory && g.kind === kind);
    if (!group) throw new Error(`${directory} has no group of kind ${kind}`);
    return group;
  }
}

/** Everything on all pages. */
export async function pagesOf<T>(
  read: (cursor?: string) => Promise<Result<Page<T>, unknown>>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = valueIn(await read(cursor));
    all.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return all;
}

/** The value of a success; a failure ends the test with its own words. */
export function valueIn<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value;
  throw new Error(`Not a success: ${JSON.stringify(result.error)}`);
}

export function failureIn<E>(result: { ok: true; value: unknown } | { ok: false; error: E }): E {
  if (!result.ok) return result.error;
  throw new Error(`Not a failure: ${JSON.stringify(result.value)}`);
}
