/**
 * A directory in memory behind the same port, with what makes real ones hard: readings that lag,
 * answers that get lost, changes that are acknowledged and not made, pages with nothing on them, marks
 * that are no longer taken. Held to the directories' contract.
 */
import type {
  Activity,
  Capabilities,
  CheckLine,
  Directory,
  DirectoryApp,
  DirectoryKind,
  DirectoryPerson,
  GroupChanges,
  GroupDescription,
  GroupInspection,
  GroupListing,
  GroupMember,
  Membership,
  Page,
  PersonStatus,
  Receipt,
  TestMembership,
} from '../../src/directories/directory';
import { changeLine } from '../../src/directories/self-test';
import { epochMs, type Instant } from '../../src/shared/instant';
import { type Failure, no, ok, type Result } from '../../src/shared/result';

export type DirectoryCall = keyof Omit<Directory, 'kind' | 'can'>;
/**
 * `lost`: done, and nobody heard of it. `cut`: not done, and nobody knows. `lie`: acknowledged and not
 * done. `thin`: a page that holds nothing and says that there is more; of many people only the first
 * half. A failure: the directory's own answer, nothing done.
 */
export type DirectoryTrouble = 'lost' | 'cut' | 'lie' | 'thin' | Failure | undefined;

export interface MemoryPerson extends Omit<DirectoryPerson, 'status'> {
  /** Absent: as `active` says; otherwise it decides. */
  readonly status?: PersonStatus;
  readonly manager?: string;
  /** What the attribute for the Atlassian account holds. */
  readonly account?: string;
}

export interface MemoryGroup extends GroupDescription {
  readonly description?: string;
  readonly kind?: string;
  readonly because?: string;
  readonly unseen?: readonly string[];
  /** Groups within it and devices. */
  readonly nested?: readonly GroupMember[];
}

export interface MemoryApp extends DirectoryApp {
  readonly groups: readonly string[];
}

interface Options {
  readonly kind?: DirectoryKind;
  readonly now: () => Instant;
  readonly can?: Partial<Capabilities>;
  /** Seconds until readers see a change. */
  readonly lag?: number;
  /** Answers the same whether the membership was there or not, as Okta does. */
  readonly vague?: boolean;
  /** Items on a page. */
  readonly page?: number;
}

const EVERYTHING: Omit<Capabilities, 'nativeExpiry' | 'readsLag'> = {
  apps: true,
  activityPerApp: true,
  incremental: true,
  tellsDeletedGroups: true,
  membersTellDepartment: true,
  restoresDeleted: false,
};
const MOST_AT_ONCE = 50;
const NO_ANSWER: Failure = {
  class: 'retryable',
  code: 'timeout',
  detail: 'The directory did not answer in time.',
  outcomeUnknown: true,
};

export class MemoryDirectory implements Directory {
  readonly kind: DirectoryKind;
  can: Capabilities;
  /** An administrator named the attribute that holds the Atlassian account id. */
  hasAttribute = true;
  readonly people = new Map<string, MemoryPerson>();
  readonly groups = new Map<string, MemoryGroup>();
  readonly apps = new Map<string, MemoryApp>();
  /** By person, and by `person/app`. Who is not in here has never been seen. */
  readonly lastSeen = new Map<string, Instant>();
  readonly sessionsEnded: string[] = [];
  /** The directory's own ends, by `group/person`. */
  readonly nativeEnds = new Map<string, Instant>();
  readonly calls: { readonly call: DirectoryCall; readonly at: Instant; readonly about: string }[] =
    [];
  lag: number;
  page: number;
  trouble: (call: DirectoryCall, about: string) => DirectoryTrouble = () => undefined;
  /** What a self-test says beside the line about changing. */
  checks: readonly CheckLine[] = [
    { id: 'token', name: 'Access token', state: 'passed', sentence: 'Always well.' },
  ];
  readonly #now: () => Instant;
  readonly #vague: boolean;
  readonly #members = new Set<string>();
  /** What an earlier run saw, by its mark. */
  readonly #marks = new Map<string, ReadonlyMap<string, string>>();
  #recent: { readonly place: string; readonly was: boolean; readonly until: number }[] = [];
  #requests = 0;

  constructor({ kind = 'okta', now, can, lag = 0, vague = false, page = 100 }: Options) {
    this.kind = kind;
    this.can = { ...EVERYTHING, nativeExpiry: false, readsLag: lag > 0, ...can };
    this.lag = lag;
    this.page = page;
    this.#now = now;
    this.#vague = vague;
  }

