/** One group and one membership at a time: what the grant path asks and changes. */
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type {
  GroupDescription,
  GroupId,
  GroupInspection,
  GroupListing,
  Membership,
  PersonId,
  Receipt,
} from '../directory';
import type { DirectoryApi, Through } from './client';
import { gone, parameterNamed, receipt } from './failures';
import type { GooglePeople } from './people';
import { type GoogleGroup, group, groupIdsPage, idList, member, nothing } from './schemas';

const LARGEST_PAGE = 200;

type Told<T> = Promise<Result<T, Failure>>;
export type Inspect = (seen: GroupDescription) => Promise<Result<GroupInspection, Failure>>;

export class GoogleGroups {
  readonly #google: Through<DirectoryApi>;
  readonly #people: GooglePeople;
  readonly #inspect: Inspect;
  constructor(
    google: Through<DirectoryApi>,
    others: { readonly people: GooglePeople; readonly inspect: Inspect },
  ) {
    this.#google = google;
    this.#people = others.people;
    this.#inspect = others.inspect;
  }

  /** The Directory API does not tell dynamic groups from others; those are known from the mapping on. */
  async describe(id: GroupId): Told<GroupDescription | null> {
    const { api, door } = this.#google;
    const read = await door.run(async () => (await api.groups.get({ groupKey: id })).data, group);
    if (!read.ok)
      return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
    const found = read.value.value;
    // An address of the group would do as a key, too.
    if (found.id !== id) return ok(null);
    return ok({ id, name: nameOf(found), writable: true, privileged: false });
  }

  async inspect(id: GroupId): Told<GroupInspection | null> {
    const read = await this.describe(id);
    return read.ok && read.value ? this.#inspect(read.value) : (read as Result<null, Failure>);
  }

  async of(person: PersonId): Told<GroupId[]> {
    const pages = async () => {
      const ids: string[] = [];
      let pageToken: string | undefined;
      do {
        const { data } = await this.#google.api.groups.list({
          userKey: person,
          maxResults: LARGEST_PAGE,
          ...(pageToken !== undefined && { pageToken }),
        });
        const page = groupIdsPage.parse(data);
        ids.push(...(page.groups ?? []).map(({ id }) => id));
        pageToken = page.nextPageToken ?? undefined;
      } while (pageToken !== undefined);
      return ids;
    };
    const read = await this.#google.door.run(pages, idList);
    if (read.ok) return ok(read.value.value);
    const why = read.error.failure;
    return no(why.code === 'not-found' ? gone('person') : why);
  }

  async has(m: Membership): Told<boolean> {
    const read = await this.#google.door.run(
      async () =>
        (await this.#google.api.members.get({ groupKey: m.group, memberKey: m.person })).data,
      member,
    );
    if (read.ok) return ok(read.value.value.id === m.person);
    return read.error.failure.code === 'not-found' ? ok(false) : no(read.error.failure);
  }

  async add(m: Membership): Told<Receipt> {
    const inserted = await this.#google.door.run(
      async () =>
        (
          await this.#google.api.members.insert({
            groupKey: m.group,
            // By id: an address that the domain does not know would be taken in as an outsider.
            requestBody: { id: m.person, role: 'MEMBER' },
          })
        ).data,
      member,
    );
    if (inserted.ok) return ok(receipt('changed', inserted.value));
    const { failure: why, apiCode, answer } = inserted.error;
    // Also for owners and managers of the group, who are members whatever we do.
    if (apiCode === 'duplicate' && answer) return ok(receipt('already-so', { answer }));
    if (why.code === 'not-found') {
      const end = parameterNamed(inserted.error) ?? (await this.#missing(m));
      return no(end ? gone(end) : why);
    }
    return no(await this.#whyRefused(why, m.group));
  }

  async remove(m: Membership): Told<Receipt> {
    const deleted = await this.#google.door.run(
      async () =>
        (await this.#google.api.members.delete({ groupKey: m.group, memberKey: m.person })).data,
      nothing,
    );
    if (deleted.ok) return ok(receipt('changed', deleted.value));
    const { failure: why, answer } = deleted.error;
    const absent = why.code === 'not-found' || why.code === 'invalid';
    if (!absent || !answer) return no(await this.#whyRefused(why, m.group));
    if (parameterNamed(deleted.error) === 'group') return ok(receipt('group-gone', { answer }));
    const person = await this.#people.byId(m.person);
    if (!person.ok) return no(person.error);
    if (!person.value) return ok(receipt('person-gone', { answer }));
    return why.code === 'not-found' ? ok(receipt('already-so', { answer })) : no(why);
  }

  /** Of a change that Cloud Identity refused: it does not say whether the group exists. */
  async whyNot(why: Failure, id: GroupId): Promise<Failure> {
    if (why.class === 'retryable') return why;
    const found = await this.describe(id);
    if (found.ok && found.value === null) return gone('group');
    return this.#whyRefused(why, id);
  }

  async #missing(m: Membership): Promise<'person' | 'group' | undefined> {
    const found = await this.describe(m.group);
    if (!found.ok) return undefined;
    return found.value ? 'person' : 'group';
  }

  async #whyRefused(why: Failure, id: GroupId): Promise<Failure> {
    if (why.code !== 'forbidden' && why.code !== 'invalid' && why.code !== 'conflict') return why;
    const seen = await this.#inspect({ id, name: id, writable: true, privileged: false });
    if (!seen.ok || seen.value.writable === true) return why;
    return failure('group-not-writable', seen.value.writable.sentence);
  }
}

const nameOf = ({ name, email }: GoogleGroup) => name || email;

/** Kind and administrator roles are told by other APIs, group by group. */
export function asListing(found: GoogleGroup): GroupListing {
  const size = Number(found.directMembersCount ?? Number.NaN);
  return {
    id: found.id,
    name: nameOf(found),
    writable: true,
    privileged: false,
    description: found.description ?? '',
    kind: 'Group',
    ...(Number.isInteger(size) && { size }),
  };
}
