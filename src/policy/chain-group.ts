/**
 * A directory group that decides: its active members with one account each, twenty at most, and its id,
 * so that who is in it is read again when they answer. Members who cannot be told are left out: the
 * others decide. A group covers itself, so nobody's cover joins it.
 */
import { openConnection } from '../catalog/open-connection';
import type { Offer } from '../catalog/store';
import type { Source } from '../contracts/policy';
import type { Directory, DirectoryPerson } from '../directories/directory';
import type { Deps } from '../requests/deps';
import type { GroupDecides } from '../requests/model/request';
import { personsOf } from '../requests/person';
import { type Failure, no, ok, type Result } from '../shared/result';
import { accountOf, type Candidate, type Missing } from './chain-account';

export interface Read {
  readonly kind: Source['kind'];
  readonly found: readonly Candidate[];
  readonly missing: readonly Missing[];
  readonly groups: readonly GroupDecides[];
}

/** For whom, and in which directory, the sources are read. */
export interface Asking {
  readonly offer: Pick<Offer, 'role' | 'app'>;
  readonly directory: Directory;
  /** Id of the directory person who shall receive the access. */
  readonly beneficiary: string;
}

type GroupSource = Extract<Source, { kind: 'directory-group' }>;

export const MOST_MEMBERS = 20;
/** So many are looked at to find twenty who can decide. */
const MOST_READ = 100;
const AT_ONCE = 50;
/** Each takes several calls, and the directory counts them. */
const SIDE_BY_SIDE = 5;

export async function groupMembers(
  deps: Deps,
  asking: Asking,
  source: GroupSource,
): Promise<Result<Read, Failure>> {
  const opened = await directoryOf(deps, asking, source.connection);
  if (!opened.ok) return ok(unread(source, opened.error));
  const directory = opened.value;
  const group = await directory.describeGroup(source.group);
  if (!group.ok) return group;
  if (group.value === null) return ok(unread(source, 'The group does not exist any more.'));
  const people = await membersOf(directory, source.group);
  if (!people.ok) return people;
  const { name } = group.value;
  const because = `member of ${name} in the directory`;
  const found: Candidate[] = [];
  const where = { directory, connectionId: source.connection };
  for (let i = 0; i < people.value.length && found.length < MOST_MEMBERS; i += SIDE_BY_SIDE) {
    const some = people.value.slice(i, i + SIDE_BY_SIDE);
    const read = await Promise.all(
      some.map((person) =>
        candidate(deps, asking, { where, person, because, group: source.group }),
      ),
    );
    for (const one of read) {
      if (!one.ok) return one;
      if (one.value && found.length < MOST_MEMBERS) found.push(one.value);
    }
  }
  const decides: GroupDecides = {
    kind: 'directory-group',
    id: source.group,
    connection: source.connection,
    name,
    because: `the group ${name} in the directory`,
  };
  if (found.length === 0)
    return ok(unread(source, 'No active member of it has one account on this site.'));
  return ok({ kind: 'directory-group', found, missing: [], groups: [decides] });
}

/** The role's own directory, or another one of this site. */
export async function directoryOf(
  deps: Deps,
  { directory, offer }: Pick<Asking, 'directory' | 'offer'>,
  connectionId: string,
): Promise<Result<Directory, string>> {
  if (connectionId === offer.role.connectionId) return ok(directory);
  const opened = await openConnection(deps, connectionId);
  return opened.ok ? ok(opened.value.directory) : no(opened.problem.sentence);
}

async function membersOf(
  directory: Directory,
  group: string,
): Promise<Result<DirectoryPerson[], Failure>> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await directory.membersOf(group, cursor);
    if (!page.ok) return page;
    ids.push(...page.value.items.filter(({ kind }) => kind === 'person').map(({ id }) => id));
    const next = page.value.cursor;
    if (next === undefined || next === cursor || ids.length >= MOST_READ) break;
    cursor = next;
  }
  const wanted = [...new Set(ids)].sort().slice(0, MOST_READ);
  const people: DirectoryPerson[] = [];
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const read = await directory.peopleById(wanted.slice(i, i + AT_ONCE));
    if (!read.ok) return read;
    people.push(...read.value.filter((person) => person.active));
  }
  return ok(people);
}

interface Member {
  readonly where: { readonly directory: Directory; readonly connectionId: string };
  readonly person: DirectoryPerson;
  readonly because: string;
  readonly group: string;
}

async function candidate(
  deps: Deps,
  asking: Asking,
  { where, person, because, group }: Member,
): Promise<Result<Candidate | undefined, Failure>> {
  const account = await accountOf(deps, where, person, 'member');
  if (!account.ok) return account;
  if (!account.value.ok) return ok(undefined);
  const { accountId } = account.value.value;
  const { connectionId } = asking.offer.role;
  // Parties are told apart in the directory that the access is given in.
  const persons =
    where.connectionId === connectionId
      ? ok(account.value.value.persons)
      : await personsOf(deps, asking.directory, connectionId, accountId);
  if (!persons.ok) return persons;
  const [one, ...others] = persons.value;
  return ok({
    approver: {
      accountId,
      because,
      readAt: deps.now(),
      ...(one !== undefined && others.length === 0 && { personId: one }),
      inGroup: group,
    },
    persons: persons.value,
  });
}

function unread(source: GroupSource, because: string): Read {
  const nobody: Missing = {
    refusal: {
      check: 'approver-group',
      sentence: 'Nobody in the group that decides on this role can be asked.',
      nextStep:
        'IT can put people into the group, or choose another approver for this role, and press Resume.',
      facts: { connection: source.connection, group: source.group, because },
    },
    why: 'nobody in the group that decides can be asked',
  };
  return { kind: 'directory-group', found: [], missing: [nobody], groups: [] };
}
