/**
 * A directory in memory behind the same port, with what makes real ones hard: readings that lag,
 * answers that get lost, changes that are acknowledged and not made. Held to the directories' contract.
 */
import type {
  Capabilities,
  Directory,
  DirectoryKind,
  DirectoryPerson,
  GroupDescription,
  GroupInspection,
  Membership,
  Receipt,
} from '../../src/directories/directory';
import { epochMs, type Instant } from '../../src/shared/instant';
import { type Failure, no, ok, type Result } from '../../src/shared/result';

export type DirectoryCall = keyof Omit<Directory, 'kind' | 'can'>;
/**
 * `lost`: done, and nobody heard of it. `cut`: not done, and nobody knows. `lie`: acknowledged and not
 * done. A failure: the directory's own answer, nothing done.
 */
export type DirectoryTrouble = 'lost' | 'cut' | 'lie' | Failure | undefined;

export interface MemoryPerson extends DirectoryPerson {
  readonly manager?: string;
}

interface Options {
  readonly kind?: DirectoryKind;
  readonly now: () => Instant;
  readonly can?: Partial<Capabilities>;
  /** Seconds until readers see a change. */
  readonly lag?: number;
  /** Answers the same whether the membership was there or not, as Okta does. */
  readonly vague?: boolean;
}

const NO_ANSWER: Failure = {
  class: 'retryable',
  code: 'timeout',
  detail: 'The directory did not answer in time.',
  outcomeUnknown: true,
};

export class MemoryDirectory implements Directory {
  readonly kind: DirectoryKind;
  readonly can: Capabilities;
  readonly people = new Map<string, MemoryPerson>();
  readonly groups = new Map<string, GroupDescription>();
  readonly calls: { readonly call: DirectoryCall; readonly at: Instant; readonly about: string }[] =
    [];
  lag: number;
  trouble: (call: DirectoryCall, about: string) => DirectoryTrouble = () => undefined;
  readonly #now: () => Instant;
  readonly #vague: boolean;
  readonly #members = new Set<string>();
  #recent: { readonly place: string; readonly was: boolean; readonly until: number }[] = [];
  #requests = 0;

  constructor({ kind = 'okta', now, can, lag = 0, vague = false }: Options) {
    this.kind = kind;
    this.can = { nativeExpiry: false, readsLag: lag > 0, ...can };
    this.lag = lag;
    this.#now = now;
    this.#vague = vague;
  }

  /** What is true, whatever readers see. */
  has(m: Membership): boolean {
    return this.#members.has(placeOf(m));
  }

  /** Somebody changes it in the directory's own console; readers see it at once. */
  put(m: Membership, member: boolean): void {
    if (member) this.#members.add(placeOf(m));
    else this.#members.delete(placeOf(m));
  }

  changes(): DirectoryCall[] {
    return this.calls
      .map(({ call }) => call)
      .filter((call) => call === 'ensureMember' || call === 'ensureNotMember');
  }

  findPeople(email: string) {
    const wanted = email.toLowerCase();
    return this.#read('findPeople', email, () =>
      [...this.people.values()].filter((p) => p.addresses.includes(wanted)),
    );
  }

  person(id: string) {
    return this.#read('person', id, () => this.people.get(id) ?? null);
  }

  managerOf(id: string) {
    return this.#read('managerOf', id, () => {
      const manager = this.people.get(id)?.manager;
      return (manager !== undefined && this.people.get(manager)) || null;
    });
  }

  async groupsOf(id: string): Promise<Result<readonly string[], Failure>> {
    const groups = await this.#read('groupsOf', id, () =>
      [...this.groups.keys()].filter((group) => this.#seen({ group, person: id })),
    );
    return groups.ok && !this.people.has(id) ? no(nobody) : groups;
  }

  describeGroup(id: string) {
    return this.#read('describeGroup', id, () => this.groups.get(id) ?? null);
  }

  inspectGroup(id: string): Promise<Result<GroupInspection | null, Failure>> {
    return this.#read('inspectGroup', id, () => {
      const group = this.groups.get(id);
      return group ? { ...group, unseen: [] } : null;
    });
  }

  isMember(m: Membership) {
    return this.#read(
      'isMember',
      placeOf(m),
      () => this.people.has(m.person) && this.groups.has(m.group) && this.#seen(m),
    );
  }

  async ensureMember(m: Membership): Promise<Result<Receipt, Failure>> {
    if (!this.groups.has(m.group)) return this.#change('ensureMember', m, no(nowhere));
    if (!this.people.has(m.person)) return this.#change('ensureMember', m, no(nobody));
    return this.#change('ensureMember', m, this.#refused(m) ?? true);
  }

  async ensureNotMember(m: Membership): Promise<Result<Receipt, Failure>> {
    const gone = !this.groups.has(m.group)
      ? 'group-gone'
      : !this.people.has(m.person)
        ? 'person-gone'
        : undefined;
    if (gone) return this.#change('ensureNotMember', m, ok({ outcome: gone, status: 404 }));
    return this.#change('ensureNotMember', m, this.#refused(m) ?? false);
  }

  async selfTest() {
    return [{ name: 'in memory', ok: true, sentence: 'Always well.' }];
  }

  #refused(m: Membership): Result<Receipt, Failure> | undefined {
    const group = this.groups.get(m.group);
    if (!group || group.writable === true) return undefined;
    return no({
      class: 'permanent',
      code: 'group-not-writable',
      detail: group.writable.sentence,
      requestId: this.#request(),
    });
  }

  async #read<T>(call: DirectoryCall, about: string, value: () => T): Promise<Result<T, Failure>> {
    this.calls.push({ call, about, at: this.#now() });
    const trouble = this.trouble(call, about);
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'lost' || trouble === 'cut') {
      const { outcomeUnknown: _, ...unread } = NO_ANSWER;
      return no(unread);
    }
    return ok(value());
  }

  /** `wanted`: what the membership shall be, or the answer that no change is behind. */
  async #change(
    call: DirectoryCall,
    m: Membership,
    wanted: boolean | Result<Receipt, Failure>,
  ): Promise<Result<Receipt, Failure>> {
    this.calls.push({ call, about: placeOf(m), at: this.#now() });
    const trouble = this.trouble(call, placeOf(m));
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'cut') return no(NO_ANSWER);
    if (typeof wanted !== 'boolean') return wanted;
    const was = this.has(m);
    if (trouble !== 'lie' && was !== wanted) {
      const until = epochMs(this.#now()) + this.lag * 1000;
      if (this.lag > 0) this.#recent.push({ place: placeOf(m), was, until });
      this.put(m, wanted);
    }
    if (trouble === 'lost') return no(NO_ANSWER);
    const outcome = this.#vague ? 'accepted' : was === wanted ? 'already-so' : 'changed';
    return ok({ outcome, status: 204, requestId: this.#request() });
  }

  #seen(m: Membership): boolean {
    const now = epochMs(this.#now());
    this.#recent = this.#recent.filter((change) => change.until > now);
    const oldest = this.#recent.find((change) => change.place === placeOf(m));
    return oldest ? oldest.was : this.has(m);
  }

  #request(): string {
    this.#requests++;
    return `req-${this.#requests}`;
  }
}

const placeOf = (m: Membership) => `${m.group}/${m.person}`;
const nobody: Failure = {
  class: 'needs-human',
  code: 'person-not-found',
  detail: 'The directory has no such person.',
};
const nowhere: Failure = {
  class: 'permanent',
  code: 'group-not-found',
  detail: 'The directory has no such group.',
};
