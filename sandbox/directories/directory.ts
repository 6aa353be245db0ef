/** What the host gives each simulated directory, and what it gets back. */
import type { CallLog } from '../kit/calls';
import type { SandboxClock } from '../kit/clock';
import type { Faults } from '../kit/faults';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import type { Req, Routes } from '../kit/routes';
import type { Profile } from '../profile';
import type { World, WorldGroup } from '../world/world';

export interface DirectoryOptions {
  world: World;
  clock: SandboxClock;
  calls: CallLog;
  faults: Faults;
  random: Random;
  profile: Profile;
}

export interface MembershipRow {
  /** The world's key where the group has one, else its name. */
  group: string;
  groupId: string;
  /** The world's key where the person has one, else the login. */
  person: string;
  personId: string;
}

export interface SandboxDirectory<Console extends object = Record<string, unknown>> extends Part {
  readonly routes: Routes;
  readonly hosts: string[];
  /** As it is now, without any reader's lag. */
  memberships(): MembershipRow[];
  /** What an administrator copies out of the service's console. */
  consoleFacts(): Console;
  /** Changes what no API changes: an application or a rule takes a group over. */
  flipGroupKind(groupId: string, kind: WorldGroup['kind']): void;
}

/** Calls to a server's address without the service's name are taken for whichever host fits. */
const LOCAL = new Set(['127.0.0.1', 'localhost', '']);

export function isFor(req: Pick<Req, 'host'>, host: string): boolean {
  return req.host === host || LOCAL.has(req.host);
}

/** A latency around the assumed one, so that two calls rarely take the same time. */
export function around(random: Random, milliseconds: number): number {
  return Math.round(milliseconds * (0.6 + 0.8 * random.next()));
}
