/** The fake that the features are tested on keeps the same contract as the adapters. */
import { beforeEach, describe } from 'vitest';
import type { DirectoryName } from '../../../sandbox/world/world';
import type { Directory } from '../../../src/directories/directory';
import { instant } from '../../../src/shared/instant';
import { MemoryDirectory } from '../../fakes/memory-directory';
import { Bench } from './bench';
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
  #directory = this.#filled();

  override reset(): void {
    this.#directory = this.#filled();
  }

  override async open(): Promise<Directory> {
    return this.#directory;
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
    const directory = new MemoryDirectory({ now: () => instant(this.clock.now()), lag: 5 });
    const accounts = this.world.people.flatMap(({ key, manager, accounts }) =>
      accounts.filter((a) => a.directory === 'okta').map((account) => ({ key, manager, account })),
    );
    for (const { manager, account } of accounts) {
      const above = accounts.find((other) => other.key === manager)?.account.id;
      directory.people.set(account.id, {
        id: account.id,
        email: account.email.toLowerCase(),
        addresses: [account.email.toLowerCase(), account.login.toLowerCase()],
        displayName: account.login,
        active: account.active,
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
    return directory;
  }
}

describe('a directory in memory', () => {
  const bench = new MemoryBench();
  beforeEach(() => bench.reset());
  membershipContract(subject, bench);
  peopleContract(subject, bench);
});
