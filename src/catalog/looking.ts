/** What mappings are judged by, each thing read at most once in a run. */
import type { SitePolicy } from '../contracts/policy';
import type { GroupInspection } from '../directories/directory';
import { loadSitePolicy } from '../policy/site-policy';
import type { Deps } from '../requests/deps';
import { findPerson, personsOf } from '../requests/person';
import { find, load } from '../shared/record';
import { type Failure, no, ok, type Result } from '../shared/result';
import { lastTest } from './connection-test';
import { lastOffered, onceOffered } from './last-offered';
import type { Connection, Role } from './model/catalog';
import type { Facts, GroupSeen } from './model/lint';
import type { Binding } from './model/settings';
import { liveRolesOf } from './of-app';
import { connections, roles } from './store';

export type Looked = Result<GroupInspection | null, Failure>;
type Shared = NonNullable<Facts['sharing']>[number];

const EVERY = 1000;
/** Groups that a search of the directory shows at most. */
const SEARCHED = 50;

export class Looking {
  readonly #deps: Deps;
  readonly #mostPages: number;
  readonly #groups = new Map<string, Promise<Looked>>();
  readonly #connections = new Map<string, Promise<Connection | undefined>>();
  readonly #tests = new Map<string, Promise<Facts['selfTest']>>();
  readonly #owners = new Map<string, Facts['owner']>();
  readonly #ofApps = new Map<string, Promise<readonly Role[]>>();
  #live: Promise<readonly Role[] | undefined> | undefined;
  #limited: Failure | undefined;
  #policy: Promise<SitePolicy> | undefined;

  /** `mostPages`: of a hundred live roles each, when looking for others that give the same group. */
  constructor(deps: Deps, mostPages = EVERY) {
    this.#deps = deps;
    this.#mostPages = mostPages;
  }

  /** A directory limits calls: whatever could not be read for that says nothing about the mapping. */
  get limited(): Failure | undefined {
    return this.#limited;
  }

  connection(id: string): Promise<Connection | undefined> {
    return once(this.#connections, id, async () => {
      const held = await load(this.#deps.store, connections, `connection:${id}`);
      return held?.value;
    });
  }