  /** What is true, whatever readers see. */
  has(m: Membership): boolean {
    this.#endWhatIsOver();
    return this.#members.has(placeOf(m));
  }

  /** Somebody changes it in the directory's own console; readers see it at once. */
  put(m: Membership, member: boolean): void {
    if (member) this.#members.add(placeOf(m));
    else this.#members.delete(placeOf(m));
    this.nativeEnds.delete(placeOf(m));
  }

  /** Every mark is too old from now on. */
  expireMarks(): void {
    this.#marks.clear();
  }

  changes(): DirectoryCall[] {
    return this.calls
      .map(({ call }) => call)
      .filter((call) => call === 'ensureMember' || call === 'ensureNotMember');
  }

  findPeople(email: string) {
    const wanted = email.toLowerCase();
    return this.#read('findPeople', email, () => this.#those((p) => p.addresses.includes(wanted)));
  }

  findByAccount(accountId: string) {
    return this.#read('findByAccount', accountId, () =>
      this.#those(({ account }) => this.hasAttribute && account === accountId),
    );
  }

  person(id: string) {
    return this.#read('person', id, () => this.#shown(id));
  }

  peopleById(ids: readonly string[]) {
    if (ids.length > MOST_AT_ONCE) throw new Error(`${ids.length} people at once`);
    return this.#read('peopleById', ids.join(' '), (trouble) => {
      const asked = trouble === 'thin' ? ids.slice(0, Math.floor(ids.length / 2)) : ids;
      return asked.map((id) => this.#shown(id)).filter((person) => person !== null);
    });
  }

  listPeople(cursor?: string) {
    return this.#read('listPeople', cursor ?? '', (trouble) =>
      this.#paged(
        this.#those(() => true),
        (person) => person.id,
        cursor,
        trouble,
      ),
    );
  }

  managerOf(id: string) {
    return this.#read('managerOf', id, () => {
      const manager = this.people.get(id)?.manager;
      return manager === undefined ? null : this.#shown(manager);
    });
  }

  async lastActivity(id: string, app?: string): Promise<Result<Activity, Failure>> {
    if (app !== undefined && !this.can.activityPerApp) throw new Error('Not asked by application');
    const place = app === undefined ? id : `${id}/${app}`;
    const read = await this.#read('lastActivity', place, (): Activity => {
      const told = { source: 'In memory', readAt: this.#now() };
      const seen = this.lastSeen.get(place);
      if (seen !== undefined) return { kind: 'seen', at: seen, ...told };
      return { kind: 'no-data', why: 'Nothing is recorded of this person.', ...told };
    });
    return read.ok && !this.people.has(id) ? no(nobody) : read;
  }

  async groupsOf(id: string): Promise<Result<readonly string[], Failure>> {
    const groups = await this.#read('groupsOf', id, () =>
      [...this.groups.keys()].filter((group) => this.#seen({ group, person: id })),
    );
    return groups.ok && !this.people.has(id) ? no(nobody) : groups;
  }

  describeGroup(id: string): Promise<Result<GroupDescription | null, Failure>> {
    return this.#read('describeGroup', id, () => {
      const group = this.groups.get(id);
      return group ? described(group) : null;
    });
  }

  inspectGroup(id: string): Promise<Result<GroupInspection | null, Failure>> {
    return this.#read('inspectGroup', id, () => {
      const group = this.groups.get(id);
      if (!group) return null;
      const { because = 'It carries administrator rights.', unseen = [] } = group;
      return {
        ...described(group),
        ...(group.privileged && { privilegedBecause: because }),
        unseen,
      };
    });
  }

  searchGroups(text: string) {
    const wanted = text.toLowerCase();
    return this.#read('searchGroups', text, () =>
      [...this.groups.values()]
        .filter(({ name }) => name.toLowerCase().startsWith(wanted))
        .slice(0, MOST_AT_ONCE)
        .map((group) => this.#listed(group)),
    );
  }

  async changedGroups({
    mark,
    cursor,
  }: {
    mark?: string;
    cursor?: string;
  }): Promise<Result<GroupChanges, Failure>> {
    const since = this.can.incremental ? mark : undefined;
    const known = since === undefined ? undefined : this.#marks.get(since);
    const read = await this.#read('changedGroups', cursor ?? mark ?? '', (trouble) => {
      const [begun = this.#markNow(), after] = cursor?.split('\n') ?? [];
      const listings = [...this.groups.values()].map((group) => this.#listed(group));
      const changed = listings.filter((group) => known?.get(group.id) !== JSON.stringify(group));
      const page = this.#paged(changed, (group) => group.id, after, trouble);
      const deleted =
        cursor === undefined && this.can.tellsDeletedGroups
          ? [...(known?.keys() ?? [])].filter((id) => !this.groups.has(id))
          : [];
      return {
        changed: page.items,
        deleted,
        whole: known === undefined,
        ...(page.cursor !== undefined && { cursor: `${begun}\n${page.cursor}` }),
        ...(page.cursor === undefined && this.can.incremental && { mark: begun }),
      };
    });
    if (read.ok && since !== undefined && !known) return no(tooOld);
    return read;
  }

  async membersOf(group: string, cursor?: string): Promise<Result<Page<GroupMember>, Failure>> {
    const read = await this.#read('membersOf', group, (trouble) =>
      this.#paged(this.#membersIn(group), (member) => member.id, cursor, trouble),
    );
    return read.ok && !this.groups.has(group) ? no(nowhere) : read;
  }

  listApps(cursor?: string) {
    return this.#read('listApps', cursor ?? '', (trouble): Page<DirectoryApp> => {
      if (!this.can.apps) throw new Error('This directory knows no applications');
      const apps = [...this.apps.values()].map(({ groups: _, ...app }) => app);
      return this.#paged(apps, (app) => app.id, cursor, trouble);
    });
  }

  groupsOfApp(app: string, cursor?: string) {
    return this.#read('groupsOfApp', app, (trouble): Page<string> => {
      if (!this.can.apps) throw new Error('This directory knows no applications');
      return this.#paged(this.apps.get(app)?.groups ?? [], (id) => id, cursor, trouble);
    });
  }

  isMember(m: Membership) {
    return this.#read(
      'isMember',
      placeOf(m),
      () => this.people.has(m.person) && this.groups.has(m.group) && this.#seen(m),
    );
  }

  async ensureMember(m: Membership, until?: Instant): Promise<Result<Receipt, Failure>> {
    if (until !== undefined && !this.can.nativeExpiry) throw new Error('It ends no membership');
    if (!this.groups.has(m.group)) return this.#change('ensureMember', m, no(nowhere));
    if (!this.people.has(m.person)) return this.#change('ensureMember', m, no(nobody));
    return this.#change('ensureMember', m, this.#refused(m) ?? true, until);
  }

  async moveNativeEnd(m: Membership, until: Instant | null): Promise<Result<Receipt, Failure>> {
    if (!this.can.nativeExpiry) throw new Error('It ends no membership');
    this.calls.push({ call: 'moveNativeEnd', about: placeOf(m), at: this.#now() });
    const trouble = this.trouble('moveNativeEnd', placeOf(m));
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'cut') return no(NO_ANSWER);
    if (!this.has(m)) return no(noSuchMembership);
    const same = (this.nativeEnds.get(placeOf(m)) ?? null) === until;
    if (trouble !== 'lie') {
      if (until === null) this.nativeEnds.delete(placeOf(m));
      else this.nativeEnds.set(placeOf(m), until);
    }
    if (trouble === 'lost') return no(NO_ANSWER);
    return ok({
      outcome: same ? 'already-so' : 'changed',
      status: 200,
      requestId: this.#request(),
    });
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

  async endSessions(id: string): Promise<Result<Receipt, Failure>> {
    this.calls.push({ call: 'endSessions', about: id, at: this.#now() });
    const trouble = this.trouble('endSessions', id);
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'cut') return no(NO_ANSWER);
    if (!this.people.has(id)) return ok({ outcome: 'person-gone', status: 404 });
    if (trouble !== 'lie') this.sessionsEnded.push(id);
    if (trouble === 'lost') return no(NO_ANSWER);
    return ok({ outcome: 'accepted', status: 204, requestId: this.#request() });
  }

  async selfTest(test?: TestMembership): Promise<readonly CheckLine[]> {
    const line = await changeLine(this, test, 'Give the credential the right to change members.');
    return [...this.checks, line];
  }

  #those(which: (person: MemoryPerson) => boolean): DirectoryPerson[] {
    return [...this.people.values()].filter(which).map(shown);
  }

  #shown(id: string): DirectoryPerson | null {
    const person = this.people.get(id);
    return person ? shown(person) : null;
  }

  #listed(group: MemoryGroup): GroupListing {
    const { description = '', kind = 'Group' } = group;
    return { ...described(group), description, kind, size: this.#membersIn(group.id).length };
  }

  #membersIn(group: string): GroupMember[] {
    const people = [...this.people.values()].filter(({ id }) => this.#seen({ group, person: id }));
    const members = people.map(
      ({ id, department }): GroupMember => ({
        id,
        kind: 'person',
        ...(this.can.membersTellDepartment && department !== undefined && { department }),
      }),
    );
    return [...members, ...(this.groups.get(group)?.nested ?? [])];
  }

  #markNow(): string {
    const mark = `mark-${this.#marks.size + 1}-${epochMs(this.#now())}`;
    const listings = [...this.groups.values()].map((group) => this.#listed(group));
    this.#marks.set(mark, new Map(listings.map((group) => [group.id, JSON.stringify(group)])));
    return mark;
  }

  /** In the order of ids, so that what comes and goes between two pages repeats and hides nothing else. */
  #paged<T>(
    all: readonly T[],
    idOf: (one: T) => string,
    after: string | undefined,
    trouble: DirectoryTrouble,
  ): Page<T> {
    if (trouble === 'thin') return { items: [], cursor: after ?? '' };
    const from = after ?? '';
    const rest = all.filter((one) => idOf(one) > from).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const items = rest.slice(0, this.page);
    const last = items.at(-1);
    return rest.length > items.length && last ? { items, cursor: idOf(last) } : { items };
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

  async #read<T>(
    call: DirectoryCall,
    about: string,
    value: (trouble: DirectoryTrouble) => T,
  ): Promise<Result<T, Failure>> {
    this.calls.push({ call, about, at: this.#now() });
    this.#endWhatIsOver();
    const trouble = this.trouble(call, about);
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'lost' || trouble === 'cut') {
      const { outcomeUnknown: _, ...unread } = NO_ANSWER;
      return no(unread);
    }
    return ok(value(trouble));
  }

  /** `wanted`: what the membership shall be, or the answer that no change is behind. */
  async #change(
    call: DirectoryCall,
    m: Membership,
    wanted: boolean | Result<Receipt, Failure>,
    until?: Instant,
  ): Promise<Result<Receipt, Failure>> {
    this.calls.push({ call, about: placeOf(m), at: this.#now() });
    const trouble = this.trouble(call, placeOf(m));
    if (typeof trouble === 'object') return no(trouble);
    if (trouble === 'cut') return no(NO_ANSWER);
    if (typeof wanted !== 'boolean') return wanted;
    const was = this.has(m);
    if (trouble !== 'lie' && was !== wanted) {
      const seenFrom = epochMs(this.#now()) + this.lag * 1000;
      if (this.lag > 0) this.#recent.push({ place: placeOf(m), was, until: seenFrom });
      this.put(m, wanted);
      if (until !== undefined) this.nativeEnds.set(placeOf(m), until);
    }
    if (trouble === 'lost') return no(NO_ANSWER);
    const outcome = this.#vague ? 'accepted' : was === wanted ? 'already-so' : 'changed';
    return ok({ outcome, status: 204, requestId: this.#request() });
  }

  #endWhatIsOver(): void {
    const now = epochMs(this.#now());
    for (const [place, end] of this.nativeEnds) {
      if (epochMs(end) > now) continue;
      this.nativeEnds.delete(place);
      this.#members.delete(place);
    }
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

const described = ({ id, name, writable, privileged }: MemoryGroup): GroupDescription => ({
  id,
  name,
  writable,
  privileged,
});

function shown({ manager: _, account: __, ...person }: MemoryPerson): DirectoryPerson {
  const told = person.status ?? 'active';
  const status = told === 'active' && !person.active ? 'suspended' : told;
  return { ...person, status, active: status === 'active' };
}

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
const noSuchMembership: Failure = {
  class: 'permanent',
  code: 'not-found',
  detail: 'The directory has no such membership.',
};
const tooOld: Failure = {
  class: 'permanent',
  code: 'mark-expired',
  detail: 'The directory no longer knows how far the last reading came.',
};
