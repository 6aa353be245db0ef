/** The fake that the features are tested on keeps the same contract as the adapters. */
import { beforeEach, describe } from 'vitest';
import type { DirectoryName } from '../../../sandbox/world/world';
import type { ConnectionAddress, Directory } from '../../../src/directories/directory';
import { instant } from '../../../src/shared/instant';
import { MemoryDirectory } from '../../fakes/memory-directory';
import { activityContract } from './activity';
import { Bench } from './bench';
import type { Hands } from './by-hand';
import { checksContract } from './checks';
import { endingsContract } from './endings';
import { groupsContract } from './groups';
import { manyPeopleContract } from './many-people';
import { membershipContract } from './memberships';
import { peopleContract } from './people';
import type { Subject } from './subject';

const subject: Subject = {
  name: 'okta',
  address: (bench) => ({ id: 'main', kind: 'okta', tenant: bench.world.okta.host }),
  credential: () => ({ kind: 'okta-token', token: 'unused' }),
  wrongCredential: () => ({ kind: 'okta-token', token: 'unused' }),
  readOnlyCredential: () => ({ kind: 'okta-token', token: 'unused' }),
  group: 'figma-editors',
  missing: { group: 'nothing', person: 'nobody' },
  unwritable: [
    ['app', 'app-owned', 'refused'],
    ['built-in', 'built-in', 'refused'],
    ['rule', 'rule-managed', 'refused'],
    ['privileged', 'privileged', 'refused'],
  ],
  add: { method: 'PUT', path: '' },
  remove: { method: 'DELETE', path: '' },
  slowDown: { status: 429, body: {} },
};
const UNWRITABLE = new Map(subject.unwritable.map(([kind, why]) => [kind, why]));

class MemoryBench extends Bench {
  override readonly faultless = true;
  #directory = this.#filled();

  override reset(): void {
    this.#directory = this.#filled();
  }

  override async open({ nativeExpiry, accountAttribute }: ConnectionAddress): Promise<Directory> {
    this.#directory.can = { ...this.#directory.can, nativeExpiry: nativeExpiry === true };
    this.#directory.hasAttribute = accountAttribute !== undefined;
    return this.#directory;
  }

  override hands(): Hands {
    const { groups, people } = this.#directory;
    const group = (id: string) => {
      const found = groups.get(id);
      if (!found) throw new Error(`No group ${id}`);
      return found;
    };
    return {
      rename: async (id, name) => void groups.set(id, { ...group(id), name }),
      remove: async (id) => void groups.delete(id),
      suspend: async (id) => {
        const person = people.get(id);
        if (person) people.set(id, { ...person, active: false });
      },
      nest: async (outer, id) =>
        void groups.set(outer, { ...group(outer), nested: [{ id, kind: 'group' }] }),
      attribute: 'account',
      hold: async (id, account) => {
        const person = people.get(id);
        if (person) people.set(id, { ...person, account });
      },
    };
  }

  override calls() {
    return this.#directory.calls as never;
  }

  override forgetCalls(): void {
    this.#directory.calls.length = 0;
  }

  override isReallyIn(_: DirectoryName, m: { group: string; person: string }): boolean {
    return this.#directory.has(m);
  }

  #filled(): MemoryDirectory {
    const directory = new MemoryDirectory({
      now: () => instant(this.clock.now()),
      lag: 5,
      page: 7,
    });
    const accounts = this.world.people.flatMap((person) =>
      person.accounts
        .filter((a) => a.directory === 'okta')
        .map((account) => ({ key: person.key, person, account })),
    );
    for (const { person, account } of accounts) {
      const { manager, title, department, employment } = person;
      const above = accounts.find((other) => other.key === manager)?.account.id;
      directory.people.set(account.id, {
        id: account.id,
        email: account.email.toLowerCase(),
        addresses: [account.email.toLowerCase(), account.login.toLowerCase()],
        displayName: account.login,
        active: account.active,
        title,
        department,
        employment,
        ...(above !== undefined && { manager: above }),
      });
    }
    for (const group of this.world.groups.filter((g) => g.directory === 'okta')) {
      const why = UNWRITABLE.get(group.kind);
      directory.groups.set(group.id, {
        id: group.id,
        name: group.name,
        writable: why ? { no: why, sentence: `It is ${why}.` } : true,
        privileged: why === 'privileged',
      });
    }
    for (const { key, name, roles } of this.world.apps) {
      const keys = roles.flatMap((role) => role.groups);
      const groups = this.world.groups
        .filter((g) => g.directory === 'okta' && keys.includes(g.key))
        .map(({ id }) => id);
      directory.apps.set(key, { id: key, name, active: true, groups });
    }
    const [first] = accounts;
    if (first) directory.lastSeen.set(first.account.id, instant(this.clock.now() - 86_400_000));
    return directory;
  }
}

describe('a directory in memory', () => {
  const bench = new MemoryBench();
  beforeEach(() => bench.reset());
  membershipContract(subject, bench);
  peopleContract(subject, bench);
  manyPeopleContract(subject, bench);
  groupsContract(subject, bench);
  activityContract(subject, bench);
  endingsContract(subject, bench);
  checksContract(subject, bench);
});