  group(connectionId: string, id: string): Promise<Looked> {
    return once(this.#groups, `${connectionId}:${id}`, async () => {
      const directory = await this.#directory(connectionId);
      return this.#noted(directory.ok ? await directory.value.inspectGroup(id) : directory);
    });
  }

  /**
   * Ids of the groups with exactly this name. More than one stands for "not certain which": a search
   * shows one page, and a group of that name may stand beyond it.
   */
  async groupsNamed(
    connectionId: string,
    name: string,
  ): Promise<Result<readonly string[], Failure>> {
    const directory = await this.#directory(connectionId);
    if (!directory.ok) return directory;
    const found = this.#noted(await directory.value.searchGroups(name));
    if (!found.ok) return found;
    const exact = found.value.filter((group) => group.name === name).map((group) => group.id);
    return ok(found.value.length >= SEARCHED && exact.length > 0 ? [...exact, '?'] : exact);
  }

  /** Id of the one active person of the directory that this account certainly is. */
  async person(
    connectionId: string,
    accountId: string,
  ): Promise<Result<string | undefined, Failure>> {
    const directory = await this.#directory(connectionId);
    if (!directory.ok) return directory;
    const found = await findPerson(this.#deps, directory.value, { connectionId, accountId });
    if (!found.ok)
      return 'failure' in found.error ? this.#noted(no(found.error.failure)) : ok(undefined);
    const { id } = found.value.person;
    const all = this.#noted(await personsOf(this.#deps, directory.value, connectionId, accountId));
    return all.ok ? ok(all.value.every((one) => one === id) ? id : undefined) : all;
  }

  #noted<T>(read: Result<T, Failure>): Result<T, Failure> {
    if (!read.ok && read.error.code === 'rate-limited') this.#limited ??= read.error;
    return read;
  }

  selfTest(connectionId: string): Promise<Facts['selfTest']> {
    return once(this.#tests, connectionId, async () => {
      const test = await lastTest(this.#deps, connectionId);
      const told = (state: string) =>
        (test?.lines ?? []).filter((line) => line.state === state).map((line) => line.sentence);
      return test && { at: test.at, refused: told('refused'), failed: told('failed') };
    });
  }

  /** Reads many owners in one call. */
  async knowOwners(ids: readonly string[]): Promise<void> {
    const open = [...new Set(ids)].filter((id) => !this.#owners.has(id));
    if (open.length === 0) return;
    const read = await this.#deps.jira.accounts(open);
    for (const id of open) {
      const account = read.ok ? read.value.find((a) => a.accountId === id) : undefined;
      this.#owners.set(id, !read.ok ? 'unseen' : stateOf(account));
    }
  }

  async owner(id: string): Promise<Facts['owner']> {
    await this.knowOwners([id]);
    return this.#owners.get(id) ?? 'unseen';
  }

  /** Every live role; `undefined` when there are more than may be read. */
  live(): Promise<readonly Role[] | undefined> {
    this.#live ??= this.#readLive();
    return this.#live;
  }

  /** The site's policy, as it stands. */
  policy(): Promise<SitePolicy> {
    this.#policy ??= loadSitePolicy(this.#deps.store).then((held) => held.value);
    return this.#policy;
  }

  /** Of these ids the roles that the catalog has, in whatever state. */
  async known(ids: readonly string[]): Promise<readonly string[]> {
    // Anything else is no key, and no role either.
    const sound = ids.filter((id) => /^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/.test(id));
    if (sound.length === 0) return [];
    const rows = await this.#deps.store.getMany(
      sound.map((id) => ({ entity: 'config' as const, key: `role:${id}` })),
    );
    return sound.filter((_, n) => rows[n] !== undefined);
  }

  bindings(): Promise<readonly Binding[]> {
    return this.#deps.settings().then((settings) => settings.bindings);
  }

  /** The live ones of one app. */
  rolesOf(appId: string): Promise<readonly Role[]> {
    return once(this.#ofApps, appId, async () =>
      (await liveRolesOf(this.#deps, appId)).map((held) => held.value),
    );
  }

  /** As it was last offered; `undefined`: it never was. */
  lastOffered(role: Role): Promise<Role | undefined> {
    return lastOffered(this.#deps, role);
  }

  /** Those of the app that are live, and those that were, as they were last offered. */
  async offeredOf(appId: string): Promise<readonly Role[]> {
    const others = await onceOffered(this.#deps, EVERY, appId);
    return [...(await this.rolesOf(appId)), ...(others ?? [])];
  }

  /** Those that are not live any more, as they were last offered; `undefined`: more than may be read. */
  onceOffered(): Promise<readonly Role[] | undefined> {
    return onceOffered(this.#deps, this.#mostPages);
  }

  async #readLive(): Promise<readonly Role[] | undefined> {
    const all: Role[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < this.#mostPages; page++) {
      const read = await find(this.#deps.store, roles, {
        index: 'by-kind',
        partition: ['role', 'live'],
        limit: 100,
        ...(cursor !== undefined && { cursor }),
      });
      all.push(...read.found.map((held) => held.value));
      if (read.cursor === undefined) return all;
      cursor = read.cursor;
    }
    return undefined;
  }

  async #directory(connectionId: string) {
    const connection = await this.connection(connectionId);
    if (connection && connection.cloudId === this.#deps.installation.cloudId)
      return this.#deps.directory(connection);
    return no<Failure>({
      class: 'needs-human',
      code: 'not-found',
      detail: connection
        ? 'The connection belongs to another Jira site.'
        : 'There is no such connection.',
    });
  }
}

export function seenAs(looked: Looked): GroupSeen {
  if (!looked.ok) return { kind: 'unseen', why: looked.error.detail };
  if (looked.value === null) return { kind: 'gone' };
  const { name, writable, privileged, privilegedBecause, unseen } = looked.value;
  return {
    kind: 'seen',
    name,
    ...(writable !== true && { unwritable: writable.sentence }),
    ...(privileged && { privileged: privilegedBecause ?? 'its members administer the directory.' }),
    unseen,
  };
}

export function sharingWith(role: Role, live: readonly Role[]): Shared[] {
  const own = new Set(role.groups.map((group) => group.id));
  return live
    .filter((other) => other.id !== role.id && other.connectionId === role.connectionId)
    .map(({ id, risk, groups }) => ({
      id,
      risk,
      groups: groups.map((group) => group.id).filter((group) => own.has(group)),
    }))
    .filter((other) => other.groups.length > 0);
}

const stateOf = (account: { active: boolean; type: string } | undefined): Facts['owner'] => {
  if (!account || account.type === 'unknown') return 'unknown';
  return account.active ? 'active' : 'inactive';
};

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const reading = read();
  known.set(key, reading);
  return reading;
}
