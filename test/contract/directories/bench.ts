/** One simulated directory with its world, and the app's adapter in front of it. */
import { createDirectories } from '../../../sandbox/directories/directories';
import { CallLog } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import { seeded } from '../../../sandbox/kit/random';
import { type Profile, profileWith } from '../../../sandbox/profile';
import { createWorld } from '../../../sandbox/world/create-world';
import type { DirectoryName, WorldGroup } from '../../../sandbox/world/world';
import type { ConnectionAddress, Credential, Directory } from '../../../src/directories/directory';
import { openDirectory } from '../../../src/directories/registry';
import type { Http } from '../../../src/forge/ports';
import { instant } from '../../../src/shared/instant';
import { simulatedHttp } from '../../fakes/simulated-http';
import { FakeTokenCache } from '../../fakes/token-cache';

const world = createWorld('default', 1);

export function bench(profile: Partial<Profile> = {}) {
  const clock = new SandboxClock(Date.parse('2026-03-02T09:00:00Z'));
  const faults = new Faults();
  const calls = new CallLog(() => clock.iso());
  const wiring = { world, clock, faults, calls, random: seeded(7) };
  const directories = createDirectories({ ...wiring, profile: profileWith(profile) });
  const http = simulatedHttp(Object.values(directories), () => clock.now());
  const tokens = new FakeTokenCache();

  /** `behind`: seconds that our clock is late. */
  const open = (
    address: ConnectionAddress,
    credential: Credential,
    through: { behind?: number; http?: Http } = {},
  ): Promise<Directory> =>
    openDirectory(address, credential, {
      http: through.http ?? http,
      clock: { now: () => instant(clock.now() - (through.behind ?? 0) * 1000) },
      tokens,
    });

  return { world, clock, faults, calls, directories, http, tokens, open, ...lookUp() };
}

export type Bench = ReturnType<typeof bench>;

function lookUp() {
  return {
    personId(directory: DirectoryName, key: string, which = 0): string {
      const person = world.people.find((p) => p.key === key);
      const account = person?.accounts.filter((a) => a.directory === directory)[which];
      if (!account) throw new Error(`${key} has no account in ${directory}`);
      return account.id;
    },
    account(directory: DirectoryName, key: string) {
      const person = world.people.find((p) => p.key === key);
      const account = person?.accounts.find((a) => a.directory === directory);
      if (!account) throw new Error(`${key} has no account in ${directory}`);
      return account;
    },
    group(directory: DirectoryName, key: string): WorldGroup {
      const group = world.groups.find((g) => g.directory === directory && g.key === key);
      if (!group) throw new Error(`${directory} has no group ${key}`);
      return group;
    },
    groupOfKind(directory: DirectoryName, kind: WorldGroup['kind']): WorldGroup {
      const group = world.groups.find((g) => g.directory === directory && g.kind === kind);
      if (!group) throw new Error(`${directory} has no group of kind ${kind}`);
      return group;
    },
  };
}
